"""The kinds of items that are synced, one line for each, in the order in which they can be written: parents first."""
from __future__ import annotations

from .episode import EPISODE
from .kind import Kind, Kinds
from .movie import MOVIE
from .season import SEASON
from .show import SHOW

__all__ = ['EPISODE', 'MOVIE', 'SEASON', 'SHOW', 'VIDEO', 'Kind', 'Kinds']

#: What Kodi's video database holds of Plex.
VIDEO = Kinds(
    MOVIE,
    SHOW,
    SEASON,
    EPISODE,
)
