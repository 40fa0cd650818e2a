"""What answers the requests to the PMS, one class per subject; each adds its routes in ``register``."""
