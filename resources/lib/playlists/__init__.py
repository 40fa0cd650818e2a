"""Plex playlists as Kodi's playlist files: names, format, and what changes on either side mean. Touches no file."""
