"""Rows in Kodi's library that are not ours: local files and another add-on's, with the names of Plex's items."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, Dict, List

from tools.plexsim import Library

LOCAL = 'smb://nas/films/'
LOCAL_SHOWS = 'smb://nas/shows/'
ADDON = 'plugin://plugin.video.another/'


def fill(video_db: str, library: Library, movies: int, shows: int, plex_sets: bool = True) -> None:
    """Add movies and shows that are not ours, with the casts, genres, studios, countries and sets of Plex's items."""
    with closing(sqlite3.connect(video_db)) as connection:
        writer = _ForeignRows(connection)
        films = [library.truth(item.rating_key) for item in library.items('movie')]
        series = [library.truth(item.rating_key) for item in library.items('show')]
        for number in range(movies):
            writer.movie(number, films[number % len(films)], plex_sets)
        for number in range(shows):
            writer.show(number, series[number % len(series)])
        writer.music_video(films[0])
        connection.commit()


def tables(video_db: str) -> Dict[str, List[Any]]:
    """All rows of all tables, with their rowid."""
    with closing(sqlite3.connect(video_db)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute('SELECT rowid, * FROM %s' % name).fetchall(), key=repr)
                if not name.endswith(('_link', 'tvshowlinkpath')) else
                sorted(connection.execute('SELECT * FROM %s' % name).fetchall(), key=repr) for name in names}


class _ForeignRows:

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def movie(self, number: int, raw: Dict[str, Any], plex_sets: bool) -> None:
        addon = number % 2
        path = self._path(ADDON if addon else LOCAL + '%d/' % (number % 3), 'movies')
        file_id = self._file(path, ADDON + '?play=%d' % number if addon else 'film%d.mkv' % number, number)
        sets = [child['tag'] for child in raw.get('Collection', [])] if plex_sets else []
        movie_id = self._insert('movie', idFile=file_id, c00='Film of mine %d' % number, c05=1, c09=1,
                                idSet=self._named('sets', 'idSet', 'strSet', sets[0] if sets else 'My set'))
        if 'videoversion' in self.tables:
            self._insert('videoversion', idFile=file_id, idMedia=movie_id, media_type='movie', itemType=0, idType=40400)
        self._shared('movie', movie_id, raw, 'poster')

    def show(self, number: int, raw: Dict[str, Any]) -> None:
        path = self._path(LOCAL_SHOWS + '%d/' % number, 'tvshows')
        show_id = self._insert('tvshow', c00='Show of mine %d' % number)
        self._insert('tvshowlinkpath', idShow=show_id, idPath=path)
        self._shared('tvshow', show_id, raw, 'poster')
        season = self._insert('seasons', idShow=show_id, season=1, name='One')
        self._insert('art', media_id=season, media_type='season', type='poster', url='image://season%d' % season)
        for index in (1, 2):
            file_id = self._file(path, 'e%d.mkv' % index, index)
            episode = self._insert('episode', idFile=file_id, c00='Episode', c12=1, c13=index, idShow=show_id,
                                   idSeason=season)
            self._people('episode', episode, raw)

    def music_video(self, raw: Dict[str, Any]) -> None:
        file_id = self._file(self._path('smb://nas/music/', 'musicvideos'), 'song.mkv', 1)
        video = self._insert('musicvideo', idFile=file_id, c00='Song')
        self._people('musicvideo', video, raw)

    def _shared(self, media_type: str, media_id: int, raw: Dict[str, Any], art: str) -> None:
        names = {'genre': [child['tag'].lower() for child in raw.get('Genre', [])], 'studio': [raw.get('studio', 'S')],
                 'country': [child['tag'] for child in raw.get('Country', [])],
                 'tag': ['Keep', raw['librarySectionTitle']]}
        for table, found in names.items():
            for name in found:
                name_id = self._named(table, table + '_id', 'name', name)
                self.connection.execute('INSERT OR IGNORE INTO %s_link VALUES (?, ?, ?)' % table,
                                        (name_id, media_id, media_type))
        self._people(media_type, media_id, raw)
        self._insert('art', media_id=media_id, media_type=media_type, type=art, url='image://%s%d' % (art, media_id))
        self._insert('rating', media_id=media_id, media_type=media_type, rating_type='imdb', rating=5.5, votes=7)
        self._insert('uniqueid', media_id=media_id, media_type=media_type, value='tt%d' % media_id, type='imdb')

    def _people(self, media_type: str, media_id: int, raw: Dict[str, Any]) -> None:
        for order, person in enumerate(raw.get('Role', [])[:4]):
            new = not self.connection.execute('SELECT 1 FROM actor WHERE name = ?', (person['tag'],)).fetchone()
            actor = self._named('actor', 'actor_id', 'name', person['tag'])
            if new and order % 2:
                self._insert('art', media_id=actor, media_type='actor', type='thumb', url='image://face%d' % actor)
            self.connection.execute('INSERT OR IGNORE INTO actor_link VALUES (?, ?, ?, ?, ?)',
                                    (actor, media_id, media_type, 'Somebody', order))
        for table in ('director', 'writer'):
            for person in raw.get(table.capitalize(), [])[:1]:
                actor = self._named('actor', 'actor_id', 'name', person['tag'])
                self.connection.execute('INSERT OR IGNORE INTO %s_link VALUES (?, ?, ?)' % table,
                                        (actor, media_id, media_type))

    def _path(self, path: str, content: str) -> int:
        return self._named('path', 'idPath', 'strPath', path, strContent=content, strScraper='metadata.local')

    def _file(self, path_id: int, name: str, number: int) -> int:
        file_id = self._insert('files', idPath=path_id, strFilename=name, playCount=number % 3 or None,
                               lastPlayed='2020-01-01 10:00:00' if number % 3 else None,
                               dateAdded='2019-01-01 10:00:00')
        self._insert('bookmark', idFile=file_id, timeInSeconds=12.5, totalTimeInSeconds=99.0, thumbNailImage='',
                     player='VideoPlayer', playerState='<state/>', type=1)
        self._insert('streamdetails', idFile=file_id, iStreamType=0, strVideoCodec='hevc')
        return file_id

    def _named(self, table: str, key: str, column: str, name: str, **columns: Any) -> int:
        row = self.connection.execute('SELECT %s FROM %s WHERE %s = ?' % (key, table, column), (name,)).fetchone()
        return int(row[0]) if row else self._insert(table, **{column: name}, **columns)

    def _insert(self, table: str, **columns: Any) -> int:
        return int(self.connection.execute('INSERT INTO %s (%s) VALUES (%s)' % (
            table, ', '.join(columns), ', '.join('?' * len(columns))), tuple(columns.values())).lastrowid or 0)
