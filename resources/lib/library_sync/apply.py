"""The writing end of a sync: results become rows, Kodi's and ours in one transaction for each batch."""
from __future__ import annotations

import logging
import sqlite3
import time
from typing import Callable, Collection, ContextManager, Dict, List, Mapping, Optional, Sequence, Set, Tuple, TypeVar

from .. import item_url
from ..kodi_db.errors import DatabaseLocked
from ..kodi_db.farewell import Farewell
from ..kodi_db.records import EpisodeRecord, FileRecord, MovieRecord, Written
from ..kodi_db.writer import LibraryWriter
from ..plex_model import COLLECTION, EPISODE, MOVIE, SEASON, SHOW, PlexItem, Section, SweepRow
from ..state_db import EXPIRED, ItemState, StateDb
from . import mapping, membership
from .fetch import Fetched
from .pace import Pace
from .report import SyncReport
from .tasks import NO_COLLECTIONS, NO_SECTION, CollectionIndex, Collections, Watch

LOG = logging.getLogger('pkc.sync')

#: Kodi's media types by Plex's.
MEDIA_TYPE = {MOVIE: 'movie', SHOW: 'tvshow', SEASON: 'season', EPISODE: 'episode'}
_BAD_DATA = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, OverflowError, ValueError, TypeError,
             LookupError, AttributeError)
#: Seconds after each transaction in which other writers get their turn; meanwhile the next items are read.
_GAP = 0.01
#: Seconds after which items that were fetched are written even if more might come.
_LONGEST_WAIT = 1.0
FetchItems = Callable[[Sequence[str]], Tuple[List[PlexItem], int]]


class Applier:
    """Writes results one after the other. ``fetch_items`` gets parents that turn out to be missing."""

    def __init__(self, writer: LibraryWriter, state: StateDb, server_id: int, machine_identifier: str,
                 local_port: int, report: SyncReport, fetch_items: FetchItems, user_id: str = '') -> None:
        self._writer = writer
        self._farewell = Farewell(writer, item_url.PLAY_BASE)
        self._state = state
        self._server_id = server_id
        self._machine = machine_identifier
        self._port = local_port
        self._report = report
        self._fetch_items = fetch_items
        self._user_id = user_id
        self._postponed: List[Tuple[Section, str, List[PlexItem], CollectionIndex]] = []
        self._waiting: List[PlexItem] = []
        self._waits_for: Tuple[Section, str, CollectionIndex] = (NO_SECTION, '', NO_COLLECTIONS)
        self._waits_since = 0.0
        self._pace = Pace()
        self._show_ids: Dict[str, int] = {}
        self._set_names: Set[str] = set()
        self._gone_collections: Set[str] = set()
        #: (section key, type) of listings of which something could not be had, so that nobody may go on from there.
        self.failed: Set[Tuple[str, str]] = set()

    def transaction(self) -> ContextManager[None]:
        """A transaction of the writer's, for bookkeeping."""
        return self._writer.transaction()

    def fetched(self, result: Fetched) -> None:
        """Write new or changed items, soon: what comes in quick succession goes into one transaction."""
        self._report.skip('gone meanwhile', result.absent)
        self._report.skip('unreadable', result.unreadable)
        if result.unreadable:
            self.failed.add((result.task.section.key, result.task.plex_type))
        items = {item.rating_key: item for item in result.items if item.plex_type == result.task.plex_type}
        self._report.skip('of another type', sum(item.plex_type != result.task.plex_type for item in result.items))
        if result.task.watch_only:
            self.watch(Watch(result.task.section, result.task.plex_type, tuple(map(_row, items.values()))))
        else:
            self._wait(result.task.section, result.task.plex_type, items.values(), result.task.collections)

    def flush(self, fewest: int = 1) -> None:
        """Write what is waiting for more of its kind, as long as there are ``fewest`` items."""
        while len(self._waiting) >= fewest:
            items, self._waiting = self._waiting[:self._pace.size], self._waiting[self._pace.size:]
            section, plex_type, index = self._waits_for
            self._write(section, plex_type, items, index)

    def watch(self, task: Watch) -> None:
        """Write watch states and ratings only. Items whose mark the server does not know yet come the next time."""
        self.flush()
        found = self._state.find(self._server_id, [row.rating_key for row in task.rows])
        marks = self._marks()
        rows = [row for row in task.rows if row.rating_key in found and row.rating_key not in marks]
        if any(row.rating_key in marks for row in task.rows):
            self.failed.add((task.section.key, task.plex_type))
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

    def collections(self, result: Collections) -> None:
        """Texts and pictures of the sets that the movies of a library are in."""
        self.flush()
        if result.items is None:
            return
        section = result.section
        known = self._state.in_section(self._server_id, section.key, COLLECTION)
        self._set_names.update(row.parent_key for row in known.values())
        rows = [membership.remembered(self._server_id, section, item) for item in result.items]
        changed = [row for row in rows if known.get(row.rating_key) != row]
        gone = set(known).difference(row.rating_key for row in rows)
        names = {row.parent_key for row in changed}
        if any(key == section.key for key, _ in self.failed):
            changed, gone = [], set()  # or the items that came or went would not be looked at again
        records = [mapping.collection(item, self._context(section)) for item in result.items] \
            if section.plex_type == MOVIE else []
        self._gone_collections.update(gone)
        if not records and not changed:
            return
        with self._writer.transaction():
            written = self._writer.write_sets(records, names, item_url.movies_path(self._machine))
            self._report.changed += 1 if written else 0
            # Remembered also so that the art server knows their pictures.
            self._state.put(changed)

    def forget_collections(self, section_key: str) -> None:
        """The collections of a library that leaves."""
        known = self._state.in_section(self._server_id, section_key, COLLECTION)
        self._set_names.update(row.parent_key for row in known.values())
        self._gone_collections.update(known)

    def drop_empty_sets(self) -> None:
        """Sets made of collections, for which no movie is left. Only then are collections that went forgotten."""
        if self._gone_collections or self._writer.has_empty_sets(self._set_names):
            with self._writer.transaction():
                self._writer.drop_empty_sets(self._set_names)
                self._state.forget(self._server_id, self._gone_collections)
            self._gone_collections = set()

    def remove(self, plex_type: str, rating_keys: Sequence[str]) -> None:
        """Take items out of Kodi's library and forget them."""
        found = self._state.find(self._server_id, rating_keys)
        # Two Plex items may stand for one row: a season that the server made anew, one without a number.
        kept = self._state.claimed(plex_type, [row.kodi_id for row in found.values()], found)
        with self._writer.transaction():
            going = {key: row.kodi_id for key, row in found.items() if row.kodi_id not in kept}
            if plex_type == SHOW:
                below = self._state.find(self._server_id, self._state.children(self._server_id, going))
                self._writer.remove_with_names(MEDIA_TYPE[EPISODE], [
                    row.kodi_id for row in below.values() if row.plex_type == EPISODE])
            # What others have a part in stays with them.
            shared = self._farewell.leave(MEDIA_TYPE[plex_type], list(going.values()))
            self._writer.remove_with_names(MEDIA_TYPE[plex_type], [
                kodi_id for kodi_id in going.values() if kodi_id not in shared])
            if plex_type == SHOW:
                self._state.forget(self._server_id, self._state.children(self._server_id, found))
            self._state.forget(self._server_id, found)
        for key in found:
            self._show_ids.pop(key, None)
        self._report.removed += len(found)

    def moved(self, plex_type: str, keys: Mapping[str, str]) -> None:
        """Give items that came back under a new ratingKey (old: new) the date added that they had."""
        if plex_type not in (MOVIE, EPISODE):
            return
        rows = self._state.find(self._server_id, [key for pair in keys.items() for key in pair])
        pairs = [(rows[old], rows[new]) for old, new in keys.items() if old in rows and new in rows]
        with self._writer.transaction():
            dates = self._writer.carry_dates([(old.file_id, new.file_id) for old, new in pairs])
            self._state.keep_dates(self._server_id, [
                (new.rating_key, 0, dates[old.file_id]) for old, new in pairs if dates.get(old.file_id)])

    def retry_postponed(self) -> None:
        """Write the batches that a foreign lock had put off. Raises :class:`DatabaseLocked` when it still holds."""
        self.flush()
        while self._postponed:
            self._write_batch(*self._postponed[0])
            self._postponed.pop(0)

    # ---- one batch ---------------------------------------------------------------------------------------------

    def _wait(self, section: Section, plex_type: str, items: Collection[PlexItem], index: CollectionIndex) -> None:
        kind = (section, plex_type, index)
        if self._waiting and self._waits_for != kind:
            self.flush()
        if not self._waiting:
            self._waits_for, self._waits_since = kind, time.monotonic()
        self._waiting.extend(items)
        self.flush(1 if time.monotonic() - self._waits_since > _LONGEST_WAIT else self._pace.size)

    def _write(self, section: Section, plex_type: str, items: List[PlexItem], index: CollectionIndex) -> None:
        try:
            self._write_batch(section, plex_type, items, index)
        except DatabaseLocked:
            LOG.warning('the video database is locked, %d items are put off', len(items))
            if len(self._postponed) >= 20:
                raise
            self._postponed.append((section, plex_type, items, index))

    def _write_batch(self, section: Section, plex_type: str, items: List[PlexItem],
                     index: CollectionIndex = NO_COLLECTIONS) -> None:
        if plex_type in (SEASON, EPISODE):
            items = self._with_parents(section, items)
        known = self._state.find(self._server_id, [item.rating_key for item in items])
        try:
            self._transact(section, plex_type, items, known, index)
        except _BAD_DATA:
            if len(items) == 1:
                LOG.exception('item %s is skipped: it does not fit', items[0].rating_key)
                self._report.skip('that do not fit')
                return
            middle = len(items) // 2
            self._write_batch(section, plex_type, items[:middle], index)
            self._write_batch(section, plex_type, items[middle:], index)

    def _transact(self, section: Section, plex_type: str, items: List[PlexItem],
                  known: Dict[str, ItemState], index: CollectionIndex) -> None:
        if not items:
            return
        context = self._context(section, index)
        kept = self._state.kept_dates(self._server_id, [item.rating_key for item in items])
        with self._writer.transaction():
            began = time.monotonic()
            marks = self._marks()
            written = self._write_records(plex_type, items, known, context, kept, marks)
            self._state.keep_dates(self._server_id, [(item.rating_key, item.added_at, kept[item.rating_key][1])
                                                     for item in items if kept.get(item.rating_key, (1, ''))[0] == 0])
            self._state.put(self._remembered(section, item, row, marks) for item, row in zip(items, written))
            if plex_type in (MOVIE, SHOW):
                self._state.set_collections(self._server_id, {item.rating_key: _collections(item, index)
                                                              for item in items})
        self._pace.took(len(items), time.monotonic() - began)
        time.sleep(_GAP)
        for item, row in zip(items, written):
            if plex_type == SHOW:
                self._show_ids[item.rating_key] = row.kodi_id
            if item.rating_key in known:
                self._report.changed += 1
            else:
                self._report.added += 1

    def _write_records(self, plex_type: str, items: List[PlexItem], known: Dict[str, ItemState],
                       context: mapping.Context, kept: Mapping[str, Tuple[int, str]],
                       marks: Mapping[str, bool]) -> List[Written]:
        def ids(item: PlexItem) -> Tuple[int, int]:
            row: Optional[ItemState] = known.get(item.rating_key)
            return (row.kodi_id, row.file_id) if row else (0, 0)

        if plex_type == MOVIE:
            return self._writer.write_movies([
                _marked(_dated(mapping.movie(item, context, *ids(item)), item, kept), item, marks) for item in items])
        if plex_type == SHOW:
            return self._writer.write_shows([mapping.show(item, context, ids(item)[0]) for item in items])
        if plex_type == SEASON:
            return self._writer.write_seasons([
                mapping.season(item, context, self._show_ids[mapping.show_key(item)], ids(item)[0])
                for item in items])
        return self._writer.write_episodes([
            _marked(_dated(mapping.episode(item, context, self._show_ids[mapping.show_key(item)], *ids(item)), item,
                           kept), item, marks) for item in items])

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
        if len(kept) < len(items):
            self.failed.add((section.key, items[0].plex_type))
        self._report.skip('without a show', len(items) - len(kept))
        return kept

    def _marks(self) -> Dict[str, bool]:
        """What the user said of items (ratingKey: watched) and the server may not have known when it was asked."""
        return self._state.marks(self._server_id, self._user_id)

    def _remembered(self, section: Section, item: PlexItem, row: Written, marks: Mapping[str, bool]) -> ItemState:
        remembered = ItemState(
            self._server_id, item.rating_key, item.plex_type, section.key,
            mapping.show_key(item) if item.plex_type in (SEASON, EPISODE) else '', item.guid, row.kodi_id,
            row.file_id, item.stamp,
            *_watched(item.plex_type, item.view_count, item.view_offset, item.last_viewed_at), item.user_rating)
        if item.rating_key not in marks:
            return remembered
        # Kodi has another watch state than the server: the next sync has to look again.
        self.failed.add((section.key, item.plex_type))
        return remembered._replace(last_viewed_at=EXPIRED)

    def _context(self, section: Section, index: CollectionIndex = NO_COLLECTIONS) -> mapping.Context:
        return mapping.Context(self._machine, self._port, section.title, index.smart_titles)


def _collections(item: PlexItem, index: CollectionIndex) -> Set[str]:
    """The keys of the collections that an item is in."""
    return {index.by_title[title] for title in item.collections if title in index.by_title}.union(
        index.smart_keys.get(item.rating_key, ()))


_Dated = TypeVar('_Dated', MovieRecord, EpisodeRecord)


def _dated(record: _Dated, item: PlexItem, kept: Mapping[str, Tuple[int, str]]) -> _Dated:
    """With the date added that the item had before it was moved, until somebody changes that date in Plex."""
    added_at, date = kept.get(item.rating_key, (item.added_at, ''))
    if not date or added_at not in (0, item.added_at):
        return record
    return record._replace(file=record.file._replace(date_added=date))


def _marked(record: _Dated, item: PlexItem, marks: Mapping[str, bool]) -> _Dated:
    """With the watch state that the user gave the item in Kodi, until the server knows."""
    watched = marks.get(item.rating_key)
    if watched is None:
        return record
    if isinstance(record, MovieRecord):
        record = record._replace(versions=tuple(one._replace(file=_marked_file(one.file, watched))
                                                for one in record.versions))
    return record._replace(file=_marked_file(record.file, watched))


def _marked_file(file: FileRecord, watched: bool) -> FileRecord:
    play_count = max(file.watch.play_count or 0, 1) if watched else None
    return file._replace(watch=file.watch._replace(play_count=play_count, position=0.0))


def _row(item: PlexItem) -> SweepRow:
    return SweepRow(item.rating_key, item.updated_at, item.added_at, item.view_count, item.view_offset,
                    item.last_viewed_at, item.user_rating, item.duration)


def _watched(plex_type: str, view_count: int, view_offset: int, last_viewed_at: int) -> Tuple[int, int, int]:
    """Kodi works out the watch state of shows and seasons by itself, so theirs is not remembered."""
    return (0, 0, 0) if plex_type in (SHOW, SEASON) else (view_count, view_offset, last_viewed_at)
