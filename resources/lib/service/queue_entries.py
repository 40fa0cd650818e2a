"""The entries of a play queue of the server, as Kodi's playlist gets them."""
from __future__ import annotations

from typing import List, Optional, Sequence

from .. import item_url
from ..kodi import playlist, video
from ..playback import queue_place
from ..playback.queue_place import QueuePlace
from ..playback.resolve import Playable
from ..playback.session import PlaybackSession
from ..plex_queues import QueueEntry
from .library_rows import kodi_ids
from .list_item import Origin, WireItem, list_item
from .queue_turn import Standing
from .shared import Shared


def wires(shared: Shared, machine_identifier: str, queue_id: str, entries: Sequence[QueueEntry]) -> List[WireItem]:
    """The wire items of entries. Each says its place, by which its playback is known (:func:`current_place`).

    ``queue_id``: '' for items that are in no queue. Their URLs are those of the library and of our lists, so that Kodi
    finds its row for what it plays.
    """
    ids = kodi_ids(shared.databases.state_path, machine_identifier, [entry.item.rating_key for entry in entries])
    origin, base = Origin(machine_identifier, shared.port), item_url.art_base(shared.port)
    found: List[WireItem] = []
    for entry in entries:
        wire = list_item(entry.item, origin, ids.get(entry.item.rating_key))
        if wire is not None:
            wire['properties'][playlist.SERVER] = machine_identifier
            if queue_id:
                wire['properties'][playlist.PLACE] = str(QueuePlace(queue_id, entry.entry_id))
            found.append(wire)
    shared.listed.add(url[len(base):] for wire in found for url in wire['art'].values() if url.startswith(base))
    return found


def stack(shared: Shared, machine: str, found: Playable, resume: bool, standing: Optional[Standing]) -> WireItem:
    """The wire item of a video in several files, in place of that which Kodi asked for, of which we know ``standing``.

    ``resume``: from where the server says it was stopped; else from where the entry that it replaces was to begin.
    """
    item = found.item
    assert item is not None
    ids = kodi_ids(shared.databases.state_path, machine, [item.rating_key])
    wire = list_item(item, Origin(machine, shared.port), ids.get(item.rating_key))
    assert wire is not None
    wire['properties'][playlist.SERVER] = machine
    if standing is not None and standing.place is not None:
        wire['properties'][playlist.PLACE] = str(standing.place)
    begin_at(wire, found.resume_ms / 1000.0 if resume else standing.start_s if standing is not None else 0.0)
    wire['url'] = found.url
    return wire


def begin_at(wire: WireItem, seconds: float) -> None:
    """Have it played from there when Kodi comes to it."""
    if seconds > 0:
        wire['properties'][playlist.START] = '%.3f' % seconds


def current_place(machine_identifier: str, rating_key: str) -> Optional[QueuePlace]:
    """Where the entry that Kodi plays now stands, if that is this item and it is in a play queue.

    Not while Kodi waits for an answer of ours: :meth:`~.queue_turn.QueueTurn.standing`.
    """
    entry = playlist.current()
    if entry is None or (entry.machine_identifier, entry.rating_key) != (machine_identifier, rating_key):
        return None
    return queue_place.parse(entry.place)


def goes_on(session: PlaybackSession) -> bool:
    """Whether Kodi's playlist, or the play queue that fills it, says what comes next: then nobody need offer it."""
    return video.more_in_playlist() or current_place(session.machine_identifier, session.rating_key) is not None
