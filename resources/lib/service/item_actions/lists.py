"""Opening what belongs to an item: extras and similar titles."""
from __future__ import annotations

from typing import Any, Mapping, Sequence

from ... import item_url
from ...library_sync.kinds import MOVIE, SHOW
from .action import Answer, Subject, opens

EXTRAS, SIMILAR = 'show_extras', 'show_similar'
_PATHS = {EXTRAS: 'extras', SIMILAR: 'similar'}


class ListsOfItem:
    """Of films and shows."""

    names = (EXTRAS, SIMILAR)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Extras only where there are any."""
        if subject.item.plex_type not in (MOVIE.name, SHOW.name):
            return ()
        return (EXTRAS, SIMILAR) if subject.item.has_extras else (SIMILAR,)

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Open the list."""
        return opens(item_url.list_url(_PATHS[name], id=subject.item.rating_key, title=subject.item.title,
                                       server=subject.shared.clients.machine_of(subject.machine_identifier)))
