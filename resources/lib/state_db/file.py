"""The file itself: its tables, its version, and what becomes of a damaged one."""
from __future__ import annotations

import os
import sqlite3

FILE_NAME = 'state.db'
_VERSION = 4
TABLES = """
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
CREATE TABLE IF NOT EXISTS collection (
    server_id INTEGER NOT NULL, rating_key TEXT NOT NULL, section_key TEXT NOT NULL, title TEXT NOT NULL,
    stamp INTEGER NOT NULL, item_count INTEGER NOT NULL, smart INTEGER NOT NULL,
    PRIMARY KEY (server_id, rating_key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS collection_section ON collection (server_id, section_key);
CREATE TABLE IF NOT EXISTS member (
    server_id INTEGER NOT NULL, collection_key TEXT NOT NULL, rating_key TEXT NOT NULL,
    PRIMARY KEY (server_id, collection_key, rating_key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS member_item ON member (server_id, rating_key);
CREATE TABLE IF NOT EXISTS kept_date (
    server_id INTEGER NOT NULL, rating_key TEXT NOT NULL, added_at INTEGER NOT NULL, date_added TEXT NOT NULL,
    PRIMARY KEY (server_id, rating_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending_mark (
    server_id INTEGER NOT NULL, user_id TEXT NOT NULL, rating_key TEXT NOT NULL, watched INTEGER NOT NULL,
    sent INTEGER NOT NULL, PRIMARY KEY (server_id, user_id, rating_key));
"""
#: Before version 3 nothing was kept in that table, and it had other columns.
_TO_VERSION_3 = 'DROP TABLE IF EXISTS pending_mark;'
#: Before version 4 a collection stood in a row of an item: its title, its number of items and whether it is a smart one
#: in columns that were meant for something else.
_TO_VERSION_4 = """
INSERT OR REPLACE INTO collection (server_id, rating_key, section_key, title, stamp, item_count, smart)
    SELECT server_id, rating_key, section_key, parent_key, stamp, view_count, view_offset
    FROM item WHERE plex_type = 'collection';
DELETE FROM item WHERE plex_type = 'collection';
"""


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
        _bring_up_to_date(path)
        os.chmod(path, 0o600)
    return intact


def _bring_up_to_date(path: str) -> None:
    """Make what is missing, and move what an older version kept elsewhere, all in one transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute('BEGIN IMMEDIATE')
        version = int(connection.execute('PRAGMA user_version').fetchone()[0])  # somebody else may have been quicker
        script = (_TO_VERSION_3 if version < 3 else '') + TABLES + (_TO_VERSION_4 if version < 4 else '')
        for statement in script.split(';'):
            connection.execute(statement)
        connection.execute('PRAGMA user_version = %d' % _VERSION)
        connection.execute('COMMIT')
    finally:
        connection.close()


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
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # its message may quote what the file has for a name
        return -1


def uri_path(path: str) -> str:
    """A file path in SQLite's URI form; Windows drives need a leading slash."""
    path = path.replace('%', '%25').replace('?', '%3f').replace('#', '%23').replace('\\', '/')
    return '/' + path if path[1:2] == ':' else path
