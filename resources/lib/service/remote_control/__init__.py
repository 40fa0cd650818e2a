"""Remote control as a part of the service: Kodi as a player that Plex apps find and control."""
