"""Checking that the video database has the tables and columns that we write.

Versions are ``version.idVersion`` and the digits in ``MyVideosNNN.db``: 119 is Kodi 19, 121 Kodi 20, 131 Kodi 21.
"""
from __future__ import annotations

from typing import Dict, NamedTuple, Sequence, Tuple

from ..sql.statements import Statements
from . import tables
from .errors import SchemaUnknown

#: The columns that we write, by table: of movies, shows, seasons and episodes, and of all that belongs to items.
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
#: Since this version ``videoversion.itemType`` is 1 for versions (0 before).
_ITEM_TYPE_FROM_ONE = 134


class Profile(NamedTuple):
    """What differs between versions of Kodi's database. ``version_item_type`` is ``videoversion.itemType``."""

    version: int
    has_hdr: bool
    has_video_versions: bool
    version_item_type: int


def profile(database: Statements) -> Profile:
    """The profile of an open database. Raises :class:`SchemaUnknown` when it lacks something that we write."""
    columns = database.connection.columns
    row = database.one('SELECT idVersion FROM version') if columns('version') else None
    version = int(row[0]) if row else 0
    for table, wanted in _WRITTEN.items():
        require(database, version, table, wanted)
    versions = columns('videoversion')
    if versions and any(column not in versions for column in _VIDEO_VERSION):
        raise SchemaUnknown('video database %d: videoversion looks unfamiliar' % version)
    return Profile(version, 'strHdrType' in columns('streamdetails'), bool(versions),
                   1 if version >= _ITEM_TYPE_FROM_ONE else 0)


def require(database: Statements, version: int, table: str, columns: Sequence[str]) -> None:
    """Raise :class:`SchemaUnknown` when a table lacks one of the columns, or requires another one."""
    present = database.connection.columns(table)
    missing = [column for column in columns if column not in present]
    if missing:
        raise SchemaUnknown('video database %d: %s lacks %s' % (version, table, ', '.join(missing)))
    wanted = {column for column, required in present.items() if required}.difference(columns)
    if wanted:
        raise SchemaUnknown('video database %d: %s wants %s' % (version, table, ', '.join(sorted(wanted))))
