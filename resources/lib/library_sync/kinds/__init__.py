"""The kinds of items that are synced, in the order in which they must be written: parents first."""
from __future__ import annotations

from .episode import EPISODE
from .kind import Kind, Kinds
from .movie import MOVIE
from .season import SEASON
from .show import SHOW

__all__ = ['EPISODE', 'MOVIE', 'SEASON', 'SHOW', 'VIDEO', 'Kind', 'Kinds']

#: The kinds that Kodi's video database holds.
VIDEO = Kinds(
    MOVIE,
    SHOW,
    SEASON,
    EPISODE,
)
