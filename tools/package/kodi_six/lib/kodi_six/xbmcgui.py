"""Kodi's module ``xbmcgui``: importing this name gives the very module, not a copy."""

import sys

import xbmcgui
from xbmcgui import *  # for type checkers

sys.modules[__name__] = xbmcgui
