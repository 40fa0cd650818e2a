"""The plugin's routes: what Kodi gets for each ``plugin://plugin.video.plexkodiconnect/…`` URL.

Everything that a module here imports at its top is on the user's clock, so each route's module is imported only when
the route is called.
"""
