"""The Plex Media Servers of the active user: listing them, and the address and token by which one is reached.

``connector`` keeps the connection to one chosen server, ``connectors`` has one for each. It uses ``finder`` for the
address and ``server_tokens`` for the token; ``listing`` asks plex.tv, ``discovery`` the home network; ``manual`` adds
an address that the user typed.
"""
