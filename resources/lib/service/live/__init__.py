"""Live updates: what changes at the server is in Kodi's library within seconds.

One thread listens to the server's websocket. What it hears is gathered for a short moment and becomes one request for a
sync of what changed (:mod:`..library.requests`), limited to the libraries concerned: the sync's own questions, guards
and transactions decide what is true; a notification only says when to look. After each new connection everything is
looked at once, for notifications are lost while nobody listens.
"""
