"""Servers that the user does not want any more: their items go from Kodi's library, even if that takes two starts."""
from __future__ import annotations

import logging
import os
import threading
from typing import Iterable, List

from ...cancellation import Cancellation
from ...kodi_db.writer import LibraryWriter
from ...library_sync import purge
from ...library_sync.databases import SyncDatabases
from ...state_db.lease import Claim
from .. import profile_file
from ..shared import Shared

LOG = logging.getLogger('pkc.sync')

FILE_NAME = 'servers_left.json'


class LeavingServers:
    """The list is in a small file of the profile. For the thread of the sync, and one dialog at a time."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._lock = threading.Lock()
        self._path = os.path.join(shared.profile, FILE_NAME)

    def add(self, machine_identifiers: Iterable[str]) -> None:
        """Note servers whose items are to go."""
        with self._lock:
            self._write([*self._waiting(), *machine_identifiers])

    def clear(self) -> None:
        """All items are gone."""
        with self._lock:
            self._write([])

    def remove(self, cancellation: Cancellation) -> bool:
        """Remove what is noted, unless it was chosen again; whether anything was removed.

        Raises :class:`DatabaseError` and Cancelled; another call goes on.
        """
        removed = False
        while True:
            waiting = self._waiting()
            if not waiting:
                return removed
            first = waiting[0]
            if first not in self._shared.auth.status().machine_identifiers:
                removed = self._remove(first, cancellation) or removed
            with self._lock:  # the user may leave a further one meanwhile
                self._write([one for one in self._waiting() if one != first])

    def _remove(self, machine_identifier: str, cancellation: Cancellation) -> bool:
        databases, user = self._shared.databases, self._shared.auth.status().user_id
        with databases.writing, SyncDatabases(databases.locations(), cancellation, Claim(user)) as opened:
            opened.note_change()
            return purge.remove_server(LibraryWriter(opened.video), opened.state, machine_identifier,
                                       cancellation) > 0

    def _waiting(self) -> List[str]:
        found = profile_file.read(self._path)
        return [one for one in found if isinstance(one, str) and one] if isinstance(found, list) else []

    def _write(self, waiting: Iterable[str]) -> None:
        now = list(dict.fromkeys(waiting))
        if now != self._waiting():
            profile_file.write(self._path, now)
