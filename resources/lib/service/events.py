"""What the parts of the service tell each other: typed events on one bus.

A part subscribes to the class of an event and publishes what happens in it; it knows no other part. Handlers run one
after the other on the thread of whoever publishes, which each class names, so a handler on Kodi's thread must return
at once. What a handler raises is logged and keeps neither the other handlers nor the publisher from going on; only
:class:`~..cancellation.Cancelled` goes through.
"""
from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Tuple, Type, TypeVar

from ..cancellation import Cancellation, Cancelled
from ..library_sync.report import Progress, SyncReport
from ..playback.session import PlaybackSession
from ..playback.state import PlaybackState
from ..playback.wishes import Wish
from ..plex_functions import PMSClient
from ..plex_model import PlayableItem, PlexItem
from ..state_db import PlaybackReport

LOG = logging.getLogger('pkc.service')


class Event:
    """Base of all events."""


@dataclass(frozen=True)
class KodiNotification(Event):
    """Kodi or another add-on announced something (``VideoLibrary.OnUpdate``). Kodi's thread: return at once."""

    method: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SettingsChanged(Event):
    """The settings were stored; the shared snapshot is the new one already. Kodi's thread: return at once."""


@dataclass(frozen=True)
class ServerChosen(Event):
    """The account and a server of it are known now, or other servers are used. The flow's thread: may ask the user.

    ``left`` are servers that are not chosen any more, whose items go from Kodi's library.
    """

    left: Tuple[str, ...] = ()


@dataclass(frozen=True)
class UserSwitched(Event):
    """It is known who watches, perhaps somebody else than before. The flow's thread."""


@dataclass(frozen=True)
class SignedOut(Event):
    """The user signed out; ``remove_items``: nothing of ours may stay in Kodi's library. The flow's thread."""

    remove_items: bool
    user_id: str = ''


@dataclass(frozen=True)
class GuideEnded(Event):
    """The user has gone through the guide, or left it. The flow's thread."""


@dataclass(frozen=True)
class UserNeeded(Event):
    """The plugin asked for something while it is not known who watches. A thread of the loopback server."""


@dataclass(frozen=True)
class ServerLost(Event):
    """A server cannot be used any more under the address or with the token in use. Any thread: return at once.

    ``machine`` is '' for the main server, as in all events; else its machineIdentifier.
    """

    machine: str = ''


@dataclass(frozen=True)
class ServerReachable(Event):
    """A server can be used again after :class:`ServerLost`, or one beside the main one for the first time.

    Any thread: return at once.
    """

    machine: str = ''


@dataclass(frozen=True)
class LibraryStale(Event):
    """Something has changed at the server, in these libraries (by key; in any if it is empty). A thread of its own.

    ``rating_keys`` are items that the server named: they are looked at, whatever their stamps say. ``thorough``: what
    changed left no stamp, and nobody knows where.
    """

    section_keys: FrozenSet[str]
    rating_keys: FrozenSet[str] = frozenset()
    thorough: bool = False
    machine: str = ''


@dataclass(frozen=True)
class RowsImported(Event):
    """Kodi wrote rows of ours anew, as it does when it imports a library. A thread of the watch state's."""


@dataclass(frozen=True)
class LibrariesAsKnown(Event):
    """A look found these libraries (by key), and no others, as the last sync left them. A thread of its own."""

    section_keys: FrozenSet[str]
    machine: str = ''


@dataclass(frozen=True)
class PushesChanged(Event):
    """From now on a server pushes what changes, or does no longer. The listener's thread: return at once."""

    pushed: bool
    machine: str = ''


@dataclass(frozen=True)
class ServerPushed(Event):
    """The server pushed that something has changed, be it only how far somebody has played an item. The listener's
    thread, perhaps very often: return at once.
    """


@dataclass(frozen=True)
class PlaylistsChanged(Event):
    """A playlist of the server has changed, or may have. Any thread: return at once."""


@dataclass(frozen=True)
class SyncStarting(Event):
    """A sync is about to ask the server; what the server must know before is told to it now. The sync's thread.

    A handler may take some time and raise Cancelled.
    """

    client: PMSClient
    machine_identifier: str
    progress: Progress
    cancellation: Cancellation
    machine: str = ''


@dataclass(frozen=True)
class LibraryChanged(Event):
    """A sync or a part of it wrote into Kodi's library. The thread that wrote."""

    report: SyncReport


@dataclass(frozen=True)
class LibraryComplete(Event):
    """A sync went through all libraries: what Kodi's library says is what Plex says to whoever watches now. The thread
    of the sync.
    """


@dataclass(frozen=True)
class PlaybackStarted(Event):
    """One of our items plays. The playback's thread: return at once."""

    playback: PlaybackState


@dataclass(frozen=True)
class PlaybackEnded(Event):
    """It does not play any more; the server may not know yet. ``reason``: stopped, ended or failed. The same thread."""

    playback: PlaybackState
    reason: str


@dataclass(frozen=True)
class PlayAsked(Event):
    """Kodi asks what to play for an item of ours, so it is about to play. A thread of the loopback server."""


@dataclass(frozen=True)
class MusicBegan(Event):
    """The music of a show begins in Kodi's player. The thread of the music."""


@dataclass(frozen=True)
class PlayAs(Event):
    """The user wants an item to be played now, in this way. Any thread: return at once."""

    machine_identifier: str
    item: PlexItem
    wish: Wish
    resume_s: float = 0.0


@dataclass(frozen=True)
class PlaybackTerminated(Event):
    """The server has ended a playback and says why. A thread of the report's own: return at once."""

    session: PlaybackSession
    words: str


@dataclass(frozen=True)
class NextEpisodeFound(Event):
    """Something is going to be offered at the end of a playback, so nobody else needs to. A thread of its own.

    ``episode`` is Plex's next one after that of ``session``.
    """

    session: PlaybackSession
    episode: PlayableItem


@dataclass(frozen=True)
class PlaybackReported(Event):
    """The server was told how a playback ended, or that was given up. A thread of the report's own."""

    machine_identifier: str
    rating_key: str
    watched: bool


@dataclass(frozen=True)
class PlaybackClosing(Event):
    """A playback is over, and the server is about to be told so. A thread of the report's own."""

    report: PlaybackReport


@dataclass(frozen=True)
class PlaybackKept(Event):
    """The server could not be told how a playback ended; that is written down. A thread of the report's own."""

    report: PlaybackReport


@dataclass(frozen=True)
class MarksSent(Event):
    """The server was told what the user marked, or some of it. The thread of the marks: return at once."""


@dataclass(frozen=True)
class WatchStateWritten(Event):
    """After a playback Kodi's row was made what the server says. A thread of its own."""


Kind = TypeVar('Kind', bound=Event)


class EventBus:
    """Hands each event to the handlers of its class, in the order in which they subscribed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handlers: Dict[Type[Event], List[Callable[[Any], None]]] = {}

    def subscribe(self, kind: Type[Kind], handler: Callable[[Kind], None]) -> None:
        """Have ``handler(event)`` called for all events of this class."""
        with self._lock:
            self._handlers.setdefault(kind, []).append(handler)

    def publish(self, event: Event) -> None:
        """Call the handlers; returns when all have returned.

        A handler that fails is logged with its traceback. It ends neither the thread that publishes (that of the
        player's events, or of a sync) nor keeps the event from the other handlers. Raises :class:`Cancelled`.
        """
        with self._lock:
            handlers = list(self._handlers.get(type(event), ()))
        for handler in handlers:
            try:
                handler(event)
            except Cancelled:
                raise
            except Exception:  # where parts meet: whoever tells cannot know what a defect of another part raises
                LOG.exception('%s was not handled', type(event).__name__)
