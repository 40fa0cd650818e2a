"""Kodi's module ``xbmcvfs``: importing this name gives the very module, not a copy."""

import sys

import xbmcvfs
from xbmcvfs import *  # for type checkers

sys.modules[__name__] = xbmcvfs
