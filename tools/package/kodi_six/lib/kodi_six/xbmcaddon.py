"""Kodi's module ``xbmcaddon``: importing this name gives the very module, not a copy."""

import sys

import xbmcaddon
from xbmcaddon import *  # for type checkers

sys.modules[__name__] = xbmcaddon
