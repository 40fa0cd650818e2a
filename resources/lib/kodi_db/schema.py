"""Which tables and columns the running Kodi's video database has, and whether we know how to write them.

Numbers are ``version.idVersion`` and the digits in ``MyVideosNNN.db``: 119 is Kodi 19, 121 Kodi 20, 131 Kodi 21.
"""
from __future__ import annotations

import glob
import os
import re
import sqlite3
from typing import Dict, NamedTuple, Optional, Sequence, Tuple

from . import dialect, tables
from .errors import DatabaseMissing, SchemaUnknown

KNOWN_VERSIONS = (119, 121, 131)

#: The tables that items of all kinds write to, and those of movies and shows.
_WRITTEN: Dict[str, Tuple[str, ...]] = {
    table.name: table.columns for table in (tables.MOVIE, tables.SHOW, tables.SEASON, tables.EPISODE)}
_WRITTEN.update({
    'path': ('idPath', 'strPath', 'strContent', 'strScraper', 'strHash', 'scanRecursive', 'useFolderNames',
             'strSettings', 'noUpdate', 'exclude', 'dateAdded', 'idParentPath'),
    'files': ('idFile', 'idPath', 'strFilename', 'playCount', 'lastPlayed', 'dateAdded'),
    'bookmark': ('idBookmark', 'idFile', 'timeInSeconds', 'totalTimeInSeconds', 'thumbNailImage', 'player',
                 'playerState', 'type'),
    'tvshowlinkpath': ('idShow', 'idPath'),
    'streamdetails': ('idFile', 'iStreamType', 'strVideoCodec', 'fVideoAspect', 'iVideoWidth', 'iVideoHeight',
                      'strAudioCodec', 'iAudioChannels', 'strAudioLanguage', 'strSubtitleLanguage',
                      'iVideoDuration', 'strStereoMode', 'strVideoLanguage'),
    'sets': ('idSet', 'strSet', 'strOverview'),
    'art': ('art_id', 'media_id', 'media_type', 'type', 'url'),
    'rating': ('rating_id', 'media_id', 'media_type', 'rating_type', 'rating', 'votes'),
    'uniqueid': ('uniqueid_id', 'media_id', 'media_type', 'value', 'type'),
    'actor': ('actor_id', 'name'),
    'actor_link': ('actor_id', 'media_id', 'media_type', 'role', 'cast_order'),
    'director_link': ('actor_id', 'media_id', 'media_type'),
    'writer_link': ('actor_id', 'media_id', 'media_type'),
})
for _name in ('genre', 'country', 'studio', 'tag'):
    _WRITTEN[_name] = (_name + '_id', 'name')
    _WRITTEN[_name + '_link'] = (_name + '_id', 'media_id', 'media_type')

_VIDEO_VERSION = ('idFile', 'idMedia', 'media_type', 'itemType', 'idType')
#: Kodi counts its asset types from 1 since this version (0 before).
_ITEM_TYPE_FROM_ONE = 134


class Profile(NamedTuple):
    """What differs between Kodi versions."""

    version: int
    has_hdr: bool
    has_video_versions: bool
    version_item_type: int


def newest(folder: str, version: int = 0) -> str:
    """The path of ``MyVideosNNN.db`` in Kodi's database folder, highest number, or ``version``'s when given.

    Raises :class:`DatabaseMissing`.
    """
    found = []
    for path in glob.glob(os.path.join(glob.escape(folder), 'MyVideos*.db')):
        number = number_of(path)
        if number and number == (version or number):
            found.append((number, path))
    if not found:
        raise DatabaseMissing('Kodi has no video database yet')
    return max(found)[1]


def number_of(path: str) -> int:
    """The number in a file name ``MyVideosNNN.db``, 0 for other names."""
    match = re.search(r'MyVideos(\d+)\.db\Z', path)
    return int(match.group(1)) if match else 0


def version_for_kodi(major: int) -> int:
    """The video database version of a released Kodi; 0 for versions that we have not seen."""
    return {19: 119, 20: 121, 21: 131}.get(major, 0)


def profile(connection: sqlite3.Connection) -> Profile:
    """Inspect an open database. Raises :class:`SchemaUnknown` when something that we write is not there."""
    row: Optional[Tuple[int]] = None
    if dialect.table_columns(connection, 'version'):
        row = connection.execute('SELECT idVersion FROM main.version').fetchone()
    version = int(row[0]) if row else 0
    for table, columns in _WRITTEN.items():
        require(connection, version, table, columns)
    versions = dialect.table_columns(connection, 'videoversion')
    if versions and any(column not in versions for column in _VIDEO_VERSION):
        raise SchemaUnknown('video database %d: videoversion looks unfamiliar' % version)
    return Profile(version, 'strHdrType' in dialect.table_columns(connection, 'streamdetails'), bool(versions),
                   1 if version >= _ITEM_TYPE_FROM_ONE else 0)


def require(connection: sqlite3.Connection, version: int, table: str, columns: Sequence[str]) -> None:
    """Raise :class:`SchemaUnknown` when a table lacks one of the columns, or wants another one."""
    have = dialect.table_columns(connection, table)
    missing = [column for column in columns if column not in have]
    if missing:
        raise SchemaUnknown('video database %d: %s lacks %s' % (version, table, ', '.join(missing)))
    wanted = dialect.required_columns(connection, table).difference(columns)
    if wanted:
        raise SchemaUnknown('video database %d: %s wants %s' % (version, table, ', '.join(sorted(wanted))))
