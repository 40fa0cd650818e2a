"""What the thread of :class:`~.watched_marks.WatchedMarks` is told."""
from __future__ import annotations

import threading
from typing import NamedTuple, Union

from ...state_db import Mark
from .mark_store import Change


class Flush:
    """A sync waits until all marks are sent. Once it has given up waiting it asks the server."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.given_up = False


class PlaybackEnded(NamedTuple):
    """Kodi keeps a resume point of its own for this item now."""

    machine_identifier: str
    rating_key: str


class Settled(NamedTuple):
    """After a playback the row of this item is what the server says."""

    machine_identifier: str
    rating_key: str


class Imported(NamedTuple):
    """Kodi has written this row anew: what it announced of it until now was no mark of the user's."""

    plex_type: str
    kodi_id: int


class Played(NamedTuple):
    """What playing an item came to, for the other servers that have the same title."""

    machine_identifier: str
    user_id: str
    mark: Mark


class Wake(NamedTuple):
    """The server can be reached again, or there is more to tell."""


Job = Union[Change, PlaybackEnded, Settled, Imported, Played, Flush, Wake, None]
