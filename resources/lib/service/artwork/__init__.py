"""Artwork through the loopback server."""
