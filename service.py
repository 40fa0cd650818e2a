"""Kodi starts this with itself and keeps it running: the background service."""

from resources.lib.service_start import run

run()
