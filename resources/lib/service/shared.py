"""What all parts of the service share. It is made once, by the composition."""
from __future__ import annotations

import os
import threading
import time
from typing import Dict, Iterable, NamedTuple, Optional, Sequence

from .. import state_db
from ..auth.manager import AuthManager
from ..cancellation import Cancellation
from ..kodi import addon as kodi_addon
from ..kodi import dialogs, settings, texts
from ..kodi.addon import Addon
from ..kodi_db import location
from ..kodi_db.advanced_settings import SharedLibrary, shared_library
from ..kodi_db.errors import DatabaseMissing, SettingsUnreadable
from ..library_sync.options import DatabaseLocations
from ..sql.location import Location, ServerDatabase
from .events import EventBus
from .flows import FlowRunner
from .guide import Guide
from .library_place import LibraryPlace
from .library_user import LibraryUser
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
    """Where Kodi's video database and ours are, and who may write.

    ``settings_files`` are Kodi's ``advancedsettings.xml``, which it reads when it starts; what they say later is of no
    account.
    """

    def __init__(self, profile: str, settings_files: Sequence[str] = ()) -> None:
        self._problem: Optional[SettingsUnreadable] = None
        self._shared: Optional[SharedLibrary] = None
        try:
            self._shared = shared_library(settings_files)
        except SettingsUnreadable as error:
            self._problem = error
        self.state_path = self._state_location(profile)
        self.place = LibraryPlace(profile, self.state_path)
        self.user = LibraryUser(self.state_path)
        #: Held by whoever writes into Kodi's library.
        self.writing = threading.Lock()
        self._video_path = ''
        self._on_server: Optional[ServerDatabase] = None

    @property
    def are_shared(self) -> bool:
        """Whether they are on a server, where other devices use them too."""
        return self._shared is not None

    def _state_location(self, profile: str) -> state_db.Location:
        if self._shared is None:
            return os.path.join(profile, state_db.FILE_NAME)
        number = location.version_for_kodi(kodi_addon.kodi_major())
        name = '%s%s' % (self._shared.name, number or '')
        return state_db.beside(os.path.join(profile, state_db.BOX_FILE_NAME),
                               ServerDatabase(self._shared.server, name, self._shared.name))

    def video_path(self) -> Location:
        """Kodi's video database of the running version. Raises :class:`DatabaseMissing`, or another
        :class:`DatabaseError` where it is on a server.
        """
        if self._problem is not None:
            raise self._problem
        if self._shared is not None:  # both are asked for once a second
            self._on_server = self._on_server or location.newest_on_server(
                *self._shared, version=location.version_for_kodi(kodi_addon.kodi_major()))
            return self._on_server
        if os.path.exists(self._video_path):
            return self._video_path
        folder = kodi_addon.video_database_dir()
        try:
            self._video_path = location.newest(folder, location.version_for_kodi(kodi_addon.kodi_major()))
        except DatabaseMissing:
            return location.newest(folder)
        return self._video_path

    def locations(self) -> DatabaseLocations:
        """Both. Raises as :meth:`video_path`."""
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
