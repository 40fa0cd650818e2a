"""Kodi's module ``xbmc``: importing this name gives the very module, not a copy."""

import sys

import xbmc
from xbmc import *  # for type checkers

sys.modules[__name__] = xbmc
