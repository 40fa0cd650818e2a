"""Kodi's module ``xbmcdrm``: importing this name gives the very module, not a copy."""

import sys

import xbmcdrm
from xbmcdrm import *  # for type checkers

sys.modules[__name__] = xbmcdrm
