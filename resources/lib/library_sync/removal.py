"""Deciding which items may be deleted from Kodi's library; large numbers only if two syncs agree."""
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
#: Up to this number of deletions, their share does not matter.
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
        """Remove items that a complete listing lacks and that the server does not have when asked for by ratingKey."""
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
        """The items that the server now has under another ratingKey (old: new).

        When a file was moved or a library created again, an item gets a new ratingKey but keeps its guid.
        """
        rows = self._state.find(self._server_id, gone)
        by_guid = self._state.guids(self._server_id, kind.name, sorted({row.guid for row in rows.values() if row.guid}))
        moved: Dict[str, str] = {}
        for key, row in rows.items():
            successors = [item for item in by_guid.get(row.guid, ())
                          if item.rating_key not in rows
                          and (item.kodi_id > row.kodi_id or item.kodi_id == row.kodi_id == 0)
                          and item.rating_key not in moved.values()]
            if successors:
                moved[key] = successors[0].rating_key
        return moved

    def section(self, section: SectionState) -> None:
        """Remove all items of a library that the user deselected or that the server does not have any more."""
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
