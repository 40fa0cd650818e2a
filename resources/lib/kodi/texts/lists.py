"""Lists beside the library."""
from __future__ import annotations

CONTINUE_WATCHING = 30700
CONTINUE_WATCHING_MOVIES = 30701
CONTINUE_WATCHING_EPISODES = 30702
