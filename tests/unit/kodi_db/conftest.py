"""An empty Kodi library, and a writer on it."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple, Type

import pytest

from resources.lib import item_url
from resources.lib.kodi_db.database import VideoDatabase
from resources.lib.kodi_db.episodes import EpisodeWriter
from resources.lib.kodi_db.item_writer import ItemWriter
from resources.lib.kodi_db.movies import MovieWriter
from resources.lib.kodi_db.records import (
    AudioStream,
    EpisodeRecord,
    FileRecord,
    ItemAddress,
    MovieRecord,
    PersonRecord,
    RatingRecord,
    SeasonRecord,
    Shared,
    ShowRecord,
    Streams,
    VideoStream,
    WatchState,
)
from resources.lib.kodi_db.seasons import SeasonWriter
from resources.lib.kodi_db.shows import ShowWriter
from resources.lib.kodi_db.writer import LibraryWriter
from tools import kodischema

MID = 'mid'
WRITERS: Dict[str, Type[ItemWriter[Any]]] = {'movie': MovieWriter, 'tvshow': ShowWriter, 'season': SeasonWriter,
                                             'episode': EpisodeWriter}
UNWATCHED = WatchState(None, None, 0.0, 0.0)
STREAMS = Streams((VideoStream('h264', 1.78, 1920, 1080, 5400, 'eng', 'hdr10'),), (AudioStream('aac', 6, 'eng'),),
                  ('ger',))
ART = 'http://127.0.0.1:57310/art/mid/%s/thumb/%d'


def shared(title: str, key: str, **more: Any) -> Shared:
    return Shared(title, '', '', 'plot', '2001-01-31', 'PG', None, (RatingRecord('imdb', 7.1),),
                  (('imdb', 'tt' + key), ('plex', key)), (), (), (), (), (), (), (), ())._replace(**more)


def movie(key: str = '7', title: str = 'A film', watch: WatchState = UNWATCHED, kodi_id: int = 0, file_id: int = 0,
          set_name: str = '', **more: Any) -> MovieRecord:
    file = FileRecord(item_url.movies_path(MID), item_url.movie_url(MID, key), '2020-01-01 10:00:00', 5400, STREAMS,
                      watch)
    return MovieRecord(kodi_id, file_id, shared(title, key, **more), file, '', 2001, set_name, '')


def show(key: str = '3', title: str = 'A show', kodi_id: int = 0, **more: Any) -> ShowRecord:
    address = ItemAddress(item_url.shows_path(MID), item_url.show_path(MID, key), '')
    return ShowRecord(kodi_id, shared(title, key, **more), address, '2020-01-01 10:00:00', 2700, '', '')


def season(show_id: int, number: int = 1, kodi_id: int = 0, name: str = '', **more: Any) -> SeasonRecord:
    return SeasonRecord(kodi_id, show_id, number, name, None, more.get('art', ()))


def episode(show_id: int, key: str = '31', number: int = 1, season_number: int = 1, show_key: str = '3',
            kodi_id: int = 0, file_id: int = 0, watch: WatchState = UNWATCHED, **more: Any) -> EpisodeRecord:
    file = FileRecord(item_url.show_path(MID, show_key), item_url.episode_url(MID, show_key, key),
                      '2020-01-02 10:00:00', 2700, STREAMS, watch)
    return EpisodeRecord(kodi_id, file_id, show_id, shared('Episode ' + key, key, **more), file, season_number, number)


def person(name: str, role: str = '', thumb: str = '') -> PersonRecord:
    return name, role, thumb


def empty_library(folder: Path, version: int = 121) -> str:
    """A new database of Kodi's; returns its path."""
    return kodischema.create(str(folder), version)


class DbEnvironment:
    """Kodi's database with one connection of ours; ``rows`` looks through another one, as Kodi would."""

    def __init__(self, folder: Path, version: int = 121) -> None:
        self.path = empty_library(folder, version)
        self.open()

    def open(self) -> None:
        """A new sync: nothing is remembered."""
        self.database = VideoDatabase(self.path)
        self.writer = LibraryWriter(self.database)

    def reopen(self) -> None:
        self.database.close()
        self.open()

    def items(self, media_type: str) -> ItemWriter[Any]:
        return WRITERS[media_type](self.writer.shared)

    def movies(self, *records: MovieRecord) -> List[Tuple[int, int]]:
        with self.writer.transaction():
            return [(row.kodi_id, row.file_id) for row in self.items('movie').write(records)]

    def write(self, media_type: str, *records: Any) -> List[int]:
        with self.writer.transaction():
            return [row.kodi_id for row in self.items(media_type).write(records)]

    def remove(self, media_type: str, kodi_ids: Sequence[int]) -> None:
        with self.writer.transaction():
            self.writer.remove(self.items(media_type), kodi_ids)

    def rows(self, sql: str, *parameters: Any) -> List[Any]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def execute(self, sql: str, *parameters: Any) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.executescript(sql) if not parameters else connection.execute(sql, parameters)
            connection.commit()

    def names(self, table: str, media_id: int, media_type: str = 'movie') -> List[str]:
        return [row[0] for row in self.rows(
            'SELECT n.name FROM %s_link l LEFT JOIN %s n ON n.%s_id = l.%s_id WHERE l.media_type = ? AND '
            'l.media_id = ? ORDER BY n.name' % ((table,) * 4), media_type, media_id)]

    def art(self, media_id: int, media_type: str = 'movie') -> Dict[str, str]:
        return dict(self.rows('SELECT type, url FROM art WHERE media_type = ? AND media_id = ?', media_type, media_id))


@pytest.fixture
def env(tmp_path: Path) -> Iterator[DbEnvironment]:
    made = DbEnvironment(tmp_path)
    yield made
    made.database.close()
