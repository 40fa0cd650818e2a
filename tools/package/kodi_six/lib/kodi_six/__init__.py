"""Kodi's Python modules under one roof: ``from kodi_six import xbmc, xbmcgui``.

Written for PlexKodiConnect and named like the well-known package, so that add-ons written for that one find the names
they look for. On Python 3, the only Python of Kodi 19 and newer, there is nothing to convert.
"""

__all__ = ["xbmc", "xbmcaddon", "xbmcdrm", "xbmcgui", "xbmcplugin", "xbmcvfs"]
