"""The writing end of a sync: results become rows, Kodi's and ours in one transaction for each batch."""
from __future__ import annotations

import logging
import sqlite3
from typing import Callable, ContextManager, Dict, List, Optional, Sequence, Tuple

from .. import item_url
from ..kodi_db.errors import DatabaseLocked
from ..kodi_db.records import Written
from ..kodi_db.writer import LibraryWriter
from ..plex_model import COLLECTION, EPISODE, MOVIE, SEASON, SHOW, PlexItem, Section
from ..state_db import ItemState, StateDb
from . import mapping
from .fetch import Fetched, FetchedCollections
from .plan import Watch
from .report import SyncReport

LOG = logging.getLogger('pkc.sync')

#: Kodi's media types by Plex's.
MEDIA_TYPE = {MOVIE: 'movie', SHOW: 'tvshow', SEASON: 'season', EPISODE: 'episode'}
_BAD_DATA = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, OverflowError, ValueError, TypeError,
             LookupError, AttributeError)
FetchItems = Callable[[Sequence[str]], Tuple[List[PlexItem], int]]


class Applier:
    """Writes results one after the other. ``fetch_items`` gets parents that turn out to be missing."""

    def __init__(self, writer: LibraryWriter, state: StateDb, server_id: int, machine_identifier: str,
                 local_port: int, report: SyncReport, fetch_items: FetchItems) -> None:
        self._writer = writer
        self._state = state
        self._server_id = server_id
        self._machine = machine_identifier
        self._port = local_port
        self._report = report
        self._fetch_items = fetch_items
        self._postponed: List[Tuple[Section, str, List[PlexItem]]] = []
        self._show_ids: Dict[str, int] = {}

    def transaction(self) -> ContextManager[None]:
        """A transaction of the writer's, for bookkeeping."""
        return self._writer.transaction()

    def fetched(self, result: Fetched) -> None:
        """Write a batch of new or changed items."""
        self._report.skip('gone meanwhile', result.absent)
        self._report.skip('unreadable', result.unreadable)
        items = {item.rating_key: item for item in result.items if item.plex_type == result.task.plex_type}
        self._report.skip('of another type', sum(item.plex_type != result.task.plex_type for item in result.items))
        self._write(result.task.section, result.task.plex_type, list(items.values()))

    def watch(self, task: Watch) -> None:
        """Write watch states and ratings only."""
        found = self._state.find(self._server_id, [row.rating_key for row in task.rows])
        rows = [row for row in task.rows if row.rating_key in found]
        states = [(found[row.rating_key].file_id,
                   mapping.watch_state(row.view_count, row.view_offset, row.last_viewed_at, row.duration))
                  for row in rows if found[row.rating_key].file_id]
        ratings = [(found[row.rating_key].kodi_id, mapping.user_rating(row.user_rating)) for row in rows
                   if row.user_rating != found[row.rating_key].user_rating]
        with self._writer.transaction():
            self._writer.write_watch(states)
            self._writer.write_user_ratings(MEDIA_TYPE[task.plex_type], ratings)
            self._state.put_watch(self._server_id, [
                (row.rating_key,) + _watched(task.plex_type, row.view_count, row.view_offset, row.last_viewed_at)
                + (row.user_rating,) for row in rows])
        self._report.watched += len(rows)

    def collections(self, result: FetchedCollections) -> None:
        """Texts and pictures of the sets that the movies of a library are in."""
        if result.items is None:
            return
        section = result.task.section
        context = self._context(section)
        records = [mapping.collection(item, context) for item in result.items if item.title]
        known = self._state.known(self._server_id, section.key, COLLECTION)
        new = [item for item in result.items
               if item.rating_key not in known or known[item.rating_key].stamp != item.stamp]
        gone = set(known) - {item.rating_key for item in result.items}
        if not records and not gone:
            return
        with self._writer.transaction():
            changed = self._writer.write_sets(records, {item.title for item in new}, item_url.MOVIES_BASE)
            self._report.changed += 1 if changed else 0
            # Remembered so that the art server knows their pictures.
            self._state.put(self._remembered(section, item, Written(0, 0)) for item in new)
            self._state.forget(self._server_id, gone)

    def remove(self, plex_type: str, rating_keys: Sequence[str]) -> None:
        """Take items out of Kodi's library and forget them."""
        found = self._state.find(self._server_id, rating_keys)
        # Two Plex items may stand for one row: a season that the server made anew, one without a number.
        kept = self._state.claimed(plex_type, [row.kodi_id for row in found.values()], found)
        with self._writer.transaction():
            self._writer.remove(MEDIA_TYPE[plex_type],
                                [row.kodi_id for row in found.values() if row.kodi_id not in kept])
            if plex_type == SHOW:
                self._state.forget(self._server_id, self._state.children(self._server_id, found))
            self._state.forget(self._server_id, found)
        for key in found:
            self._show_ids.pop(key, None)
        self._report.removed += len(found)

    def retry_postponed(self) -> None:
        """Write the batches that a foreign lock had put off. Raises :class:`DatabaseLocked` when it still holds."""
        while self._postponed:
            self._write_batch(*self._postponed[0])
            self._postponed.pop(0)

    # ---- one batch ---------------------------------------------------------------------------------------------

    def _write(self, section: Section, plex_type: str, items: List[PlexItem]) -> None:
        try:
            self._write_batch(section, plex_type, items)
        except DatabaseLocked:
            LOG.warning('the video database is locked, %d items are put off', len(items))
            if len(self._postponed) >= 20:
                raise
            self._postponed.append((section, plex_type, items))

    def _write_batch(self, section: Section, plex_type: str, items: List[PlexItem]) -> None:
        if plex_type in (SEASON, EPISODE):
            items = self._with_parents(section, items)
        known = self._state.find(self._server_id, [item.rating_key for item in items])
        try:
            self._transact(section, plex_type, items, known)
        except _BAD_DATA:
            if len(items) == 1:
                LOG.exception('item %s is skipped: it does not fit', items[0].rating_key)
                self._report.skip('that do not fit')
                return
            for item in items:
                self._write_batch(section, plex_type, [item])

    def _transact(self, section: Section, plex_type: str, items: List[PlexItem],
                  known: Dict[str, ItemState]) -> None:
        if not items:
            return
        context = self._context(section)
        with self._writer.transaction():
            written = self._write_records(plex_type, items, known, context)
            self._state.put(self._remembered(section, item, row) for item, row in zip(items, written))
        for item, row in zip(items, written):
            if plex_type == SHOW:
                self._show_ids[item.rating_key] = row.kodi_id
            if item.rating_key in known:
                self._report.changed += 1
            else:
                self._report.added += 1

    def _write_records(self, plex_type: str, items: List[PlexItem], known: Dict[str, ItemState],
                       context: mapping.Context) -> List[Written]:
        def ids(item: PlexItem) -> Tuple[int, int]:
            row: Optional[ItemState] = known.get(item.rating_key)
            return (row.kodi_id, row.file_id) if row else (0, 0)

        if plex_type == MOVIE:
            return self._writer.write_movies([mapping.movie(item, context, *ids(item)) for item in items])
        if plex_type == SHOW:
            return self._writer.write_shows([mapping.show(item, context, ids(item)[0]) for item in items])
        if plex_type == SEASON:
            return self._writer.write_seasons([
                mapping.season(item, context, self._show_ids[mapping.show_key(item)], ids(item)[0])
                for item in items])
        return self._writer.write_episodes([
            mapping.episode(item, context, self._show_ids[mapping.show_key(item)], *ids(item)) for item in items])

    def _with_parents(self, section: Section, items: List[PlexItem]) -> List[PlexItem]:
        """Those items whose show Kodi has; shows that are missing are fetched and written first."""
        wanted = {mapping.show_key(item) for item in items}
        unknown = [key for key in wanted if key and key not in self._show_ids]
        for key, row in self._state.find(self._server_id, unknown).items():
            self._show_ids[key] = row.kodi_id
        missing = [key for key in unknown if key not in self._show_ids]
        if missing:
            shows = [item for item in self._fetch_items(missing)[0] if item.plex_type == SHOW]
            self._write_batch(section, SHOW, shows)
        kept = [item for item in items if mapping.show_key(item) in self._show_ids]
        self._report.skip('without a show', len(items) - len(kept))
        return kept

    def _remembered(self, section: Section, item: PlexItem, row: Written) -> ItemState:
        return ItemState(
            self._server_id, item.rating_key, item.plex_type, section.key,
            mapping.show_key(item) if item.plex_type in (SEASON, EPISODE) else '', item.guid, row.kodi_id,
            row.file_id, item.stamp,
            *_watched(item.plex_type, item.view_count, item.view_offset, item.last_viewed_at), item.user_rating)

    def _context(self, section: Section) -> mapping.Context:
        return mapping.Context(self._machine, self._port, section.title)


def _watched(plex_type: str, view_count: int, view_offset: int, last_viewed_at: int) -> Tuple[int, int, int]:
    """Kodi works out the watch state of shows and seasons by itself, so theirs is not remembered."""
    return (0, 0, 0) if plex_type in (SHOW, SEASON) else (view_count, view_offset, last_viewed_at)
