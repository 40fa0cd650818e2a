"""Handlers of requests to plex.tv, one class for each subject; each adds its routes in ``register``."""
