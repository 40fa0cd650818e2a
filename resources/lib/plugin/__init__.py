"""The plugin's routes, which answer Kodi's ``plugin://plugin.video.plexkodiconnect/…`` URLs.

The user waits for each import, so the module of a route is imported only when the route is called.
"""
