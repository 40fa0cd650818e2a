"""Which episode comes after another by Plex's order, found with one to three requests.

The order is that of the server's lists: through the season, then on to the next season that has one. Specials (season
0) come after one another only; nothing leads from the regular seasons into them, nor out of them. A second episode in
the same file has been seen with the first.
"""
from __future__ import annotations

from typing import FrozenSet, Iterable, Iterator, Optional, Protocol

from ..plex_model import EPISODE, PlayableItem

_SPECIALS = 0


class Children(Protocol):
    """The part of ``plex_functions.PMSClient`` that is used here."""

    def children(self, rating_key: str) -> Iterator[PlayableItem]:
        """The seasons of a show, or the episodes of a season, in the server's order and page by page."""


def find(client: Children, current: PlayableItem) -> Optional[PlayableItem]:
    """The episode after ``current``; None after the last one, and for what is no episode. Raises :class:`PlexError`."""
    item = current.item
    if item.plex_type != EPISODE or not item.parent_key:
        return None
    files = _files(current)
    found = _first(_after(client.children(item.parent_key), item.rating_key), files)
    if found is not None or item.parent_index == _SPECIALS or not item.grandparent_key:
        return found
    for season in _after(client.children(item.grandparent_key), item.parent_key):
        if season.item.item_index != _SPECIALS:
            found = _first(client.children(season.item.rating_key), files)
            if found is not None:
                return found
    return None


def _after(items: Iterable[PlayableItem], rating_key: str) -> Iterator[PlayableItem]:
    """What follows the item with that key; nothing where it is missing."""
    seen = False
    for one in items:
        if seen:
            yield one
        seen = seen or one.item.rating_key == rating_key


def _first(episodes: Iterable[PlayableItem], files: FrozenSet[str]) -> Optional[PlayableItem]:
    """The first that is in another file and not in the server's bin. A list need not say what files there are."""
    for one in episodes:
        there = [media for media in one.media if not media.deleted]
        if (there or not one.media) and not files.intersection(_files(one)):
            return one
    return None


def _files(episode: PlayableItem) -> FrozenSet[str]:
    return frozenset(part.file for media in episode.media for part in media.parts if part.file)
