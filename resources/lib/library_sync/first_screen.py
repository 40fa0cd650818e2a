"""What home screens show, before everything else: what is being watched, and what was added last.

The items are found by small requests whose answers do not grow with the library, and go the same way as all others. No
listing is read to its end here, so nothing is concluded from what is missing. What was dealt with is in :attr:`done`,
so that the listings that follow neither fetch nor count it again.
"""
from __future__ import annotations

import logging
from functools import partial
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple, TypeVar

from .. import plex_looks
from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import PMSClient
from ..plex_looks import FirstRows, NamedRow
from ..plex_model import Section, SweepRow
from ..state_db import StateDb
from .diff import ITEM, WATCH_STATE
from .kinds import Kind, Kinds
from .listing import LibraryListings, Listing
from .membership import LibraryCollections, Membership
from .pipeline import in_turn
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
        answers = in_turn(self._questions(sections), self._parallel)
        everywhere: List[NamedRow] = next(answers) + next(answers)
        for section in sections:
            kinds = self._kinds.of_library(section.plex_type)
            found = self.collections[section.key] = self._membership.look(section, next(answers), thorough)
            rows = {row.row.rating_key: row for row in everywhere if row.section_key == section.key}
            for kind in kinds:
                if kind.watch_state:
                    rows.update((row.row.rating_key, row) for row in next(answers).rows)
            for kind in kinds:
                newest: FirstRows = next(answers)
                expected(section, kind, newest.total)
                rows.update((row.row.rating_key, row) for row in newest.rows)
            listings = LibraryListings(section, False, collections=found.collections, changed=frozenset(found.changed))
            for kind in kinds:
                yield from self._of(listings.of(kind), list(rows.values()), report)

    # ---- requests --------------------------------------------------------------------------------------------------

    def _questions(self, sections: Sequence[Section]) -> List[Callable[[], Any]]:
        """Two about all libraries; then for each library its collections, what was started, and the newest."""
        nothing: List[NamedRow] = []
        questions: List[Callable[[], Any]] = [
            partial(self._asked, partial(plex_looks.continued, self._client, self._client.features, _SHOWN), nothing),
            partial(self._asked, partial(plex_looks.on_deck, self._client, _SHOWN), nothing)]
        for section in sections:
            kinds = self._kinds.of_library(section.plex_type)
            questions.append(partial(self._membership.listed, section))
            questions += [self._first(section, kind, sort='lastViewedAt:desc', **{'viewOffset>>': 0})
                          for kind in kinds if kind.watch_state]
            questions += [self._first(section, kind, sort='addedAt:desc') for kind in kinds]
        return questions

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
        changes = {key: listing.change(own[key], known.get(key)) for key in sorted(own, key=_by_number)}
        fetch: List[str] = [key for key in sorted(above, key=_by_number) if key not in known]
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


def _by_number(rating_key: str) -> Tuple[int, str]:
    """The order of the listings: Kodi shows rows that were added in the same second by the order in which they came."""
    return len(rating_key), rating_key
