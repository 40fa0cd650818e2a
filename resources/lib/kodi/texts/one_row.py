"""Ids of texts: what several servers have, as one row."""
from __future__ import annotations

PLAY_FROM_SERVER = 32310
