"""What is done to Kodi's library beside the sync: one item written anew, everything of ours taken out."""
from __future__ import annotations

import os
import threading
from typing import Callable, NamedTuple, Tuple

from ... import state_db
from ...cancellation import Cancellation
from ...kodi import addon as kodi_addon
from ...kodi import jsonrpc
from ...kodi_db import schema
from ...kodi_db.connection import Library
from ...kodi_db.errors import DatabaseMissing
from ...kodi_db.writer import LibraryWriter
from ...library_sync import farewell
from ...library_sync.engine import LibrarySync, Options, Places
from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from ..error_texts import text_name


def state_path(profile: str) -> str:
    """Our own database."""
    return os.path.join(profile, state_db.FILE_NAME)


def places(profile: str) -> Places:
    """Kodi's video database and ours. Raises :class:`DatabaseMissing`."""
    folder = kodi_addon.video_database_dir()
    version = schema.version_for_kodi(kodi_addon.kodi_major())
    try:
        path = schema.newest(folder, version)
    except DatabaseMissing:
        path = schema.newest(folder)
    return Places(path, state_path(profile))


class JobHost(NamedTuple):
    """What the jobs need of the service. ``tell(name of a text, is an error)`` shows a line in the corner."""

    connect: Callable[[], Tuple[PMSClient, str]]
    places: Callable[[], Places]
    options: Callable[[], Options]
    writing: threading.Lock
    cancel_sync: Callable[[], bool]
    stopping: Cancellation
    tell: Callable[[str, bool], None]


class LibraryJobs:
    """Each waits for a sync that is running."""

    def __init__(self, host: JobHost) -> None:
        self._host = host

    def refresh(self, plex_type: str, kodi_id: int) -> None:
        """Write one row anew, in a thread of its own; the user is told how it went."""
        threading.Thread(target=self._refresh, args=(plex_type, kodi_id), name='pkc-refresh', daemon=True).start()

    def remove_items(self) -> None:
        """Take everything of ours out of Kodi's library. Raises the errors of ``kodi_db``."""
        found = self._host.places()
        self._host.cancel_sync()
        with self._host.writing:
            state_db.prepare(found.state_db)
            with Library(found.video_db, found.state_db, self._host.stopping) as library:
                farewell.remove_all(LibraryWriter(library), state_db.StateDb(library.connection, 'state.'),
                                    self._host.stopping)
        jsonrpc.scan_nothing()

    def _refresh(self, plex_type: str, kodi_id: int) -> None:
        try:
            client, machine = self._host.connect()
            with self._host.writing:
                report = LibrarySync(client, machine, self._host.places(), self._host.options(), None,
                                     self._host.stopping).repair(plex_type, kodi_id)
        except (PlexError, DatabaseMissing) as error:
            self._host.tell(text_name(error), True)
            return
        if report.failure or not report.total:
            self._host.tell(text_name(report.failure) if report.failure else 'not_from_plex', True)
            return
        jsonrpc.scan_nothing()
        self._host.tell('item_refreshed', False)
