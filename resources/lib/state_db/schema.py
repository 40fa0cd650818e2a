"""The tables of our own database in SQLite's SQL, and the conversion from older versions."""
from __future__ import annotations

VERSION = 6
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
CREATE TABLE IF NOT EXISTS mark (
    server_id INTEGER NOT NULL, user_id TEXT NOT NULL, rating_key TEXT NOT NULL, action TEXT NOT NULL,
    value REAL NOT NULL, made_at INTEGER NOT NULL, sequence INTEGER NOT NULL, sent INTEGER NOT NULL,
    PRIMARY KEY (server_id, user_id, rating_key, action));
CREATE TABLE IF NOT EXISTS playback_report (
    session_id TEXT PRIMARY KEY, machine_identifier TEXT NOT NULL, user_id TEXT NOT NULL, rating_key TEXT NOT NULL,
    position_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL, watched INTEGER NOT NULL,
    views_before INTEGER NOT NULL, tried INTEGER NOT NULL, made_at INTEGER NOT NULL, sequence INTEGER NOT NULL,
    open INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS version_choice (
    machine_identifier TEXT NOT NULL, rating_key TEXT NOT NULL, media_id TEXT NOT NULL,
    PRIMARY KEY (machine_identifier, rating_key)) WITHOUT ROWID;
"""
#: Before version 3 nothing was kept in that table, and it had other columns.
TO_VERSION_3 = """
DROP TABLE IF EXISTS pending_mark;
CREATE TABLE pending_mark (
    server_id INTEGER NOT NULL, user_id TEXT NOT NULL, rating_key TEXT NOT NULL, watched INTEGER NOT NULL,
    sent INTEGER NOT NULL, PRIMARY KEY (server_id, user_id, rating_key));
"""
#: Before version 4 a collection was a row of ``item``, with title, number of items and ``smart`` in columns for other
#: values.
TO_VERSION_4 = """
INSERT OR REPLACE INTO collection (server_id, rating_key, section_key, title, stamp, item_count, smart)
    SELECT server_id, rating_key, section_key, parent_key, stamp, view_count, view_offset
    FROM item WHERE plex_type = 'collection';
DELETE FROM item WHERE plex_type = 'collection';
"""
#: Before version 5 only watched marks were stored, without their time.
TO_VERSION_5 = """
INSERT INTO mark (server_id, user_id, rating_key, action, value, made_at, sequence, sent)
    SELECT server_id, user_id, rating_key, 'watched', watched, 0, rowid, sent FROM pending_mark;
DROP TABLE pending_mark;
"""
#: Reads the whole schema, and fails if it is damaged.
COUNT_TABLES = 'SELECT count(*) FROM sqlite_master'
