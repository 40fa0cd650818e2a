"""Small questions to a Plex Media Server (PMS) about what may have changed: single items, the newest of many, and what
is being watched.
"""
from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from .plex_errors import PlexNotFound
from .plex_fields import NO_ELEMENTS, SUMMARY_OPTIONS
from .plex_kinds import LISTING_FIELDS, PlexType
from .plex_limits import BATCH, LISTING
from .plex_model import STAMP_FIELDS, SweepRow, sweep_row
from .plex_providers import CONTINUE_WATCHING, ServerFeatures
from .plex_requests import VERSION_HEADER, PMSRequests, rows_of
from .plex_values import Raw, children, identifier, integer, text

#: The fields of a :class:`NamedRow`.
_NAMED_FIELDS: Dict[str, str] = dict(NO_ELEMENTS, includeFields=','.join(
    LISTING_FIELDS + ('librarySectionID', 'parentRatingKey', 'grandparentRatingKey')))


class NamedRow(NamedTuple):
    """The row of an item that was not found by reading its whole listing, and the listing that it is in.

    ``parent_key`` and ``grandparent_key`` are the ratingKeys of an episode's season and show, or of a season's show.
    """

    section_key: str
    plex_type: str
    row: SweepRow
    parent_key: str = ''
    grandparent_key: str = ''


class FirstRows(NamedTuple):
    """The first rows of a listing, and its whole size (-1: the server does not tell)."""

    rows: List[NamedRow]
    total: int


class NewestItem(NamedTuple):
    """How many items pass a filter (-1: the server does not tell), and the one that has the newest of a stamp."""

    total: int
    row: Optional[SweepRow]
    stamp: str

    @property
    def time(self) -> int:
        """That stamp; 0 when there is none."""
        return int(getattr(self.row, STAMP_FIELDS[self.stamp], 0))


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


def first_rows(client: PMSRequests, section_key: str, plex_type: PlexType, size: int, **filters: Any) -> FirstRows:
    """The first ``size`` items of one type in a library that pass ``filters``, in the order of ``sort`` among these.

    Raises :class:`PlexError`.
    """
    params = dict(_NAMED_FIELDS, type=plex_type.number, **filters)
    params.update({'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': size})
    container = client.container('/library/sections/%s/all' % section_key, params, headers=VERSION_HEADER,
                                 limits=LISTING)
    rows = [row._replace(section_key=section_key, plex_type=plex_type.name)
            for row in map(_named_row, rows_of(container)[:size]) if row]
    return FirstRows(rows, integer(container, 'totalSize') if container.get('totalSize') is not None else -1)


def continued(client: PMSRequests, features: ServerFeatures, size: int) -> List[NamedRow]:
    """The first items of Continue Watching, of all libraries. Raises :class:`PlexError`."""
    container = features.asked(CONTINUE_WATCHING, lambda path: client.container(
        path, dict(_NAMED_FIELDS, count=size), headers=VERSION_HEADER, limits=LISTING))
    return [row for hub in children(container, 'Hub') for row in map(_named_row, rows_of(hub)[:size]) if row]


def on_deck(client: PMSRequests, size: int) -> List[NamedRow]:
    """The first items of On Deck, of all libraries. Raises :class:`PlexError`."""
    params: Dict[str, Any] = dict(_NAMED_FIELDS)
    params.update({'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': size})
    container = client.container('/library/onDeck', params, headers=VERSION_HEADER, limits=LISTING)
    return [row for row in map(_named_row, rows_of(container)[:size]) if row]


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
    return NamedRow(text(raw, 'librarySectionID'), text(raw, 'type'), row, identifier(raw, 'parentRatingKey'),
                    identifier(raw, 'grandparentRatingKey')) if row else None
