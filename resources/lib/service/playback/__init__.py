"""Playback as the service does it: what is handed to the player, and what goes along with it."""
