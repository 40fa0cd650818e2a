"""Filling Kodi's library with a simulated Plex's items as PlexKodiConnect 3.x does ("helper add-on paths")."""
from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import Any, Collection, Dict, Iterable, List, Optional, Sequence, Tuple
from urllib.parse import quote

from tools.plexsim import Library

MOVIES = 'plugin://plugin.video.plexkodiconnect.movies/'
SHOWS = 'plugin://plugin.video.plexkodiconnect.tvshows/'
ADDRESS = 'https://192-168-1-2.0123456789abcdef.plex.direct:32400'
TOKEN = 'old-token-of-3x'


def fill(video_db: str, library: Library, keys: Optional[Collection[int]] = None, date: str = '') -> None:
    """Write all items of the library, or only those of ``keys``, as 3.x does.

    ``date``: dateAdded of all files, instead of Plex's.
    """
    with closing(sqlite3.connect(video_db)) as connection:
        writer = _Pkc3Writer(connection, library, date)
        wanted = [item for kind in ('movie', 'show') for item in library.items(kind)
                  if keys is None or item.rating_key in keys]
        for item in wanted:
            if item.type == 'movie':
                writer.movie(item.rating_key)
            else:
                writer.show(item, keys)
        connection.commit()


def image(path: str) -> str:
    """The URL of a picture as 3.x stores it, with server address and token."""
    return '%s/photo/:/transcode?width=1920&height=1920&minSize=1&upscale=0&url=%s&X-Plex-Token=%s' % (
        ADDRESS, quote(path), TOKEN)


def local_time(stamp: Any) -> Optional[str]:
    return time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(int(stamp))) if stamp else None


class _Pkc3Writer:

    def __init__(self, connection: sqlite3.Connection, library: Library, date: str) -> None:
        self.connection = connection
        self.library = library
        self.date = date
        self.tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        self.roots = {path: self._path(path, strContent=content, strScraper='metadata.local', allAudio=0)
                      for path, content in ((MOVIES, 'movies'), (SHOWS, 'tvshows'))}

    # ---- items -------------------------------------------------------------------------------------------------

    def movie(self, key: int) -> None:
        raw = self.library.truth(key)
        name = raw['Media'][0]['Part'][0]['file'].rsplit('/', 1)[-1]
        url = '%s?mode=play&plex_id=%d&plex_type=movie&filename=%s' % (MOVIES, key, name)
        file_id = self._file(raw, self.roots[MOVIES], url)
        sets = [child['tag'] for child in raw.get('Collection', [])]
        kodi_id = self._next('movie', 'idMovie')
        self._insert('movie', idMovie=kodi_id, idFile=file_id, c00=raw.get('title'), c01=raw.get('summary'),
                     c03=raw.get('tagline'), c06=_list(raw, 'Writer'), c07=raw.get('year'), c10=raw.get('titleSort'),
                     c11=int(raw['duration']) // 1000, c12=raw.get('contentRating'), c14=_list(raw, 'Genre'),
                     c15=_list(raw, 'Director'), c16=raw.get('title'), c18=raw.get('studio'),
                     c19=MOVIES + '?plex_id=4711&plex_type=clip&mode=play', c21=_list(raw, 'Country'), c22=MOVIES,
                     c23=self.roots[MOVIES], premiered=raw.get('originallyAvailableAt'),
                     userrating=_rating(raw), idSet=self._set(sets[0]) if sets else None)
        if 'videoversion' in self.tables:
            self._insert('videoversion', idFile=file_id, idMedia=kodi_id, media_type='movie', itemType=0, idType=40400)
        self._shared('movie', kodi_id, raw, [raw['librarySectionTitle']] + sets, ('c05', 'c09', 'idMovie'))
        self._streams(file_id, raw)

    def show(self, item: Any, keys: Optional[Collection[int]]) -> None:
        raw = self.library.truth(item.rating_key)
        path_id = self._path('%s%d/' % (SHOWS, item.rating_key), dateAdded=local_time(raw.get('addedAt')))
        show_id = self._next('tvshow', 'idShow')
        self._insert('tvshow', idShow=show_id, c00=raw.get('title'), c01=raw.get('summary'),
                     c05=raw.get('originallyAvailableAt'), c08=_list(raw, 'Genre'), c09=raw.get('title'),
                     c13=raw.get('contentRating'), c14=raw.get('studio'), c15=raw.get('titleSort'))
        self._insert('tvshowlinkpath', idShow=show_id, idPath=path_id)
        self._shared('tvshow', show_id, raw, [raw['librarySectionTitle']], ('c04', 'c12', 'idShow'))
        for season in item.children:
            number = int(season.fields.get('index') or 0)
            season_id = self._insert('seasons', idShow=show_id, season=number, name=season.title)
            self._art('season', season_id, self.library.truth(season.rating_key))
            for episode in season.children:
                if keys is None or episode.rating_key in keys:
                    self._episode(item, show_id, path_id, season_id, number, self.library.truth(episode.rating_key))

    def _episode(self, show: Any, show_id: int, path_id: int, season_id: int, season: int,
                 raw: Dict[str, Any]) -> None:
        name = raw['Media'][0]['Part'][0]['file'].rsplit('/', 1)[-1]
        url = '%s%d/?mode=play&plex_id=%s&plex_type=episode&filename=%s' % (
            SHOWS, show.rating_key, raw['ratingKey'], name)
        file_id = self._file(raw, path_id, url)
        self._file(raw, self.roots[SHOWS], url)
        kodi_id = self._next('episode', 'idEpisode')
        self._insert('episode', idEpisode=kodi_id, idFile=file_id, c00=raw.get('title'), c01=raw.get('summary'),
                     c04=_list(raw, 'Writer'), c05=raw.get('originallyAvailableAt'),
                     c09=int(raw['duration']) // 1000, c10=_list(raw, 'Director'), c12=season, c13=raw.get('index', 0),
                     c14=raw.get('title'), c15='-1', c16='-1', c18=url, c19=path_id, idShow=show_id,
                     idSeason=season_id, userrating=_rating(raw))
        self._shared('episode', kodi_id, raw, [], ('c03', 'c20', 'idEpisode'), names=False)
        self._streams(file_id, raw)

    # ---- parts -------------------------------------------------------------------------------------------------

    def _path(self, path: str, **columns: Any) -> int:
        row = self.connection.execute('SELECT idPath FROM path WHERE strPath = ?', (path,)).fetchone()
        return int(row[0]) if row else self._insert('path', strPath=path, noUpdate=1, exclude=0, **columns)

    def _file(self, raw: Dict[str, Any], path_id: int, url: str) -> int:
        file_id = self._insert('files', idPath=path_id, strFilename=url, playCount=raw.get('viewCount') or None,
                               lastPlayed=local_time(raw.get('lastViewedAt')),
                               dateAdded=self.date or local_time(raw.get('addedAt')))
        if raw.get('viewOffset'):
            self._insert('bookmark', idFile=file_id, timeInSeconds=raw['viewOffset'] / 1000.0,
                         totalTimeInSeconds=raw['duration'] / 1000.0, thumbNailImage='', player='VideoPlayer',
                         playerState='', type=1)
        return file_id

    def _streams(self, file_id: int, raw: Dict[str, Any]) -> None:
        media = raw['Media'][0]
        self._insert('streamdetails', idFile=file_id, iStreamType=0, strVideoCodec=media.get('videoCodec'),
                     iVideoWidth=media.get('width'), iVideoHeight=media.get('height'),
                     iVideoDuration=raw['duration'] // 1000)
        self._insert('streamdetails', idFile=file_id, iStreamType=1, strAudioCodec=media.get('audioCodec'),
                     iAudioChannels=media.get('audioChannels'))

    def _shared(self, media_type: str, kodi_id: int, raw: Dict[str, Any], tags: Sequence[str],
                columns: Tuple[str, str, str], names: bool = True) -> None:
        rating = self._insert('rating', media_id=kodi_id, media_type=media_type, rating_type='default',
                              rating=raw.get('audienceRating') or 0.0)
        unique = 0
        for guid in raw.get('Guid', []):
            kind, _, value = guid['id'].partition('://')
            unique = self._insert('uniqueid', media_id=kodi_id, media_type=media_type, value=value, type=kind)
        table = {'movie': 'movie', 'tvshow': 'tvshow', 'episode': 'episode'}[media_type]
        self.connection.execute('UPDATE %s SET %s = ?, %s = ? WHERE %s = ?' % ((table,) + columns),
                                (rating, unique, kodi_id))
        if names:
            self._names('genre', media_type, kodi_id, _tags(raw, 'Genre'))
            self._names('studio', media_type, kodi_id, [raw['studio']] if raw.get('studio') else [])
            self._names('tag', media_type, kodi_id, tags)
            if media_type == 'movie':
                self._names('country', media_type, kodi_id, _tags(raw, 'Country'))
        for table, people in (('actor_link', raw.get('Role', [])), ('director_link', raw.get('Director', [])),
                              ('writer_link', raw.get('Writer', []))):
            for order, person in enumerate(people):
                actor = self._actor(person)
                if table == 'actor_link':
                    self.connection.execute('INSERT OR IGNORE INTO actor_link VALUES (?, ?, ?, ?, ?)',
                                            (actor, kodi_id, media_type, person.get('role', ''), order))
                else:
                    self.connection.execute('INSERT OR IGNORE INTO %s VALUES (?, ?, ?)' % table,
                                            (actor, kodi_id, media_type))
        self._art(media_type, kodi_id, raw)

    def _art(self, media_type: str, media_id: int, raw: Dict[str, Any]) -> None:
        kinds = {'thumb': 'thumb' if media_type == 'episode' else 'poster', 'art': 'fanart'}
        for name, kind in kinds.items():
            if raw.get(name) and not (media_type == 'episode' and name == 'art'):
                self._insert('art', media_id=media_id, media_type=media_type, type=kind, url=image(raw[name]))

    def _names(self, table: str, media_type: str, kodi_id: int, names: Iterable[str]) -> None:
        for name in names:
            row = self.connection.execute('SELECT %s_id FROM %s WHERE name = ? COLLATE NOCASE' % (table, table),
                                          (name,)).fetchone()
            name_id = row[0] if row else self._insert(table, name=name)
            self.connection.execute('INSERT OR IGNORE INTO %s_link VALUES (?, ?, ?)' % table,
                                    (name_id, kodi_id, media_type))

    def _actor(self, person: Dict[str, Any]) -> int:
        row = self.connection.execute('SELECT actor_id FROM actor WHERE name = ?', (person['tag'],)).fetchone()
        if row:
            return int(row[0])
        actor = self._insert('actor', name=person['tag'])
        thumb = person.get('thumb')
        if thumb:
            # Some people's picture is on the server itself.
            url = image('/library/people/%d/thumb' % actor) if actor % 5 == 0 else thumb
            self._insert('art', media_id=actor, media_type='actor', type='thumb', url=url)
        return actor

    def _set(self, name: str) -> int:
        row = self.connection.execute('SELECT idSet FROM sets WHERE strSet = ? COLLATE NOCASE', (name,)).fetchone()
        if row:
            return int(row[0])
        set_id = self._insert('sets', strSet=name)
        self._insert('art', media_id=set_id, media_type='set', type='poster',
                     url=image('/library/collections/%d/composite/1' % set_id))
        return set_id

    def _insert(self, table: str, **columns: Any) -> int:
        return int(self.connection.execute('INSERT INTO %s (%s) VALUES (%s)' % (
            table, ', '.join(columns), ', '.join('?' * len(columns))), tuple(columns.values())).lastrowid or 0)

    def _next(self, table: str, key: str) -> int:
        return int(self.connection.execute('SELECT COALESCE(MAX(%s), 0) + 1 FROM %s' % (key, table)).fetchone()[0])


def _tags(raw: Dict[str, Any], name: str) -> List[str]:
    return [child['tag'] for child in raw.get(name, [])]


def _list(raw: Dict[str, Any], name: str) -> str:
    return ' / '.join(_tags(raw, name))


def _rating(raw: Dict[str, Any]) -> Optional[int]:
    return int(raw['userRating'] + 0.5) if raw.get('userRating') else None
