"""Playback: which URL to play, what Kodi's player does, and what the Plex Media Server is told about it."""
