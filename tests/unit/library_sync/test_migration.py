"""Which rows of 3.x are recognised, how the server is asked about them, and what one batch does."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence

import pytest

from resources.lib.cancellation import Cancellation, Cancelled
from resources.lib.kodi_db import migration as pkc3_rows
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync import migration
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.kinds import VIDEO
from resources.lib.library_sync.options import DatabaseLocations, SyncServer
from resources.lib.state_db import EXPIRED
from tests.support.waiting import CancelledWhen
from tests.unit.kodi_db.conftest import empty_library

SERVER = SyncServer(1, 'machine', VIDEO)
MOVIES, SHOWS = pkc3_rows.PKC3_MOVIES, pkc3_rows.PKC3_SHOWS


class MigrationEnvironment:
    def __init__(self, folder: Path) -> None:
        self.databases = SyncDatabases(DatabaseLocations(empty_library(folder), str(folder / 'state.db')))
        self.database, self.state = self.databases.video, self.databases.state
        self.writer = LibraryWriter(self.database)
        self.asked: List[List[str]] = []

    def movie(self, name: str, path: str = MOVIES) -> int:
        row = self.database.one('SELECT idPath FROM path WHERE strPath = ?', (path,))
        path_id = row[0] if row else self.database.run('INSERT INTO path (strPath) VALUES (?)', (path,))
        file_id = self.database.run('INSERT INTO files (idPath, strFilename) VALUES (?, ?)', (path_id, name))
        return self.database.run('INSERT INTO movie (idFile) VALUES (?)', (file_id,))

    def migrate(self, types: Any = 'movie', **more: Any) -> migration.Migrated:
        def there(keys: Sequence[str]) -> Dict[str, str]:
            assert not self.database.connection.in_transaction, 'the network within a transaction'
            self.asked.append(list(keys))
            return dict.fromkeys(keys, types)
        return migration.migrate(self.writer, self.state, SERVER, there, more.get('cancellation', Cancellation()))


@pytest.fixture
def env(tmp_path: Path) -> Iterator[MigrationEnvironment]:
    made = MigrationEnvironment(tmp_path)
    yield made
    made.databases.close()


def _url(key: int, rest: str = '&filename=a.mkv') -> str:
    return '%s?mode=play&plex_id=%d&plex_type=movie%s' % (MOVIES, key, rest)


@pytest.mark.parametrize('rest', ['', '&filename=a.mkv', '&filename=A & B ?plex_id=9&plex_type=episode.mkv',
                                  '&filename=Ä %20#.mkv'])
def test_any_file_name_may_stand_at_the_end(env: MigrationEnvironment, rest: str) -> None:
    env.movie(_url(77, rest))
    assert [row.rating_key for row in pkc3_rows.read_rows(env.database, pkc3_rows.PKC3_ITEMS[0])] == ['77']


@pytest.mark.parametrize('name', [
    'a.mkv', MOVIES, MOVIES + '?plex_id=7&plex_type=movie', _url(7).replace('=movie', '=clip'),
    _url(7).replace('plex_id=7', 'plex_id=seven'), _url(7).replace('.movies', '.films'), ''])
def test_what_does_not_look_exactly_so_is_not_of_3x(env: MigrationEnvironment, name: str) -> None:
    env.movie(name)
    env.movie(_url(8), 'smb://films/')
    assert migration.count_items(env.database) == (0, 0, 0)


def test_the_server_is_asked_in_batches_outside_of_transactions(env: MigrationEnvironment) -> None:
    for key in range(1, 251):
        env.movie(_url(key))
    assert env.migrate().items[0] == 250
    assert [len(keys) for keys in env.asked] == [100, 100, 50]
    env.asked.clear()
    assert env.migrate().items[0] == 0 and env.asked == []


def test_taken_over_items_are_written_anew_by_the_next_sync(env: MigrationEnvironment) -> None:
    kodi_id = env.movie(_url(7))
    env.migrate()
    row = env.state.find(1, ['7'])['7']
    assert (row.plex_type, row.kodi_id, row.stamp) == ('movie', kodi_id, EXPIRED)


def test_it_stops_between_batches(env: MigrationEnvironment) -> None:
    for key in range(1, 251):
        env.movie(_url(key))
    with pytest.raises(Cancelled):
        env.migrate(cancellation=CancelledWhen(lambda: len(env.asked) > 1))
    assert migration.count_items(env.database)[0] == 50


def test_a_row_that_changed_while_the_server_was_asked_is_left_alone(env: MigrationEnvironment) -> None:
    """Kodi's "clean library" ran, and a local film got the number."""
    kodi_id = env.movie(_url(7))

    def there(keys: Sequence[str]) -> Dict[str, str]:
        env.database.run("UPDATE files SET strFilename = 'film.mkv'")
        return {'7': 'movie'}
    assert migration.migrate(env.writer, env.state, SERVER, there, Cancellation()).items[0] == 0
    assert env.database.rows('SELECT f.strFilename FROM movie m JOIN files f ON f.idFile = m.idFile '
                              'WHERE m.idMovie = ?', (kodi_id,)) == [('film.mkv',)]
    assert env.state.find(1, ['7']) == {}


def test_an_item_that_3x_had_twice_is_there_once(env: MigrationEnvironment) -> None:
    first, _ = env.movie(_url(7)), env.movie(_url(7, '&filename=other.mkv'))
    done = env.migrate()
    assert (done.items[0], done.duplicates) == (1, 1)
    assert env.database.rows('SELECT idMovie FROM movie') == [(first,)]


def test_the_rows_of_another_type_stay(env: MigrationEnvironment) -> None:
    env.movie(_url(7))
    assert env.migrate('episode').left_alone == 1
    assert migration.count_items(env.database)[0] == 1


def test_trailers_of_3x_go_and_others_stay(env: MigrationEnvironment) -> None:
    trailers = [MOVIES + '?plex_id=1&plex_type=clip&mode=play',
                'plugin://plugin.video.plexkodiconnect?mode=route_to_extras&plex_id=1',
                'plugin://plugin.video.youtube/play/?video_id=x', None]
    for key, trailer in enumerate(trailers):
        env.database.run('UPDATE movie SET c19 = ? WHERE idMovie = ?', (trailer, env.movie(_url(key + 1))))
    env.migrate()
    assert env.database.rows('SELECT c19 FROM movie ORDER BY idMovie') == [
        ('',), ('',), ('plugin://plugin.video.youtube/play/?video_id=x',), (None,)]
