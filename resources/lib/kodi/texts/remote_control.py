"""Ids of texts: remote control by Plex apps."""
from __future__ import annotations

REMOTE_CONTROL_FAILED = 31400
