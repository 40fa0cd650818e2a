"""Writing Plex's collections: as sets to Kodi's database, and all of them to ours."""
from __future__ import annotations

from typing import Callable, Collection, List, Set, Tuple

from ..kodi_db.records import SetRecord
from ..kodi_db.writer import LibraryWriter
from ..plex_model import Section
from ..state_db import StateDb
from . import membership
from .mapping import Context
from .options import SyncServer
from .report import SyncReport
from .tasks import Collections


class CollectionWriter:
    """Writes the collections of one library after the other. ``context(section)`` is the mappers' context."""

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer, report: SyncReport,
                 context: Callable[[Section], Context]) -> None:
        self._writer = writer
        self._sets = writer.shared.sets
        self._state = state
        self._server = server
        self._server_id = server.server_id
        self._report = report
        self._context = context
        self._set_names: Set[str] = set()
        self._gone: Set[str] = set()

    def write(self, result: Collections, failed: Collection[Tuple[str, str]]) -> None:
        """Write texts and pictures of a library's sets, and store its collections.

        ``failed`` are (section key, type) of incomplete listings.
        """
        if result.items is None:
            return
        section = result.section
        known = self._state.collections(self._server_id, section.key)
        self._set_names.update(row.title for row in known.values())
        rows = [membership.remembered(section, item) for item in result.items]
        changed = [row for row in rows if known.get(row.rating_key) != row]
        gone = set(known).difference(row.rating_key for row in rows)
        names = {row.title for row in changed}
        if any(key == section.key for key, _ in failed):
            changed, gone = [], set()  # else the next sync would not compare their items again
        self._gone.update(gone)
        records, ours = self._records(result)
        if not records and not changed:
            return
        with self._writer.transaction():
            written = self._sets.write(records, names, ours)
            self._report.changed += 1 if written else 0
            # The art route, too, finds their pictures there.
            self._state.put_collections(self._server_id, changed)

    def forget(self, section_key: str) -> None:
        """Note that a library, with all its collections, is being removed from Kodi."""
        known = self._state.collections(self._server_id, section_key)
        self._set_names.update(row.title for row in known.values())
        self._gone.update(known)

    def drop_empty_sets(self) -> None:
        """Remove sets without items that were made of collections, and what is stored about removed collections."""
        if self._gone or self._sets.empty(self._set_names):
            with self._writer.transaction():
                self._sets.drop_empty(self._set_names)
                self._state.forget_collections(self._server_id, self._gone)
            self._gone = set()

    def _records(self, result: Collections) -> Tuple[List[SetRecord], str]:
        """The records of collections that are sets in Kodi, and the path above the items that may be in them."""
        context = self._context(result.section)
        for kind in self._server.kinds.of_library(result.section.plex_type):
            if kind.set_record:
                return ([kind.set_record(item, context) for item in result.items or ()],
                        kind.root(self._server.machine_identifier))
        return [], ''
