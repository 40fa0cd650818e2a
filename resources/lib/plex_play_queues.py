"""Play queues of the server (``/playQueues``): what a controller or a Plex app has put together to be played."""
from __future__ import annotations

from typing import List, NamedTuple, Optional, Sequence, Tuple

from .plex_limits import LISTING
from .plex_requests import PMSRequests, rows_of
from .plex_values import Raw, identifier, text

#: How many items on each side of the selected one are asked for.
_WINDOW = 100


class QueueItem(NamedTuple):
    """An item of a queue. ``item_id``: its ``playQueueItemID``; ``show_key``: an episode's show."""

    item_id: str
    rating_key: str
    plex_type: str
    show_key: str


class PlayQueue(NamedTuple):
    """A queue, or the part of it around the item at ``selected`` (an index into ``items``)."""

    queue_id: str
    version: str
    selected: int
    items: Tuple[QueueItem, ...]


def get(client: PMSRequests, queue_id: str) -> PlayQueue:
    """``GET /playQueues/{id}``; from now on it is ours (``own``). Raises :class:`PlexError`."""
    return _queue(client.container('/playQueues/' + queue_id, {'own': 1, 'window': _WINDOW}, limits=LISTING))


def create(client: PMSRequests, source: Sequence[Tuple[str, str]], rating_key: str = '') -> PlayQueue:
    """``POST /playQueues``: of what ``source`` names, beginning with ``rating_key``. Raises :class:`PlexError`."""
    params = list(source) + [('type', 'video')]
    if rating_key:
        params.append(('key', '/library/metadata/' + rating_key))
    return _queue(client.container('/playQueues', params, method='POST', retries=0, limits=LISTING))


def _queue(raw: Raw) -> PlayQueue:
    items: List[QueueItem] = []
    selected, wanted = 0, identifier(raw, 'playQueueSelectedItemID')
    for row in rows_of(raw):
        item = _item(row)
        if item is not None:
            selected = len(items) if item.item_id == wanted else selected
            items.append(item)
    return PlayQueue(identifier(raw, 'playQueueID'), identifier(raw, 'playQueueVersion'), selected, tuple(items))


def _item(raw: Raw) -> Optional[QueueItem]:
    key = identifier(raw, 'ratingKey')
    return QueueItem(identifier(raw, 'playQueueItemID'), key, text(raw, 'type'),
                     identifier(raw, 'grandparentRatingKey')) if key else None
