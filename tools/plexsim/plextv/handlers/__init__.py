"""What answers the requests to plex.tv, one class per subject; each adds its routes in ``register``."""
