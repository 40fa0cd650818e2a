"""Trailers of other films before a film, as in a cinema: chosen by the server, which puts them into a play queue."""
from __future__ import annotations

import logging
from typing import List

from ... import item_url
from ...kodi import video
from ...playback.methods import PlayRequest
from ...plex_errors import PlexError
from ...plex_model import MOVIE
from ...plex_queues import QueueSource, QueueWish, create
from .. import queue_entries
from ..list_item import WireItem
from ..shared import Shared

LOG = logging.getLogger('pkc.playback')


class Trailers:
    """Finds them. They are videos of their own: what is watched of them says nothing of the film."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def with_film(self, request: PlayRequest) -> List[WireItem]:
        """The trailers and then the film, as entries of Kodi's playlist; none when the film shall begin at once.

        Only for a film that somebody has begun by itself and from its beginning, not as an entry of Kodi's playlist; so
        an entry that comes from here gets no trailers again.
        """
        wanted = self._shared.settings.current.cinema_trailers
        if not wanted or video.among_others():
            return []
        try:
            client = self._shared.clients.of_server(request.machine_identifier)
            queue = create(client, request.machine_identifier, QueueSource(MOVIE, request.rating_key),
                           QueueWish(trailers=wanted))
        except (PlexError, LookupError) as error:
            LOG.info('No trailers before the film: %s', error)
            return []
        if len(queue.entries) < 2 or queue.entries[-1].item.rating_key != request.rating_key:
            return []
        LOG.info('%d trailers before item %s', len(queue.entries) - 1, request.rating_key)
        found = queue_entries.wires(self._shared, request.machine_identifier, queue.queue_id, queue.entries)
        found[-1]['url'] = item_url.movie_url(request.machine_identifier, request.rating_key, request.media_id)
        self._shared.queue_turn.give(found)
        return found
