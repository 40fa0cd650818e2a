"""Kodi's Python modules under one roof: ``from kodi_six import xbmc, xbmcgui``.

Written for PlexKodiConnect and named like the well-known package, so that add-ons written for that one find the names
they look for. On Python 3, the only Python of Kodi 19 and newer, there is nothing to convert.
"""

import sys

__all__ = ["xbmc", "xbmcaddon", "xbmcdrm", "xbmcgui", "xbmcplugin", "xbmcvfs"]


def __getattr__(name: str) -> object:
    """Import a module of Kodi's when its name is first asked for, without a file of ours: plugins must start fast."""
    if name not in __all__:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    module = __import__(name)
    globals()[name] = sys.modules["%s.%s" % (__name__, name)] = module
    return module
