"""Play queues of a Plex Media Server (PMS): a list of videos that the server keeps for a player, and of which it knows
by the player's reports what is played and what comes next.

A queue is read in windows, since a shuffled show may have thousands of entries. Sources: the Plex Media Server API's
chapter "Play Queue"; docs/plex.md.
"""
from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

from . import plex_model
from .plex_errors import PlexBadAnswer
from .plex_functions import LIBRARY, NO_ELEMENTS
from .plex_limits import LISTING
from .plex_model import CLIP, COLLECTION, EPISODE, MOVIE, PLAYLIST, PlexItem
from .plex_requests import PMSRequests, rows_of
from .plex_values import Raw, identifier, integer

#: Trailers that a server puts before a film at most.
MOST_TRAILERS = 5
#: Entries of one window, on each side of its centre.
_WINDOW = 100
_VIDEOS = (MOVIE, EPISODE, CLIP)


class QueueSource(NamedTuple):
    """What a queue is made of: a film, an episode, or all episodes or films of a show, season, collection or playlist.

    ``plex_type`` is the type of the item with that ratingKey; '' will do for all but collections and playlists.
    ``rating_keys`` may be several with commas between them.
    """

    plex_type: str
    rating_keys: str


class QueueWish(NamedTuple):
    """How it is to be made. ``continuous``: with an episode come those of its show; ``trailers``: so many of other
    films before a film, as the server chooses, 0 for none; ``first``: the ratingKey of what is played first, '' for
    what the server chooses.
    """

    shuffle: bool = False
    continuous: bool = False
    trailers: int = 0
    first: str = ''


class QueueEntry(NamedTuple):
    """An entry. ``entry_id`` (``playQueueItemID``) tells it from others with the same item."""

    entry_id: str
    item: PlexItem


class PlayQueue(NamedTuple):
    """A queue and one window of it. ``selected`` is the id of the entry that is to be played first; ``version`` changes
    with what is in the queue.
    """

    queue_id: str
    selected: str
    total: int
    entries: Tuple[QueueEntry, ...]
    version: str = ''

    def position(self, rating_key: str = '') -> int:
        """Where in the window to begin: at the selected entry, or at that of an item. 0 when neither is there."""
        selected = [number for number, entry in enumerate(self.entries) if entry.entry_id == self.selected]
        of_item = [number for number, entry in enumerate(self.entries) if entry.item.rating_key == rating_key]
        both = [number for number in selected if number in of_item]
        return (both or of_item or selected or [0])[0]

    def from_selected(self) -> List[QueueEntry]:
        """The entries of the window from the selected one on, all of them if it is not there."""
        return list(self.entries[self.position():])


def create(client: PMSRequests, machine_identifier: str, source: QueueSource, wish: QueueWish) -> PlayQueue:
    """Have the server make a queue. Raises :class:`PlexRejected` when there is nothing to play, and other errors."""
    params: Dict[str, Any] = dict(NO_ELEMENTS, type='video', shuffle=int(wish.shuffle), repeat=0,
                                  continuous=int(wish.continuous))
    if source.plex_type == PLAYLIST:
        params['playlistID'] = source.rating_keys
    else:
        path = 'collections' if source.plex_type == COLLECTION else 'metadata'
        params['uri'] = 'server://%s/%s/library/%s/%s' % (machine_identifier, LIBRARY, path, source.rating_keys)
    if wish.trailers > 0:  # 0 would still bring the server's own film before the film
        params['extrasPrefixCount'] = min(wish.trailers, MOST_TRAILERS)
    if wish.first:
        params['key'] = '/library/metadata/' + wish.first
    return _queue(client.container('/playQueues', params, method='POST', limits=LISTING))


def get(client: PMSRequests, queue_id: str) -> PlayQueue:
    """A queue that somebody else has made for us, with the selected entry in the middle of the window.

    It becomes ours (``own``). Raises :class:`PlexNotFound` for one that the server has forgotten, and other errors.
    """
    return _queue(client.container('/playQueues/%s' % queue_id, dict(NO_ELEMENTS, own=1, window=_WINDOW),
                                   limits=LISTING))


def after(client: PMSRequests, queue_id: str, entry_id: str) -> List[QueueEntry]:
    """The next window: the entries after one, none after the last. Raises :class:`PlexNotFound` for a queue that the
    server has forgotten.
    """
    container = client.container('/playQueues/%s' % queue_id, dict(
        NO_ELEMENTS, center=entry_id, window=_WINDOW, includeBefore=0), limits=LISTING)
    entries = _entries(container)
    ids = [entry.entry_id for entry in entries]
    return entries[ids.index(entry_id) + 1:] if entry_id in ids else entries


def _queue(container: Raw) -> PlayQueue:
    queue = PlayQueue(identifier(container, 'playQueueID'), identifier(container, 'playQueueSelectedItemID'),
                      integer(container, 'playQueueTotalCount'), tuple(_entries(container)),
                      identifier(container, 'playQueueVersion'))
    if not queue.queue_id:
        raise PlexBadAnswer('/playQueues: no playQueueID')
    return queue


def _entries(container: Raw) -> List[QueueEntry]:
    """The videos in a window; what has no id of its own in the queue or is no video is left out."""
    found: List[QueueEntry] = []
    for raw in rows_of(container):
        entry_id = identifier(raw, 'playQueueItemID')
        try:
            item = plex_model.item(raw)
        except plex_model.BadItem:
            continue
        if entry_id and item.plex_type in _VIDEOS:
            found.append(QueueEntry(entry_id, item))
    return found
