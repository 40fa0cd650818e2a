"""The Plex Media Servers of the active user: which there are, at which address one answers, and which token it takes.

``connector`` keeps the connection to the chosen server. It uses ``finder`` for the address and ``server_tokens`` for
the token; ``listing`` asks plex.tv, ``discovery`` the home network, ``manual`` takes an address that the user typed.
"""
