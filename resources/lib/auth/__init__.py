"""Sign-in, servers and tokens. :class:`~resources.lib.auth.manager.AuthManager` is the door."""
