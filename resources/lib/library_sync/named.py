"""Items that the server's notifications named, as they are now.

Unwatching, and taking a rating away, leave no stamp; stamps count whole seconds, so the second of two edits in one
second leaves none either; and no delta shows what was deleted. Who knows which items to look at need not list a library
to find that.
"""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Sequence, Tuple

from .. import plex_looks
from ..batches import chunks
from ..plex_functions import BATCH_SIZE, PMSClient
from ..plex_model import SweepRow
from ..state_db import StateDb
from .listing import Listing

#: Seconds for which an item that was changed may change once more without another stamp, with some patience.
_SAME_STAMP = 5.0


class Named(NamedTuple):
    """Those of one listing: rows by ratingKey, and known items that the server did not have when it was asked."""

    rows: Dict[str, SweepRow]
    gone: List[str]


class NamedItems:
    """Asks for the items once, when it is first needed."""

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, rating_keys: Sequence[str]) -> None:
        self._client = client
        self._state = state
        self._server_id = server_id
        self._keys = list(rating_keys)
        self._found: Dict[Tuple[str, str], Named] = {}

    def __contains__(self, rating_key: object) -> bool:
        return rating_key in self._keys

    def of(self, listing: Listing) -> Named:
        """What there is of a listing. Raises :class:`PlexError`."""
        if self._keys and not self._found:
            self._ask()
        return self._found.get((listing.section.key, listing.kind.name), Named({}, []))

    def _ask(self) -> None:
        there = set()
        for chunk in chunks(self._keys, BATCH_SIZE):
            for one in plex_looks.named(self._client, chunk):
                there.add(one.row.rating_key)
                self._of(one.section_key, one.plex_type).rows[one.row.rating_key] = one.row
        for key, known in self._state.find(self._server_id, self._keys).items():
            if key not in there:
                self._of(known.section_key, known.plex_type).gone.append(key)

    def _of(self, section_key: str, plex_type: str) -> Named:
        return self._found.setdefault((section_key, plex_type), Named({}, []))


def may_hide_a_change(row: SweepRow, server_time: float) -> bool:
    """Whether an item was changed so lately that a further change has the same stamp."""
    return bool(server_time) and row.stamp > server_time - _SAME_STAMP
