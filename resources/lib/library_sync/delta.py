"""Asking the server for what changed since the last sync, by its stamps, and checking that the answer is right.

Three traps (docs/plex.md): a filter in the wrong form returns the whole library with status 200; no filter ever shows
deletions; unwatching leaves no stamp. What the server's notifications name is looked at whatever its stamps say
(:mod:`.named`). A delta is believed only when every row of it passes the filter, when it
holds at least the row that carried the newest stamp before, and when the server's counts (all, watched, in progress)
are what ours become by it. Otherwise the caller sweeps.
"""
from __future__ import annotations

import logging
from functools import partial
from typing import Callable, Dict, List, NamedTuple, Optional, Protocol, Sequence, Tuple, Union

from .. import plex_looks
from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import PMSClient
from ..plex_model import STAMP_FIELDS, SweepRow
from ..state_db import Counts, Cursor, ItemState, StateDb
from .diff import ITEM, UNCHANGED, WATCH_STATE
from .kinds import Kind
from .listing import Listing
from .named import NamedItems, may_hide_a_change
from .pipeline import Questions
from .report import SyncReport
from .tasks import ListingCursor, ListingSummary

LOG = logging.getLogger('pkc.sync')

#: Seconds before the newest stamp from which a delta asks, since items with equal stamps may become visible later.
OVERLAP = 300
#: A stamp may be ahead of the server's clock by this many seconds; later ones are ignored.
_AHEAD = 60.0


class Collector(Protocol):
    """Receives the changes of a delta."""

    def take(self, change: Optional[str], row: SweepRow, report: SyncReport) -> None:
        """Take a row and what changed of its item (see :mod:`.diff`)."""

    def fetch(self, rating_key: str) -> None:
        """Have an item fetched in full that is not among the rows."""


class Newest:
    """The newest plausible stamp of the rows of a listing, and their counts.

    ``server_time`` (Unix seconds) is 0.0 when not known; then ``addedAt``, which users may set to any date,
    is ignored. A stamp from the future would hide all changes until then.
    """

    def __init__(self, kind: Kind, server_time: float) -> None:
        self._fields = [STAMP_FIELDS[name] for name in kind.plex.stamps if server_time or name != 'addedAt']
        self._watch_state = kind.watch_state
        self._limit = server_time + _AHEAD if server_time else float('inf')
        self.stamp = 0
        self._total = self._watched = self._started = 0

    def see(self, row: SweepRow, counted: bool = True) -> None:
        """Take a row; ``counted``: the item is in Kodi's library, or will be."""
        for field in self._fields:
            value = getattr(row, field)
            if self.stamp < value <= self._limit:
                self.stamp = value
        if counted:
            self._total += 1
            self._watched += self._watch_state and row.view_count > 0
            self._started += self._watch_state and row.view_offset > 0

    def cursor(self, server: Optional[Counts]) -> Optional[Cursor]:
        """The cursor from which the next delta can start, with the differences between the server's counts and ours."""
        if not self.stamp or server is None:
            return None
        return Cursor(self.stamp, server.total - self._total, server.watched - self._watched,
                      server.started - self._started)


def server_counts(client: PMSClient, section_key: str, kind: Kind, questions: Questions,
                  listed: Optional[int] = None) -> Callable[[], Optional[Counts]]:
    """Ask for the server's counts of one kind in a library. The returned function waits for them; None when the server
    does not answer them. ``listed``: the total of a whole listing that it has just sent, so that it need not be asked
    for that.
    """
    asked = [questions.begin(partial(client.count, section_key, kind.plex))] if listed is None else []
    if kind.watch_state:
        asked += [questions.begin(partial(client.count, section_key, kind.plex, unwatched=0)),
                  questions.begin(partial(client.started_count, section_key, kind.plex))]
    return partial(_counts, asked, '%s in library %s' % (kind.name, section_key), [] if listed is None else [listed])


def _counts(asked: Sequence[Callable[[], int]], what: str, known: List[int]) -> Optional[Counts]:
    try:
        total, watched, started = (known + [answer() for answer in asked] + [0, 0])[:3]
    except (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer) as error:
        LOG.info('no counts of %s: %s', what, error)
        return None
    return Counts(total, watched, started) if min(total, watched, started) >= 0 else None


class Asked(NamedTuple):
    """What the server was asked about a listing, since the stamp ``since``; the functions wait for the answers.

    ``changed`` gives the rows with that stamp or a later one, by ratingKey, or None when the server did not understand.
    """

    cursor: Cursor
    since: int
    changed: Callable[[], Optional[Dict[str, SweepRow]]]
    counts: Callable[[], Optional[Counts]]


def _no_counts() -> Optional[Counts]:
    return None


class _Expected:
    """What the server should count if nothing is missed."""

    def __init__(self, total: int, watched: int, started: int) -> None:
        self._total, self._watched, self._started = total, watched, started

    def change(self, old: Optional[ItemState], new: Optional[SweepRow]) -> None:
        """An item came (``old`` is None), changed, or went (``new`` is None)."""
        self._total += (new is not None) - (old is not None)
        self._watched += (new is not None and new.view_count > 0) - (old is not None and old.view_count > 0)
        self._started += (new is not None and new.view_offset > 0) - (old is not None and old.view_offset > 0)

    def of_server(self, kind: Kind, cursor: Cursor) -> Tuple[int, int, int]:
        """The three counts; ``cursor`` knows by what the server's differ from ours."""
        watched, started = (self._watched, self._started) if kind.watch_state else (0, 0)
        return self._total + cursor.total, watched + cursor.watched, started + cursor.started


class Delta:
    """Finds what changed in a listing since its cursor."""

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, report: SyncReport,
                 named: NamedItems) -> None:
        self._named = named
        self._client = client
        self._state = state
        self._server_id = server_id
        self._report = report

    def ask(self, listing: Listing, questions: Questions) -> Optional[Asked]:
        """Begin to ask the server about a listing; None when only a sweep tells. While the server scans the library,
        nothing is concluded from what it counts, so it is not asked for that.
        """
        section, kind = listing.section, listing.kind
        cursor = self._state.cursor(self._server_id, section.key, kind.name)
        if cursor is None:
            return None
        since = max(cursor.stamp - OVERLAP, 0)
        changed = questions.begin(partial(self._changed, section.key, kind, since))
        counts = _no_counts if section.refreshing else server_counts(self._client, section.key, kind, questions)
        return Asked(cursor, since, changed, counts)

    def look(self, listing: Listing, asked: Asked, server_time: float,
             collector: Collector) -> Union[ListingCursor, ListingSummary, None]:
        """Hand what changed to ``collector``; None when only a sweep tells, and then nothing was handed over.

        While the server scans the library, what it tells is taken.
        """
        section, kind, cursor = listing.section, listing.kind, asked.cursor
        if section.refreshing:
            self._hand_over(listing, self._rows(listing, asked.changed() or {}), server_time, collector)
            return ListingSummary(section, kind, (), 0, 0, False)
        changed, server = asked.changed(), asked.counts()
        gone = self._named.of(listing).gone
        if changed is None or not (changed or gone):
            return None
        rows = self._rows(listing, changed)
        known = self._state.find(self._server_id, [*rows, *gone])
        counts = _Expected(*self._state.counts(self._server_id, section.key, kind.name))
        newest = Newest(kind, server_time)
        newest.stamp = cursor.stamp
        for key, row in rows.items():
            if listing.wanted(key in known):
                counts.change(known.get(key), row)
            newest.see(row)
        for key in gone:
            counts.change(known[key], None)
        expected = counts.of_server(kind, cursor)
        if server is None or tuple(server) != expected:
            LOG.info('%s of library %s: the server counts %s, expected %s', kind.name, section.key, server, expected)
            return None
        self._hand_over(listing, rows, server_time, collector)
        for key in listing.forced.difference(rows):
            collector.fetch(key)
        cursor = cursor._replace(stamp=newest.stamp)
        if gone:
            known_before = self._state.counts(self._server_id, section.key, kind.name).total
            return ListingSummary(section, kind, tuple(gone), known_before, server.total, True,
                                  self._without_gone(listing, cursor, changed))
        return ListingCursor(section, kind, cursor)

    def _rows(self, listing: Listing, changed: Dict[str, SweepRow]) -> Dict[str, SweepRow]:
        """What changed by its stamps, and what was named."""
        return dict(changed, **self._named.of(listing).rows)

    def _hand_over(self, listing: Listing, rows: Dict[str, SweepRow], server_time: float,
                   collector: Collector) -> None:
        known = self._state.find(self._server_id, list(rows))
        for key, row in rows.items():
            change = listing.change(row, known.get(key))
            if change in (UNCHANGED, WATCH_STATE) and not listing.watch_only and key in self._named \
                    and may_hide_a_change(row, server_time):
                change = ITEM
            collector.take(change, row, self._report)

    def _changed(self, section_key: str, kind: Kind, since: int) -> Optional[Dict[str, SweepRow]]:
        """Rows with a stamp of ``since`` or later, by ratingKey; None when the server did not understand.

        None at all are a bad sign: the item that had the newest stamp should be among them, unless it is gone.
        """
        found: Dict[str, SweepRow] = {}
        fields: List[str] = [STAMP_FIELDS[name] for name in kind.plex.stamps]
        for page in self._client.changed(section_key, kind.plex, since - 1):
            for row in page.rows:
                if all(getattr(row, field) < since for field in fields):
                    LOG.warning('library %s: the server ignores the filter by date', section_key)
                    return None
                found[row.rating_key] = row
        if not found:
            LOG.info('library %s: the filter by date finds nothing, not even what it must', section_key)
        return found

    def _without_gone(self, listing: Listing, cursor: Cursor, changed: Dict[str, SweepRow]) -> Optional[Cursor]:
        """The cursor after the item with the newest stamp may have gone; the next delta must find one that is there."""
        if changed:
            return cursor
        newest = plex_looks.newest(self._client, listing.section.key, listing.kind.plex, 'updatedAt').row
        stamp = newest.updated_at if newest is not None else 0
        return cursor._replace(stamp=min(stamp, cursor.stamp)) if stamp else None
