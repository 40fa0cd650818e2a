"""Small questions to a Plex Media Server (PMS) about what may have changed: single items, and the newest of many."""
from __future__ import annotations

from typing import Any, List, NamedTuple, Optional, Sequence

from .plex_errors import PlexNotFound
from .plex_fields import NO_ELEMENTS, SUMMARY_OPTIONS
from .plex_kinds import PlexType
from .plex_limits import BATCH, LISTING
from .plex_model import SweepRow, sweep_row
from .plex_requests import VERSION_HEADER, PMSRequests, rows_of
from .plex_values import Raw, integer, text


class NamedRow(NamedTuple):
    """The row of an item that was asked for by its key, and the listing that it is in."""

    section_key: str
    plex_type: str
    row: SweepRow


class NewestItem(NamedTuple):
    """How many items pass a filter (-1: the server does not tell), and the one that has the newest of a stamp."""

    total: int
    row: Optional[SweepRow]
    stamp: str


def newest(client: PMSRequests, section_key: str, plex_type: PlexType, stamp: str, **filters: Any) -> NewestItem:
    """Of the items of one type in a library that pass ``filters``: how many, and the one with the newest ``stamp``
    (Plex's name of a time). One small answer, however large the library is. Raises :class:`PlexError`.
    """
    params = dict(NO_ELEMENTS, includeFields=','.join(plex_type.fields), type=plex_type.number, sort=stamp + ':desc',
                  **filters)
    params.update({'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 1})
    container = client.container('/library/sections/%s/all' % section_key, params, headers=VERSION_HEADER,
                                 limits=LISTING)
    rows = [row for row in map(sweep_row, rows_of(container)[:1]) if row]
    total = integer(container, 'totalSize') if container.get('totalSize') is not None else -1
    return NewestItem(total, rows[0] if rows else None, stamp)


def named(client: PMSRequests, rating_keys: Sequence[str]) -> List[NamedRow]:
    """What a listing would tell of up to :data:`~.plex_functions.BATCH_SIZE` items, wherever they are.

    Those that do not exist (any more), or that this user may not see, are missing. Raises :class:`PlexError`.
    """
    try:
        rows = rows_of(client.container('/library/metadata/' + ','.join(rating_keys), SUMMARY_OPTIONS, limits=BATCH))
    except PlexNotFound:
        return []
    return [one for one in map(_named_row, rows) if one]


def _named_row(raw: Raw) -> Optional[NamedRow]:
    row = sweep_row(raw)
    return NamedRow(text(raw, 'librarySectionID'), text(raw, 'type'), row) if row else None
