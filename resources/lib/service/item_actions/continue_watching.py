"""Taking an item out of Continue Watching."""
from __future__ import annotations

import logging
from typing import Any, Mapping, Sequence

from ...library_sync.kinds import EPISODE, MOVIE
from ...plex_errors import PlexError
from ...plex_functions import read_hub
from .action import Answer, Subject, changed

LOG = logging.getLogger('pkc.service')

_MOST_CONTINUED = 300


class LeaveContinueWatching:
    """Of films and episodes; where it was stopped stays known."""

    names = ('leave_continue_watching',)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Where it is in it."""
        if subject.item.plex_type not in (MOVIE.name, EPISODE.name):
            return ()
        try:
            continued = read_hub(subject.client.continue_watching_body(_MOST_CONTINUED))
        except PlexError as error:
            LOG.info('the server does not tell what is continued: %s', error)
            return ()
        return self.names if any(one.rating_key == subject.item.rating_key for one in continued) else ()

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Take it out."""
        subject.client.remove_from_continue_watching(subject.item.rating_key)
        return changed()
