"""Plex playlists as Kodi playlists: files in Kodi's folder, kept in step with the server."""
