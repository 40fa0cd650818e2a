"""Sign-in, users of the Plex Home, servers and tokens.

:class:`~resources.lib.auth.manager.AuthManager` is what the rest of the add-on uses, with the errors of
:mod:`resources.lib.auth.errors`. It is built from these packages, each of which uses only those before it:

- ``device_key``: the key pair of this device, its file and its signatures;
- ``credentials``: what is stored after a sign-in, and the files that store it;
- ``account``: signing in and out, the account's tokens and their renewal;
- ``home``: the users of the Plex Home and their tokens;
- ``servers``: finding a server, an address at which it answers, and a token that it accepts.
"""
