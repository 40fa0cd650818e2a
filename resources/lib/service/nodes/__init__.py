"""Kodi's library nodes: what its Videos window shows of Plex, and the window properties by which skins find it."""
