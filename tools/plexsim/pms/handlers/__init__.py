"""Handlers of requests to the PMS, one class for each subject; each adds its routes in ``register``."""
