"""When items may be deleted from Kodi's library: only with proof, and masses only when seen twice."""
from __future__ import annotations

import hashlib
import logging
from typing import Dict, Optional, Sequence

from ..batches import chunks
from ..cancellation import Cancellation
from ..state_db import SectionState, StateDb
from .collections import CollectionWriter
from .item_removal import ItemRemoval
from .kinds import Kind
from .options import SyncServer
from .report import SyncReport

LOG = logging.getLogger('pkc.sync')

_MASS_SHARE = 0.3
_MASS_COUNT = 500
#: So few that a share of them says nothing.
_FEW = 10
_CHUNK = 200


class Removals:
    """Decides and carries out deletions."""

    def __init__(self, items: ItemRemoval, collections: CollectionWriter, state: StateDb, server: SyncServer,
                 report: SyncReport, cancellation: Optional[Cancellation] = None) -> None:
        self._items = items
        self._collections = collections
        self._state = state
        self._server_id = server.server_id
        self._kinds = server.kinds
        self._report = report
        self._cancellation = cancellation or Cancellation()

    def confirmed(self, section_key: str, kind: Kind, gone: Sequence[str], known: int) -> None:
        """Items that a complete listing lacks and that the server denied when asked directly."""
        moved = self._moved(kind, gone)
        if moved:
            self._items.moved(kind, moved)
            self._remove(kind, list(moved))
            gone = [key for key in gone if key not in moved]
            known -= len(moved)
        doubted = self._state.doubt(self._server_id, section_key, kind.name)
        if gone and _is_mass(len(gone), known):
            fingerprint = hashlib.sha256(','.join(sorted(gone)).encode('utf-8')).hexdigest()
            if doubted != fingerprint:
                LOG.warning('%d of %d %ss of library %s are gone from the server: waiting for the next sync to see '
                            'the same', len(gone), known, kind.name, section_key)
                self._doubt(section_key, kind, fingerprint)
                self._report.skip('deletions to be seen twice', len(gone))
                return
        self._remove(kind, gone)
        if doubted:
            self._doubt(section_key, kind, '')

    def _moved(self, kind: Kind, gone: Sequence[str]) -> Dict[str, str]:
        """Items that are still there under another ratingKey, old key to new.

        A file that was moved, or a library that was made anew, gives the same item (the same guid) a new ratingKey.
        """
        rows = self._state.find(self._server_id, gone)
        by_guid = self._state.guids(self._server_id, kind.name, sorted({row.guid for row in rows.values() if row.guid}))
        found: Dict[str, str] = {}
        for key, row in rows.items():
            heirs = [one for one in by_guid.get(row.guid, ())
                     if one.rating_key not in rows and one.kodi_id > row.kodi_id
                     and one.rating_key not in found.values()]
            if heirs:
                found[key] = heirs[0].rating_key
        return found

    def section(self, section: SectionState) -> None:
        """All items of a library that the user does not want (any more) or that the server does not have."""
        for kind in reversed(self._kinds.of_library(section.plex_type)):
            self._remove(kind, list(self._state.known(self._server_id, section.section_key, kind.name)))
        self._collections.forget(section.section_key)

    def _remove(self, kind: Kind, rating_keys: Sequence[str]) -> None:
        for chunk in chunks(rating_keys, _CHUNK):
            self._cancellation.check()
            self._items.remove(kind, chunk)

    def _doubt(self, section_key: str, kind: Kind, fingerprint: str) -> None:
        with self._items.transaction():
            self._state.set_doubt(self._server_id, section_key, kind.name, fingerprint)


def _is_mass(gone: int, known: int) -> bool:
    return gone > _MASS_COUNT or (gone > _FEW and gone > known * _MASS_SHARE)
