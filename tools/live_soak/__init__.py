"""Random changes on both sides of a running service, for as long as you like, and then a comparison row by row.

``python -m tools.live_soak --minutes 120``: the service on a stand-in for Kodi, beside a simulated Plex. The server's
library is edited, somebody in front of Kodi marks films, another client plays, the websocket is cut, the server is
restarted, tokens end. When all rest, both sides must be equal, and no mark may be lost or doubled.
"""
