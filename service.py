"""Kodi starts this with itself and keeps it running: the background service."""

from resources.lib.service_entry import run

run()
