"""What all parts of the service share. It is made once, by the composition."""
from __future__ import annotations

import os
import threading
import time
from typing import Dict, Iterable, NamedTuple, Optional

from .. import state_db
from ..auth.manager import AuthManager
from ..cancellation import Cancellation
from ..kodi import addon as kodi_addon
from ..kodi import dialogs, settings, texts
from ..kodi.addon import Addon
from ..kodi_db import location
from ..kodi_db.errors import DatabaseMissing
from ..library_sync.options import DatabaseLocations
from .events import EventBus
from .flows import FlowRunner
from .guide import Guide
from .queue_turn import QueueTurn
from .server_clients import ServerClients
from .status_board import StatusBoard
from .viewer import Viewer

#: More than a home screen shows in an evening.
_MOST_LISTED = 10000


class Clock:
    """The time, for all that waits for it; tests have one that they set."""

    def monotonic(self) -> float:
        """Seconds that only grow, from an arbitrary beginning."""
        return time.monotonic()

    def time(self) -> float:
        """Kodi's clock: Unix seconds. It may be wrong and be set."""
        return time.time()

    def wait(self, condition: threading.Condition, seconds: Optional[float]) -> None:
        """Wait until the condition, which the caller holds, is notified, or so many seconds (None: for ever)."""
        condition.wait(seconds)


class SettingsStore:
    """The user's settings: a snapshot that is replaced when Kodi says that they changed."""

    def __init__(self) -> None:
        self.current = settings.load()

    def reload(self) -> None:
        """Read them anew."""
        self.current = settings.load()


class Databases:
    """Where Kodi's video database and ours are, and who may write."""

    def __init__(self, profile: str) -> None:
        self.state_path = os.path.join(profile, state_db.FILE_NAME)
        #: Held by whoever writes into Kodi's library.
        self.writing = threading.Lock()
        self._video_path = ''

    def video_path(self) -> str:
        """Kodi's video database of the running version. Raises :class:`DatabaseMissing`."""
        if os.path.exists(self._video_path):  # it is asked for once a second
            return self._video_path
        folder = kodi_addon.video_database_dir()
        try:
            self._video_path = location.newest(folder, location.version_for_kodi(kodi_addon.kodi_major()))
        except DatabaseMissing:
            return location.newest(folder)
        return self._video_path

    def locations(self) -> DatabaseLocations:
        """Both. Raises :class:`DatabaseMissing`."""
        return DatabaseLocations(self.video_path(), self.state_path)


class ListedPictures:
    """The pictures that lists have shown, as the URLs of the loopback server name them; the oldest are forgotten.

    Thread-safe. A picture is ``<machineIdentifier>/<ratingKey>/<kind>/<stamp>``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: Dict[str, None] = {}

    def __contains__(self, picture: object) -> bool:
        return picture in self._pictures

    def add(self, pictures: Iterable[str]) -> None:
        """Remember them."""
        with self._lock:
            for picture in pictures:
                self._pictures[picture] = None
            while len(self._pictures) > _MOST_LISTED:
                self._pictures.pop(next(iter(self._pictures)))


class Screen:
    """Short notices. Nothing is shown while the service ends."""

    def __init__(self, addon: Addon, stopping: Cancellation) -> None:
        self._addon = addon
        self._stopping = stopping

    def tell(self, name: str, error: bool = False) -> None:
        """Show the text of this name (:func:`texts.by_name`) in the corner for a moment."""
        if not self._stopping.cancelled:
            dialogs.notify(self._addon.name, self._addon.text(texts.by_name(name)), error, self._addon.icon)


class Shared(NamedTuple):
    """One of each. ``stopping`` is cancelled when the service ends; ``port`` is that of the loopback server."""

    addon: Addon
    profile: str
    settings: SettingsStore
    auth: AuthManager
    clients: ServerClients
    databases: Databases
    events: EventBus
    clock: Clock
    stopping: Cancellation
    viewer: Viewer
    screen: Screen
    flows: FlowRunner
    listed: ListedPictures
    queue_turn: QueueTurn
    status: StatusBoard
    guide: Guide
    port: int
