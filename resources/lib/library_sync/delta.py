"""Asking the server for what changed since the last sync, by its stamps, and checking that the answer is right.

Three traps (docs/plex.md): a filter in the wrong form returns the whole library with status 200; no filter shows
deletions; marking as unwatched changes no stamp. So a delta is used only if every row passes the filter, if it holds
at least the row that had the newest stamp before, and if the server's counts (all, watched, in progress) equal ours
after it. Otherwise the caller must sweep.
"""
from __future__ import annotations

import logging
from typing import Dict, List, Optional, Protocol

from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import PMSClient
from ..plex_model import SweepRow
from ..state_db import Counts, Cursor, StateDb
from .kinds import Kind
from .listing import Listing
from .pipeline import both, together
from .report import SyncReport
from .tasks import ListingCursor

LOG = logging.getLogger('pkc.sync')

#: Seconds before the newest stamp from which a delta asks, since items with equal stamps may become visible later.
_OVERLAP = 300
#: A stamp may be ahead of the server's clock by this many seconds; later ones are ignored.
_AHEAD = 60.0
_FIELDS = {'updatedAt': 'updated_at', 'addedAt': 'added_at', 'lastViewedAt': 'last_viewed_at',
           'lastRatedAt': 'last_rated_at'}


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
        self._fields = [_FIELDS[name] for name in kind.plex.stamps if server_time or name != 'addedAt']
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


def server_counts(client: PMSClient, section_key: str, kind: Kind, parallel: bool) -> Optional[Counts]:
    """The server's counts of one kind in a library; None when it does not answer them."""
    questions = [lambda: client.count(section_key, kind.plex)]
    if kind.watch_state:
        questions += [lambda: client.count(section_key, kind.plex, unwatched=0),
                      lambda: client.started_count(section_key, kind.plex)]
    try:
        total, watched, started = (together(questions, parallel) + [0, 0])[:3]
    except (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer) as error:
        LOG.info('no counts of %s in library %s: %s', kind.name, section_key, error)
        return None
    return Counts(total, watched, started) if min(total, watched, started) >= 0 else None


class Delta:
    """Finds what changed in a listing since its cursor."""

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, report: SyncReport, parallel: bool) -> None:
        self._client = client
        self._state = state
        self._server_id = server_id
        self._report = report
        self._parallel = parallel

    def look(self, listing: Listing, server_time: float, collector: Collector) -> Optional[ListingCursor]:
        """Give the changes to ``collector``. Returns the new cursor; None, and gives none, when a sweep is needed."""
        section, kind = listing.section, listing.kind
        cursor = self._state.cursor(self._server_id, section.key, kind.name)
        if cursor is None or section.refreshing:
            return None
        rows, server = both(lambda: self._changed(section.key, kind, max(cursor.stamp - _OVERLAP, 0)),
                            lambda: server_counts(self._client, section.key, kind, self._parallel),
                            self._parallel)
        if rows is None:
            return None
        known = self._state.find(self._server_id, list(rows))
        counts = self._state.counts(self._server_id, section.key, kind.name)
        total, watched, started = counts
        newest = Newest(kind, server_time)
        newest.stamp = cursor.stamp
        for key, row in rows.items():
            old = known.get(key)
            if listing.wanted(old is not None):
                total += old is None
                watched += (row.view_count > 0) - (old is not None and old.view_count > 0)
                started += (row.view_offset > 0) - (old is not None and old.view_offset > 0)
            newest.see(row)
        if not kind.watch_state:
            watched = started = 0
        expected = (total + cursor.total, watched + cursor.watched, started + cursor.started)
        if server is None or tuple(server) != expected:
            LOG.info('%s of library %s: the server counts %s, expected %s', kind.name, section.key, server, expected)
            return None
        for key, row in rows.items():
            collector.take(listing.diff.change(row, known.get(key), key in listing.forced), row, self._report)
        for key in listing.forced.difference(rows):
            collector.fetch(key)
        return ListingCursor(section, kind, cursor._replace(stamp=newest.stamp))

    def _changed(self, section_key: str, kind: Kind, since: int) -> Optional[Dict[str, SweepRow]]:
        """Rows with a stamp of ``since`` or later, by ratingKey; None when the server did not apply the filter."""
        found: Dict[str, SweepRow] = {}
        fields: List[str] = [_FIELDS[name] for name in kind.plex.stamps]
        for page in self._client.changed(section_key, kind.plex, since - 1):
            for row in page.rows:
                if all(getattr(row, field) < since for field in fields):
                    LOG.warning('library %s: the server ignores the filter by date', section_key)
                    return None
                found[row.rating_key] = row
        if not found:
            LOG.info('library %s: the filter by date finds nothing, not even what it must', section_key)
            return None
        return found
