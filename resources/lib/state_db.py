"""Our own small database: which Plex item is which Kodi row, and what we last knew of it.

It is disposable: everything in it can be had again from Kodi's rows and the server. While a sync writes, it is
attached to Kodi's database as schema ``state``, so that both change in one transaction.
"""
from __future__ import annotations

import os
import sqlite3
from typing import Any, Collection, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

FILE_NAME = 'state.db'
_VERSION = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS origin (video_version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS server (server_id INTEGER PRIMARY KEY, machine_identifier TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS section (
    server_id INTEGER NOT NULL, section_key TEXT NOT NULL, uuid TEXT NOT NULL, plex_type TEXT NOT NULL,
    title TEXT NOT NULL, missing INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (server_id, section_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (
    server_id INTEGER NOT NULL, rating_key TEXT NOT NULL, plex_type TEXT NOT NULL, section_key TEXT NOT NULL,
    parent_key TEXT NOT NULL, guid TEXT NOT NULL, kodi_id INTEGER NOT NULL, file_id INTEGER NOT NULL,
    stamp INTEGER NOT NULL, view_count INTEGER NOT NULL, view_offset INTEGER NOT NULL,
    last_viewed_at INTEGER NOT NULL, user_rating REAL NOT NULL,
    PRIMARY KEY (server_id, rating_key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS item_section ON item (server_id, section_key, plex_type);
CREATE INDEX IF NOT EXISTS item_kodi ON item (plex_type, kodi_id);
CREATE INDEX IF NOT EXISTS item_parent ON item (server_id, parent_key);
CREATE INDEX IF NOT EXISTS item_guid ON item (server_id, guid);
CREATE TABLE IF NOT EXISTS doubt (
    server_id INTEGER NOT NULL, section_key TEXT NOT NULL, plex_type TEXT NOT NULL, fingerprint TEXT NOT NULL,
    PRIMARY KEY (server_id, section_key, plex_type)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursor (
    server_id INTEGER NOT NULL, section_key TEXT NOT NULL, plex_type TEXT NOT NULL, stamp INTEGER NOT NULL,
    total INTEGER NOT NULL, watched INTEGER NOT NULL, started INTEGER NOT NULL,
    PRIMARY KEY (server_id, section_key, plex_type)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member (
    server_id INTEGER NOT NULL, collection_key TEXT NOT NULL, rating_key TEXT NOT NULL,
    PRIMARY KEY (server_id, collection_key, rating_key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_item ON member (server_id, rating_key);
CREATE TABLE IF NOT EXISTS kept_date (
    server_id INTEGER NOT NULL, rating_key TEXT NOT NULL, added_at INTEGER NOT NULL, date_added TEXT NOT NULL,
    PRIMARY KEY (server_id, rating_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_mark (
    server_id INTEGER NOT NULL, rating_key TEXT NOT NULL, watched INTEGER NOT NULL,
    PRIMARY KEY (server_id, rating_key)) WITHOUT ROWID;
"""
_ITEM = ('server_id', 'rating_key', 'plex_type', 'section_key', 'parent_key', 'guid', 'kodi_id', 'file_id', 'stamp',
         'view_count', 'view_offset', 'last_viewed_at', 'user_rating')


#: A stamp that no item of the server has.
EXPIRED = -1


class Known(NamedTuple):
    """What we last knew of an item. With :data:`EXPIRED` as ``stamp`` it is written anew."""

    stamp: int
    view_count: int
    view_offset: int
    last_viewed_at: int
    user_rating: float
    kodi_id: int
    file_id: int


class ItemState(NamedTuple):
    """A row of ``item``.

    ``parent_key`` is the show's ratingKey for seasons and episodes. A collection has its title there, in
    ``view_count`` the number of its items and in ``view_offset`` 1 if it is a smart one.
    """

    server_id: int
    rating_key: str
    plex_type: str
    section_key: str
    parent_key: str
    guid: str
    kodi_id: int
    file_id: int
    stamp: int
    view_count: int
    view_offset: int
    last_viewed_at: int
    user_rating: float


class Cursor(NamedTuple):
    """How far a listing of one type in a library was seen.

    ``stamp`` is the newest time that any of its items carried, by the server's clock. ``total``, ``watched`` and
    ``started`` are the server's counts (all, watched, in progress) minus ours at that moment: 0 but for oddities.
    """

    stamp: int
    total: int
    watched: int
    started: int


class Counts(NamedTuple):
    """Items of one type in a library: all, watched, and those with a resume point."""

    total: int
    watched: int
    started: int


class SectionState(NamedTuple):
    """A row of ``section``; ``missing`` counts complete answers of the server without it."""

    section_key: str
    uuid: str
    plex_type: str
    title: str
    missing: int


def prepare(path: str) -> bool:
    """Make sure that a usable file is there. Returns False when a damaged one had to be set aside.

    The file is opened for writing only when something must change, so a start with nothing to do leaves it alone.
    """
    intact = True
    if os.path.exists(path) and not _is_current(path):
        intact = _older(path)
        if not intact:
            os.replace(path, path + '.damaged')
    if not os.path.exists(path) or not _is_current(path):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.executescript('BEGIN;' + _TABLES + 'PRAGMA user_version = %d; COMMIT;' % _VERSION)
        finally:
            connection.close()
        os.chmod(path, 0o600)
    return intact


def _is_current(path: str) -> bool:
    return _version(path) == _VERSION


def _older(path: str) -> bool:
    return 0 <= _version(path) < _VERSION


def _version(path: str) -> int:
    """The file's schema version, -1 when SQLite cannot read it."""
    try:
        connection = sqlite3.connect(path, timeout=10)
        try:
            version = int(connection.execute('PRAGMA user_version').fetchone()[0])
            connection.execute('SELECT count(*) FROM sqlite_master').fetchone()
            if version == _VERSION:
                connection.execute('SELECT user_rating FROM item LIMIT 1').fetchone()
            return version
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if 'locked' in str(error) or 'busy' in str(error):
            return _VERSION  # in use, so not damaged
        return -1
    except sqlite3.DatabaseError:
        return -1


class StateDb:
    """Queries on an open connection; ``schema`` is ``state.`` where the file is attached to Kodi's database."""

    def __init__(self, connection: sqlite3.Connection, schema: str = '') -> None:
        self._connection = connection
        self._origin = schema + 'origin'
        self._item = schema + 'item'
        self._section = schema + 'section'
        self._server = schema + 'server'
        self._doubt = schema + 'doubt'
        self._cursor = schema + 'cursor'
        self._member = schema + 'member'
        self._kept = schema + 'kept_date'
        self._pending = schema + 'pending_mark'

    # ---- which library this is about -----------------------------------------------------------------------------

    def origin(self) -> int:
        """The version of Kodi's video database whose rows the items are, 0 before the first sync."""
        row = self._connection.execute('SELECT video_version FROM %s' % self._origin).fetchone()
        return int(row[0]) if row else 0

    def set_origin(self, video_version: int) -> None:
        """Remember that. What was known of another version's rows is forgotten; their numbers may mean others here."""
        if self.origin():
            for table in (self._item, self._doubt, self._cursor, self._member):
                self._connection.execute('DELETE FROM %s' % table)
        self._connection.execute('DELETE FROM %s' % self._origin)
        self._connection.execute('INSERT INTO %s VALUES (?)' % self._origin, (video_version,))

    # ---- servers and sections ----------------------------------------------------------------------------------

    def server_id(self, machine_identifier: str) -> int:
        """The small number of a server, 0 when it is not known yet."""
        row = self._connection.execute('SELECT server_id FROM %s WHERE machine_identifier = ?' % self._server,
                                       (machine_identifier,)).fetchone()
        return int(row[0]) if row else 0

    def add_server(self, machine_identifier: str) -> int:
        """The number of a server, made when it is new."""
        known = self.server_id(machine_identifier)
        return known or int(self._connection.execute(
            'INSERT INTO %s (machine_identifier) VALUES (?)' % self._server, (machine_identifier,)).lastrowid or 0)

    def servers(self) -> List[int]:
        """The numbers of all servers."""
        return [int(row[0]) for row in self._connection.execute('SELECT server_id FROM %s' % self._server)]

    def forget_server(self, server_id: int) -> None:
        """Drop a server with everything that is known of it."""
        for table in (self._item, self._section, self._doubt, self._cursor, self._member, self._kept, self._pending,
                      self._server):
            self._connection.execute('DELETE FROM %s WHERE server_id = ?' % table, (server_id,))

    def sections(self, server_id: int) -> Dict[str, SectionState]:
        """The libraries that were synced, by key."""
        rows = self._connection.execute('SELECT section_key, uuid, plex_type, title, missing FROM %s '
                                        'WHERE server_id = ?' % self._section, (server_id,))
        return {row[0]: SectionState(*row) for row in rows}

    def put_section(self, server_id: int, section: SectionState) -> None:
        """Remember a library."""
        self._connection.execute('INSERT OR REPLACE INTO %s (server_id, section_key, uuid, plex_type, title, '
                                 'missing) VALUES (?, ?, ?, ?, ?, ?)' % self._section, (server_id,) + section)

    def drop_section(self, server_id: int, section_key: str) -> None:
        """Forget a library."""
        for table in (self._section, self._cursor, self._doubt):
            self._connection.execute('DELETE FROM %s WHERE server_id = ? AND section_key = ?' % table,
                                     (server_id, section_key))

    # ---- items -------------------------------------------------------------------------------------------------

    def known(self, server_id: int, section_key: str, plex_type: str) -> Dict[str, Known]:
        """All items of one type in a library, by ratingKey."""
        rows = self._connection.execute(
            'SELECT rating_key, stamp, view_count, view_offset, last_viewed_at, user_rating, kodi_id, file_id '
            'FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._item,
            (server_id, section_key, plex_type))
        return {row[0]: Known(*row[1:]) for row in rows}

    def in_section(self, server_id: int, section_key: str, plex_type: str) -> Dict[str, ItemState]:
        """All rows of one type in a library, by ratingKey."""
        rows = self._connection.execute('SELECT %s FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?'
                                        % (', '.join(_ITEM), self._item), (server_id, section_key, plex_type))
        return {row[1]: ItemState(*row) for row in rows}

    def find(self, server_id: int, rating_keys: Sequence[str]) -> Dict[str, ItemState]:
        """Rows of the given items, by ratingKey."""
        found: Dict[str, ItemState] = {}
        for chunk in _chunks(rating_keys):
            rows = self._connection.execute(
                'SELECT %s FROM %s WHERE server_id = ? AND rating_key IN (%s)' % (
                    ', '.join(_ITEM), self._item, ', '.join('?' * len(chunk))), [server_id] + chunk)
            found.update((row[1], ItemState(*row)) for row in rows)
        return found

    def by_kodi_id(self, plex_type: str, kodi_id: int) -> Optional[ItemState]:
        """The item behind a row of Kodi's library."""
        row = self._connection.execute('SELECT %s FROM %s WHERE plex_type = ? AND kodi_id = ?' % (
            ', '.join(_ITEM), self._item), (plex_type, kodi_id)).fetchone()
        return ItemState(*row) if row else None

    def machine_identifier(self, server_id: int) -> str:
        """The server behind a small number."""
        row = self._connection.execute('SELECT machine_identifier FROM %s WHERE server_id = ?' % self._server,
                                       (server_id,)).fetchone()
        return str(row[0]) if row else ''

    def put(self, items: Iterable[ItemState]) -> None:
        """Remember items as written."""
        self._connection.executemany('INSERT OR REPLACE INTO %s (%s) VALUES (%s)' % (
            self._item, ', '.join(_ITEM), ', '.join('?' * len(_ITEM))), items)

    def put_watch(self, server_id: int, rows: Iterable[Tuple[str, int, int, int, float]]) -> None:
        """Remember (ratingKey, viewCount, viewOffset, lastViewedAt, userRating) of items."""
        self._connection.executemany(
            'UPDATE %s SET view_count = ?, view_offset = ?, last_viewed_at = ?, user_rating = ? '
            'WHERE server_id = ? AND rating_key = ?' % self._item,
            [row[1:] + (server_id, row[0]) for row in rows])

    def claimed(self, plex_type: str, kodi_ids: Sequence[int], besides: Collection[str]) -> Set[int]:
        """Those rows of Kodi's that other items than ``besides`` stand for as well."""
        found: Set[int] = set()
        for chunk in _chunks(kodi_ids):
            rows = self._connection.execute(
                'SELECT kodi_id, rating_key FROM %s WHERE plex_type = ? AND kodi_id IN (%s)' % (
                    self._item, ', '.join('?' * len(chunk))), [plex_type] + chunk)
            found.update(row[0] for row in rows if row[1] not in besides)
        return found

    def children(self, server_id: int, show_keys: Iterable[str]) -> List[str]:
        """The seasons and episodes of shows."""
        return [row[0] for key in show_keys for row in self._connection.execute(
            'SELECT rating_key FROM %s WHERE server_id = ? AND parent_key = ?' % self._item, (server_id, key))]

    def expire_section(self, server_id: int, section_key: str) -> None:
        """Have all items of a library written anew."""
        self._connection.execute('UPDATE %s SET stamp = ? WHERE server_id = ? AND section_key = ?' % self._item,
                                 (EXPIRED, server_id, section_key))

    def forget(self, server_id: int, rating_keys: Iterable[str]) -> None:
        """Drop items."""
        keys = [(server_id, key) for key in rating_keys]
        for table in (self._item, self._kept, self._pending, self._member):
            self._connection.executemany('DELETE FROM %s WHERE server_id = ? AND rating_key = ?' % table, keys)

    def forget_rows(self, server_id: int, rating_keys: Iterable[str]) -> None:
        """Drop items that Kodi lost; what is kept for them is there when they come back."""
        keys = [(server_id, key) for key in rating_keys]
        for table in (self._item, self._member):
            self._connection.executemany('DELETE FROM %s WHERE server_id = ? AND rating_key = ?' % table, keys)

    def guids(self, server_id: int, plex_type: str, guids: Sequence[str]) -> Dict[str, List[ItemState]]:
        """All items of one type that carry these guids, by guid."""
        found: Dict[str, List[ItemState]] = {}
        for chunk in _chunks(guids):
            for row in self._connection.execute(
                    'SELECT %s FROM %s WHERE server_id = ? AND plex_type = ? AND guid IN (%s)' % (
                        ', '.join(_ITEM), self._item, ', '.join('?' * len(chunk))), [server_id, plex_type] + chunk):
                found.setdefault(row[5], []).append(ItemState(*row))
        return found

    def counts(self, server_id: int, section_key: str, plex_type: str) -> Counts:
        """How many items of one type we know in a library."""
        row = self._connection.execute(
            'SELECT count(*), total(view_count > 0), total(view_offset > 0) FROM %s '
            'WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._item,
            (server_id, section_key, plex_type)).fetchone()
        return Counts(int(row[0]), int(row[1]), int(row[2]))

    # ---- how far listings were seen ------------------------------------------------------------------------------

    def cursor(self, server_id: int, section_key: str, plex_type: str) -> Optional[Cursor]:
        """How far the listing of one type in a library was seen; None before its first complete sweep."""
        row = self._connection.execute(
            'SELECT stamp, total, watched, started FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?'
            % self._cursor, (server_id, section_key, plex_type)).fetchone()
        return Cursor(*row) if row else None

    def set_cursor(self, server_id: int, section_key: str, plex_type: str, cursor: Cursor) -> None:
        """Remember how far a listing was seen."""
        self._connection.execute('INSERT OR REPLACE INTO %s VALUES (?, ?, ?, ?, ?, ?, ?)' % self._cursor,
                                 (server_id, section_key, plex_type) + cursor)

    # ---- collections -------------------------------------------------------------------------------------------

    def members(self, server_id: int, collection_key: str) -> Set[str]:
        """The items that a collection was last seen to hold."""
        return {row[0] for row in self._connection.execute(
            'SELECT rating_key FROM %s WHERE server_id = ? AND collection_key = ?' % self._member,
            (server_id, collection_key))}

    def set_collections(self, server_id: int, wanted: Mapping[str, Collection[str]]) -> None:
        """Remember which collections each item (by ratingKey) is in."""
        before: Set[Tuple[str, str]] = set()
        for chunk in _chunks(list(wanted)):
            before.update(self._connection.execute(
                'SELECT collection_key, rating_key FROM %s WHERE server_id = ? AND rating_key IN (%s)' % (
                    self._member, ', '.join('?' * len(chunk))), [server_id] + chunk))
        after = {(collection, key) for key, collections in wanted.items() for collection in collections}
        self._connection.executemany('DELETE FROM %s WHERE server_id = ? AND collection_key = ? AND rating_key = ?'
                                     % self._member, [(server_id,) + row for row in before - after])
        self._connection.executemany('INSERT OR IGNORE INTO %s VALUES (?, ?, ?)' % self._member,
                                     [(server_id,) + row for row in after - before])

    # ---- dates that outlive their item -----------------------------------------------------------------------------

    def kept_dates(self, server_id: int, rating_keys: Sequence[str]) -> Dict[str, Tuple[int, str]]:
        """(addedAt at that time, date to show instead) of items that came from elsewhere, by ratingKey."""
        found: Dict[str, Tuple[int, str]] = {}
        for chunk in _chunks(rating_keys):
            found.update((row[0], (row[1], row[2])) for row in self._connection.execute(
                'SELECT rating_key, added_at, date_added FROM %s WHERE server_id = ? AND rating_key IN (%s)' % (
                    self._kept, ', '.join('?' * len(chunk))), [server_id] + chunk))
        return found

    def keep_dates(self, server_id: int, rows: Iterable[Tuple[str, int, str]]) -> None:
        """Remember (ratingKey, addedAt or 0 for whatever the server says next, local date) of such items."""
        self._connection.executemany('INSERT OR REPLACE INTO %s VALUES (?, ?, ?, ?)' % self._kept,
                                     [(server_id,) + row for row in rows])

    # ---- watched marks on their way to the server --------------------------------------------------------------------

    def pending_marks(self, server_id: int) -> Dict[str, bool]:
        """Marks (ratingKey: watched) that the user set in Kodi and that the server was not told yet."""
        return {row[0]: bool(row[1]) for row in self._connection.execute(
            'SELECT rating_key, watched FROM %s WHERE server_id = ?' % self._pending, (server_id,))}

    def put_pending_mark(self, server_id: int, rating_key: str, watched: bool) -> None:
        """Remember a mark; the last one for an item counts."""
        self._connection.execute('INSERT OR REPLACE INTO %s VALUES (?, ?, ?)' % self._pending,
                                 (server_id, rating_key, int(watched)))

    def drop_pending_mark(self, server_id: int, rating_key: str) -> None:
        """The server knows."""
        self._connection.execute('DELETE FROM %s WHERE server_id = ? AND rating_key = ?' % self._pending,
                                 (server_id, rating_key))

    # ---- doubts about mass deletions ---------------------------------------------------------------------------

    def doubt(self, server_id: int, section_key: str, plex_type: str) -> str:
        """The fingerprint of a mass deletion that was seen once and not carried out, '' for none."""
        row = self._connection.execute(
            'SELECT fingerprint FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?' % self._doubt,
            (server_id, section_key, plex_type)).fetchone()
        return str(row[0]) if row else ''

    def set_doubt(self, server_id: int, section_key: str, plex_type: str, fingerprint: str) -> None:
        """Remember such a deletion, or with '' that there is none any more."""
        key = (server_id, section_key, plex_type)
        if fingerprint:
            self._connection.execute('INSERT OR REPLACE INTO %s VALUES (?, ?, ?, ?)' % self._doubt,
                                     key + (fingerprint,))
        else:
            self._connection.execute('DELETE FROM %s WHERE server_id = ? AND section_key = ? AND plex_type = ?'
                                     % self._doubt, key)


def open_reader(path: str) -> Tuple[StateDb, sqlite3.Connection]:
    """A connection that only reads, for any thread that looks items up; the caller closes it."""
    connection = sqlite3.connect('file:%s?mode=ro' % _uri_path(path), uri=True, timeout=5, isolation_level=None,
                                 check_same_thread=False)
    return StateDb(connection), connection


def _uri_path(path: str) -> str:
    """A file path in SQLite's URI form; Windows drives need a leading slash."""
    path = path.replace('%', '%25').replace('?', '%3f').replace('#', '%23').replace('\\', '/')
    return '/' + path if path[1:2] == ':' else path


def _chunks(values: Sequence[Any], size: int = 500) -> Iterator[List[Any]]:
    for start in range(0, len(values), size):
        yield list(values[start:start + size])
