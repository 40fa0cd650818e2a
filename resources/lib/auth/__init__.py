"""Sign-in, users of the Plex Home, servers and tokens.

:class:`~resources.lib.auth.manager.AuthManager` is what the rest of the add-on uses, with the errors of
:mod:`resources.lib.auth.errors`. Behind it are, each using only those before it:

- ``device_key``: the key pair of this device, its file and its signatures;
- ``credentials``: what a sign-in leaves behind, and the files it is kept in;
- ``account``: signing in and out, the account's tokens and their renewal;
- ``home``: the users of the Plex Home and their tokens;
- ``servers``: finding a server, an address that answers and a token that it accepts.
"""
