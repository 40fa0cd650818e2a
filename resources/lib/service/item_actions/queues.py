"""Playing several items one after another: the server makes a play queue of them, and Kodi plays that."""
from __future__ import annotations

import logging
from typing import Any, Mapping, Sequence

from ...local_server.api import ApiError
from ...plex_errors import PlexRejected
from ...plex_model import COLLECTION, EPISODE, PLAYLIST, SEASON, SHOW
from ...plex_queues import QueueSource, QueueWish, create
from .. import queue_player
from .action import Answer, Subject

LOG = logging.getLogger('pkc.service')

FROM_HERE, ALL, SHUFFLE = 'play_from_here', 'play_all', 'shuffle'
_WISHES: Mapping[str, QueueWish] = {FROM_HERE: QueueWish(continuous=True), ALL: QueueWish(),
                                    SHUFFLE: QueueWish(shuffle=True)}
_OFFERED: Mapping[str, Sequence[str]] = {EPISODE: (FROM_HERE,), SHOW: (SHUFFLE,), SEASON: (SHUFFLE,),
                                         COLLECTION: (ALL, SHUFFLE), PLAYLIST: (ALL, SHUFFLE)}


class Queues:
    """Of what consists of several items, and from an episode on."""

    names = (FROM_HERE, ALL, SHUFFLE)

    def offered(self, subject: Subject) -> Sequence[str]:
        """By the item's type."""
        return _OFFERED.get(subject.item.plex_type, ())

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Have the server make a queue, and Kodi play it; it does not play yet when this returns."""
        source = QueueSource(subject.item.plex_type, subject.item.rating_key)
        try:
            queue = create(subject.client, subject.machine_identifier, source, _WISHES[name])
        except PlexRejected as error:
            raise ApiError('queue_empty', str(error)) from error
        entries = queue.from_selected()
        if not entries:
            raise ApiError('queue_empty', 'no videos in it')
        LOG.info('Play queue %s with %d entries', queue.queue_id, queue.total)
        server = queue_player.QueueServer(subject.client, subject.machine_identifier)
        queue_player.play(subject.shared, server, queue, queue_player.Beginning(entries))
        return {}
