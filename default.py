"""Kodi runs this for each plugin:// call: a listing, an action or playback."""

import sys

from resources.lib.entrypoint import run

run(sys.argv)
