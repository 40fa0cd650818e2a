"""What home screens show, before everything else: what is being watched, and what was added last.

The items are found by small requests whose answers do not grow with the library, and go the same way as all others. No
listing is read to its end here, so nothing is concluded from what is missing. What was dealt with is in :attr:`done`,
so that the listings that follow neither fetch nor count it again.
"""
from __future__ import annotations

import logging
from functools import partial
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, TypeVar

from .. import plex_looks
from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import PMSClient
from ..plex_looks import FirstRows, NamedRow
from ..plex_model import PlexItem, Section, SweepRow
from ..state_db import StateDb
from .diff import ITEM, WATCH_STATE
from .kinds import Kind, Kinds
from .listing import LibraryListings, Listing
from .membership import LibraryCollections, Membership
from .pipeline import together
from .report import SyncReport
from .tasks import Fetch, Task, Watch

LOG = logging.getLogger('pkc.sync')

#: Items of each row of a home screen; Kodi's own skin shows 20 at most.
_SHOWN = 25
#: Items of one request: small ones, so that a slow server can work on several at a time.
_BATCH = 50
_REFUSED = (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer)
Answer = TypeVar('Answer')
Expected = Callable[[Section, Kind, int], None]


class FirstLook(NamedTuple):
    """What the server answered. ``collections`` by section key."""

    rows: List[NamedRow]
    collections: Dict[str, Optional[Tuple[PlexItem, ...]]]


class FirstScreen:
    """Makes the first tasks of a sync. ``expected(section, kind, total)`` takes the sizes of listings."""

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, membership: Membership,
                 kinds: Kinds, parallel: bool) -> None:
        self._client = client
        self._state = state
        self._server_id = server_id
        self._membership = membership
        self._kinds = kinds
        self._parallel = parallel
        #: Rows of items that are dealt with, by ratingKey; None for one whose row was not seen.
        self.done: Dict[str, Optional[SweepRow]] = {}
        #: Collections that were listed meanwhile, by section key.
        self.collections: Dict[str, LibraryCollections] = {}

    def tasks(self, sections: Sequence[Section], thorough: bool, expected: Expected,
              report: SyncReport) -> Iterator[Task]:
        """The tasks for these libraries, parents before children; ``thorough`` as for :meth:`Membership.look`."""
        look = self._look(sections, expected)
        for section in sections:
            found = self.collections[section.key] = self._membership.look(
                section, look.collections[section.key], thorough)
            listings = LibraryListings(section, False, collections=found.collections, changed=frozenset(found.changed))
            rows = {row.row.rating_key: row for row in look.rows if row.section_key == section.key}
            for kind in self._kinds.of_library(section.plex_type):
                yield from self._of(listings.of(kind), list(rows.values()), report)

    # ---- requests --------------------------------------------------------------------------------------------------

    def _look(self, sections: Sequence[Section], expected: Expected) -> FirstLook:
        """Ask for all rows of the home screen, several at a time."""
        listings = [(section, kind) for section in sections for kind in self._kinds.of_library(section.plex_type)]
        watched = [(section, kind) for section, kind in listings if kind.watch_state]
        nothing: List[NamedRow] = []
        questions: List[Callable[[], Any]] = [
            partial(self._asked, partial(plex_looks.continued, self._client, self._client.features, _SHOWN), nothing),
            partial(self._asked, partial(plex_looks.on_deck, self._client, _SHOWN), nothing)]
        questions += [partial(self._membership.listed, section) for section in sections]
        questions += [self._first(section, kind, sort='lastViewedAt:desc', **{'viewOffset>>': 0})
                      for section, kind in watched]
        questions += [self._first(section, kind, sort='addedAt:desc') for section, kind in listings]
        answers = iter(together(questions, self._parallel))
        rows: List[NamedRow] = next(answers) + next(answers)
        collections = {section.key: next(answers) for section in sections}
        for _ in watched:
            rows += next(answers).rows
        for section, kind in listings:
            newest = next(answers)
            expected(section, kind, newest.total)
            rows += newest.rows
        return FirstLook(rows, collections)

    def _first(self, section: Section, kind: Kind, **filters: Any) -> Callable[[], FirstRows]:
        return partial(self._asked, partial(plex_looks.first_rows, self._client, section.key, kind.plex, _SHOWN,
                                            **filters), FirstRows([], -1))

    @staticmethod
    def _asked(ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        """An answer; ``otherwise`` when the server refuses: the listings will tell."""
        try:
            return ask()
        except _REFUSED as error:
            LOG.info('the first screen lacks a row: %s', error)
            return otherwise

    # ---- tasks -----------------------------------------------------------------------------------------------------

    def _of(self, listing: Listing, rows: Sequence[NamedRow], report: SyncReport) -> Iterator[Task]:
        """The tasks for one kind: its own rows, and items of it that are above the rows of other kinds."""
        own = {row.row.rating_key: row.row for row in rows if row.plex_type == listing.kind.name}
        above = {key for key in self._above(listing, rows) if key not in own}
        known = self._state.find(self._server_id, [*own, *above])
        changes = {key: listing.change(row, known.get(key)) for key, row in own.items()}
        fetch: List[str] = [key for key in sorted(above) if key not in known]
        self.done.update(dict.fromkeys(fetch))
        fetch += [key for key, change in changes.items() if change == ITEM]
        watch = [own[key] for key, change in changes.items() if change == WATCH_STATE]
        self.done.update((key, row) for key, row in own.items() if changes[key] in (ITEM, WATCH_STATE))
        for start in range(0, len(fetch), _BATCH):
            yield Fetch(listing.section, listing.kind, tuple(fetch[start:start + _BATCH]), listing.collections)
        if watch:
            yield Watch(listing.section, listing.kind, tuple(watch))

    def _above(self, listing: Listing, rows: Iterable[NamedRow]) -> Set[str]:
        """The ratingKeys of items of this kind above the rows: a show above seasons and episodes, or the season
        between an episode and its show.
        """
        kinds = {kind.name: kind for kind in self._kinds.of_library(listing.section.plex_type)}
        found: Set[str] = set()
        for row in rows:
            parent = kinds[row.plex_type].parent if row.plex_type in kinds else None
            if parent is None:
                continue
            if parent.name == listing.kind.name:
                found.add(row.grandparent_key or row.parent_key)
            elif row.grandparent_key and listing.kind.name != row.plex_type and listing.kind.parent == parent:
                found.add(row.parent_key)
        return found - {''}
