"""Ids of texts: playing several items one after another."""
from __future__ import annotations

PLAY_FROM_HERE = 31300
PLAY_ALL = 31301
SHUFFLE = 31302
QUEUE_EMPTY = 31303
