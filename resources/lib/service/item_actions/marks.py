"""Marking as watched or unwatched, for everyone who asks the server."""
from __future__ import annotations

from typing import Any, List, Mapping, Sequence

from ...library_sync.kinds import EPISODE, MOVIE, SEASON, SHOW
from ...plex_model import PlexItem
from .action import Answer, Subject, changed

WATCHED, UNWATCHED = 'mark_watched', 'mark_unwatched'
_LEAVES, _PARENTS = (MOVIE.name, EPISODE.name), (SHOW.name, SEASON.name)


class Marks:
    """Of films and episodes, and of all episodes of a show or season."""

    names = (WATCHED, UNWATCHED)

    def offered(self, subject: Subject) -> Sequence[str]:
        """What would change something."""
        item = subject.item
        if item.plex_type in _LEAVES:
            return [UNWATCHED if item.view_count > 0 and not item.view_offset else WATCHED]
        return _of_parent(item) if item.plex_type in _PARENTS else ()

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """One request, also for a whole show."""
        mark = subject.client.scrobble if name == WATCHED else subject.client.unscrobble
        mark(subject.item.rating_key)
        return changed()


def _of_parent(item: PlexItem) -> List[str]:
    seen, total = item.viewed_leaf_count, item.leaf_count
    return ([WATCHED] if seen < total else []) + ([UNWATCHED] if seen > 0 else [])
