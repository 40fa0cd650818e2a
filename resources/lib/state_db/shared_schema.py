"""The shared tables in the SQL of MariaDB and MySQL. ``%s`` stands for the prefix of their names.

Texts are compared to the letter, as SQLite does it. Each statement can be run again.
"""
from __future__ import annotations

VERSION = 1

_KEY = 'VARCHAR(191) NOT NULL'
_LISTING = ('server_id BIGINT NOT NULL, section_key {key}, plex_type VARCHAR(40) NOT NULL').format(key=_KEY)
_END = ' ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'


def _table(name: str, columns: str) -> str:
    return 'CREATE TABLE IF NOT EXISTS %s' + name + ' (' + columns.format(key=_KEY, listing=_LISTING) + ')' + _END


TABLES = (
    _table('schema_version', 'one INT NOT NULL PRIMARY KEY, version INT NOT NULL'),
    _table('lease', 'one INT NOT NULL PRIMARY KEY, fence BIGINT NOT NULL, holder BIGINT NOT NULL, '
                    'beat DATETIME NOT NULL, changes BIGINT NOT NULL, changed_by VARCHAR(40) NOT NULL, '
                    'user_id {key}'),
    _table('origin', 'video_version INT NOT NULL'),
    _table('server', 'server_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, machine_identifier {key}, '
                     'UNIQUE (machine_identifier)'),
    _table('section', 'server_id BIGINT NOT NULL, section_key {key}, uuid {key}, plex_type VARCHAR(40) NOT NULL, '
                      'title TEXT NOT NULL, missing INT NOT NULL DEFAULT 0, PRIMARY KEY (server_id, section_key)'),
    _table('item', 'server_id BIGINT NOT NULL, rating_key {key}, plex_type VARCHAR(40) NOT NULL, section_key {key}, '
                   'parent_key {key}, guid VARCHAR(700) NOT NULL, kodi_id BIGINT NOT NULL, file_id BIGINT NOT NULL, '
                   'stamp BIGINT NOT NULL, view_count BIGINT NOT NULL, view_offset BIGINT NOT NULL, '
                   'last_viewed_at BIGINT NOT NULL, user_rating DOUBLE NOT NULL, '
                   'PRIMARY KEY (server_id, rating_key), INDEX item_section (server_id, section_key, plex_type), '
                   'INDEX item_kodi (plex_type, kodi_id), INDEX item_parent (server_id, parent_key), '
                   'INDEX item_guid (server_id, guid(100))'),
    _table('doubt', '{listing}, fingerprint TEXT NOT NULL, PRIMARY KEY (server_id, section_key, plex_type)'),
    _table('cursor', '{listing}, stamp BIGINT NOT NULL, total BIGINT NOT NULL, watched BIGINT NOT NULL, '
                     'started BIGINT NOT NULL, PRIMARY KEY (server_id, section_key, plex_type)'),
    _table('collection', 'server_id BIGINT NOT NULL, rating_key {key}, section_key {key}, title TEXT NOT NULL, '
                         'stamp BIGINT NOT NULL, item_count BIGINT NOT NULL, smart INT NOT NULL, '
                         'PRIMARY KEY (server_id, rating_key), INDEX collection_section (server_id, section_key)'),
    _table('member', 'server_id BIGINT NOT NULL, collection_key {key}, rating_key {key}, '
                     'PRIMARY KEY (server_id, collection_key, rating_key), '
                     'INDEX member_item (server_id, rating_key)'),
    _table('kept_date', 'server_id BIGINT NOT NULL, rating_key {key}, added_at BIGINT NOT NULL, '
                        'date_added VARCHAR(40) NOT NULL, PRIMARY KEY (server_id, rating_key)'),
)
