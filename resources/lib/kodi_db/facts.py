"""What the library knows of a few movies or episodes, for lists beside it. Reads only."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from . import dialect

_SEPARATOR = ' / '
#: Table, key, and the columns of genres, directors, writers and countries.
_TABLES = {'movie': ('movie', 'idMovie', "k.c14, k.c15, k.c06, k.c21, 0, 0"),
           'episode': ('episode', 'idEpisode', "'', k.c10, k.c04, '', k.idShow, k.idSeason")}
_STREAMS = {
    0: ('video', ('codec', 'aspect', 'width', 'height', 'duration', 'stereomode', 'language', 'hdrtype')),
    1: ('audio', ('codec', 'channels', 'language')),
    2: ('subtitle', ('language',)),
}


class Facts(NamedTuple):
    """In the words of a list item: see "A list item on the wire" in docs/architecture.md. Dates are local time."""

    info: Dict[str, Any]
    art: Dict[str, str]
    cast: List[Dict[str, str]]
    unique_ids: Dict[str, str]
    streams: Dict[str, List[Dict[str, Any]]]


def read(video_db: str, media_type: str, kodi_ids: Sequence[int]) -> Dict[int, Facts]:
    """Facts of items by their ids; those that are not there are left out. Raises sqlite3.Error."""
    ids = list(kodi_ids)[:dialect.MAX_PARAMETERS - 1]
    if not ids:
        return {}
    with closing(sqlite3.connect(video_db, timeout=1.0, isolation_level=None)) as connection:
        connection.execute('PRAGMA query_only = 1')
        return _Reader(connection, media_type).read(ids)


class _Reader:

    def __init__(self, connection: sqlite3.Connection, media_type: str) -> None:
        self._connection = connection
        self._type = media_type

    def read(self, ids: Sequence[int]) -> Dict[int, Facts]:
        table, key, columns = _TABLES[self._type]
        found: Dict[int, Facts] = {}
        files: Dict[int, int] = {}
        parents: Dict[int, Tuple[int, int]] = {}
        for row in self._rows('SELECT k.%s, k.idFile, f.dateAdded, f.lastPlayed, %s FROM %s k JOIN files f '
                              'ON f.idFile = k.idFile WHERE k.%s IN (%%s)' % (key, columns, table, key), ids):
            names = zip(('genre', 'director', 'writer', 'country'), row[4:8])
            info: Dict[str, Any] = {name: text.split(_SEPARATOR) for name, text in names if text}
            info.update((name, text) for name, text in (('dateadded', row[2]), ('lastplayed', row[3])) if text)
            found[row[0]] = Facts(info, {}, [], {}, {})
            files[row[1]] = row[0]
            parents[row[0]] = row[8:10]
        self._art(found, '', self._type, {one: [one] for one in found})
        if self._type == 'episode':
            for position, kind, prefix in ((0, 'tvshow', 'tvshow.'), (1, 'season', 'season.')):
                of: Dict[int, List[int]] = {}
                for one, pair in parents.items():
                    of.setdefault(pair[position], []).append(one)
                self._art(found, prefix, kind, of)
        self._people(found)
        for media_id, kind, value in self._rows(
                'SELECT media_id, type, value FROM uniqueid WHERE media_type = ? AND media_id IN (%s) '
                'ORDER BY uniqueid_id', list(found), self._type):
            found[media_id].unique_ids.setdefault(kind, value)
        self._streams(found, files)
        return found

    def _rows(self, sql: str, ids: Sequence[int], *before: Any) -> List[Tuple[Any, ...]]:
        return self._connection.execute(sql % dialect.marks(len(ids)), before + tuple(ids)).fetchall()

    def _art(self, found: Dict[int, Facts], prefix: str, media_type: str, of: Dict[int, List[int]]) -> None:
        for media_id, kind, url in self._rows('SELECT media_id, type, url FROM art WHERE media_type = ? '
                                              'AND media_id IN (%s)', list(of), media_type):
            for one in of[media_id]:
                found[one].art[prefix + kind] = url

    def _people(self, found: Dict[int, Facts]) -> None:
        for media_id, name, role, thumb in self._rows(
                "SELECT l.media_id, a.name, l.role, p.url FROM actor_link l JOIN actor a ON a.actor_id = l.actor_id "
                "LEFT JOIN art p ON p.media_id = a.actor_id AND p.media_type = 'actor' AND p.type = 'thumb' "
                'WHERE l.media_type = ? AND l.media_id IN (%s) ORDER BY l.cast_order', list(found), self._type):
            found[media_id].cast.append({'name': name or '', 'role': role or '', 'thumb': thumb or ''})

    def _streams(self, found: Dict[int, Facts], files: Dict[int, int]) -> None:
        hdr = 'strHdrType' if 'strHdrType' in dialect.table_columns(self._connection, 'streamdetails') else 'NULL'
        for row in self._rows(
                'SELECT idFile, iStreamType, strVideoCodec, fVideoAspect, iVideoWidth, iVideoHeight, iVideoDuration, '
                'strStereoMode, strVideoLanguage, %s, strAudioCodec, iAudioChannels, strAudioLanguage, '
                'strSubtitleLanguage FROM streamdetails WHERE idFile IN (%%s)' % hdr, list(files)):
            values = {0: row[2:10], 1: row[10:13], 2: row[13:]}.get(row[1])
            if values:
                name, words = _STREAMS[row[1]]
                found[files[row[0]]].streams.setdefault(name, []).append(
                    {word: value for word, value in zip(words, values) if value is not None})
