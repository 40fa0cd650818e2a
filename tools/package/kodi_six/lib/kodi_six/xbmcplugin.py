"""Kodi's module ``xbmcplugin``: importing this name gives the very module, not a copy."""

import sys

import xbmcplugin
from xbmcplugin import *  # for type checkers

sys.modules[__name__] = xbmcplugin
