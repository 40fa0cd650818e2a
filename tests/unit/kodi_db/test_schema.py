"""Which Kodi databases are written: those whose tables hold what we write, whatever their number."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterable, Set

import pytest

from resources.lib.kodi_db import location, schema
from resources.lib.kodi_db.database import VideoDatabase
from resources.lib.kodi_db.errors import DatabaseMissing, SchemaUnknown
from resources.lib.kodi_db.records import WatchState
from resources.lib.sql.sqlite import SqliteConnection
from resources.lib.sql.statements import Statements
from tests.unit.kodi_db.conftest import DbEnvironment, empty_library, episode, movie, person, season, show
from tools import kodischema


def profile_of(connection: sqlite3.Connection) -> schema.Profile:
    return schema.profile(Statements(SqliteConnection(connection)))


def changed(folder: Path, *statements: str, version: int = 121) -> sqlite3.Connection:
    connection = sqlite3.connect(empty_library(folder, version))
    connection.execute('PRAGMA synchronous = OFF')
    connection.execute('PRAGMA journal_mode = MEMORY')
    connection.execute('PRAGMA legacy_alter_table = ON')
    for statement in statements:
        connection.execute(statement)
    return connection


@pytest.mark.parametrize(('version', 'hdr', 'versions'), [(119, False, False), (121, True, False), (131, True, True)])
def test_the_databases_of_kodi_19_20_and_21(tmp_path: Path, version: int, hdr: bool, versions: bool) -> None:
    with closing(changed(tmp_path, version=version)) as connection:
        found = profile_of(connection)
    assert found == schema.Profile(version, hdr, versions, 0)


def test_a_newer_kodi_with_all_that_we_write_works_at_once(tmp_path: Path) -> None:
    with closing(changed(tmp_path, 'UPDATE version SET idVersion = 140', 'ALTER TABLE movie ADD COLUMN c99 text',
                         'CREATE TABLE brandnew (id integer)', version=131)) as connection:
        assert profile_of(connection) == schema.Profile(140, True, True, 1)


@pytest.mark.parametrize('table', ['movie', 'tvshow', 'seasons', 'episode', 'files', 'path', 'bookmark', 'sets', 'art',
                                   'rating', 'uniqueid', 'actor', 'actor_link', 'genre', 'genre_link', 'tag',
                                   'tag_link', 'studio_link', 'country_link', 'director_link', 'writer_link',
                                   'streamdetails', 'tvshowlinkpath'])
def test_a_kodi_that_moved_a_table_away_is_refused_before_anything_is_written(tmp_path: Path, table: str) -> None:
    with closing(changed(tmp_path, 'ALTER TABLE %s RENAME TO moved' % table)) as connection:
        with pytest.raises(SchemaUnknown) as caught:
            profile_of(connection)
        assert table in str(caught.value) and '121' in str(caught.value)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dict[str, Set[str]]:
    """Every column that the writers name, by table."""
    found: Dict[str, Set[str]] = {}
    insert, insert_missing = SqliteConnection.insert, SqliteConnection.insert_missing
    insert_row, update_rows = Statements.insert_row, Statements.update_rows

    def note(table: str, columns: Iterable[str]) -> None:
        found.setdefault(table, set()).update(columns)

    def inserted(self: Any, table: str, columns: Any, rows: Any) -> None:
        note(table, columns)
        insert(self, table, columns, rows)

    def inserted_missing(self: Any, table: str, columns: Any, rows: Any) -> None:
        note(table, columns)
        insert_missing(self, table, columns, rows)

    def inserted_row(self: Any, table: str, row: Any) -> int:
        note(table, row)
        return insert_row(self, table, row)

    def updated(self: Any, table: str, key: str, rows: Any) -> None:
        note(table, rows[0] if rows else ())
        update_rows(self, table, key, rows)
    with monkeypatch.context() as patch:
        patch.setattr(SqliteConnection, 'insert', inserted)
        patch.setattr(SqliteConnection, 'insert_missing', inserted_missing)
        patch.setattr(Statements, 'insert_row', inserted_row)
        patch.setattr(Statements, 'update_rows', updated)
        folder = tmp_path / 'written'
        folder.mkdir()
        env = DbEnvironment(folder)
        everything: Any = {
            'genres': ('A',), 'countries': ('B',), 'studios': ('C',), 'tags': ('D',), 'cast': (person('E', 'F', 'G'),),
            'directors': (person('H'),), 'writers': (person('I'),), 'art': (('poster', 'J'),)}
        watched = WatchState(1, '2024-05-01 20:15:00', 61.5, 5400.0)
        for _ in range(2):
            env.movies(movie(set_name='Saga', watch=watched, **everything))
            show_id, = env.write('tvshow', show(**everything))
            env.write('season', season(show_id))
            env.write('episode', episode(show_id, **everything))
        env.database.close()
    return found


def test_a_kodi_that_dropped_any_column_that_we_write_is_refused(tmp_path: Path, written: Dict[str, Set[str]]) -> None:
    """Else the first batch fails at "no such column", every time, with no word to the user."""
    assert {'movie', 'tvshow', 'seasons', 'episode', 'files', 'bookmark', 'art', 'actor_link', 'sets'} <= set(written)
    assert {'c00', 'c05', 'c09', 'c22', 'idSet', 'premiered'} <= written['movie']
    accepted = []
    with closing(changed(tmp_path)) as real:
        tables = {row[0]: [column[1] for column in real.execute('PRAGMA table_info(%s)' % row[0])]
                  for row in real.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    with closing(sqlite3.connect(':memory:', isolation_level=None)) as connection:
        for name, columns in tables.items():
            connection.execute('CREATE TABLE %s (%s)' % (name, ', '.join(columns)))
        connection.execute('INSERT INTO version (idVersion) VALUES (135)')
        assert profile_of(connection).version == 135
        for table, column in [(table, column) for table, columns in written.items() for column in columns]:
            connection.execute('BEGIN')
            connection.execute('DROP TABLE ' + table)
            connection.execute('CREATE TABLE %s (%s)' % (table, ', '.join(c for c in tables[table] if c != column)))
            try:
                profile_of(connection)
                accepted.append((table, column))
            except SchemaUnknown:
                pass
            connection.execute('ROLLBACK')
    assert [one for one in accepted if one != ('streamdetails', 'strHdrType')] == []


def test_a_video_version_table_of_an_unknown_shape_is_refused(tmp_path: Path) -> None:
    statement = 'ALTER TABLE videoversion RENAME COLUMN idType TO kind'
    with closing(changed(tmp_path, statement, version=131)) as connection, pytest.raises(SchemaUnknown):
        profile_of(connection)


def test_a_library_that_kodi_has_not_converted_to_the_end_is_left_alone(tmp_path: Path) -> None:
    old = Path(empty_library(tmp_path, 121))
    copied = old.with_name('MyVideos131.db')
    copied.write_bytes(old.read_bytes())
    with pytest.raises(SchemaUnknown, match='not converted'):
        VideoDatabase(str(copied))
    assert copied.read_bytes() == old.read_bytes()


def test_a_file_that_is_no_kodi_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(str(tmp_path / 'MyVideos121.db'))) as connection, pytest.raises(SchemaUnknown):
        profile_of(connection)


def test_the_database_is_the_one_of_the_running_kodi(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        location.newest(str(tmp_path))
    for name in ('MyVideos119.db', 'MyVideos121.db', 'MyVideos99.db', 'MyVideos121.db.bak', 'MyVideosX.db',
                 'MyMusic200.db'):
        (tmp_path / name).touch()
    assert location.newest(str(tmp_path)) == str(tmp_path / 'MyVideos121.db')
    assert location.newest(str(tmp_path), 119) == str(tmp_path / 'MyVideos119.db')
    with pytest.raises(DatabaseMissing):
        location.newest(str(tmp_path), 131)


def test_a_folder_with_brackets_in_its_name_is_found(tmp_path: Path) -> None:
    folder = tmp_path / 'Kodi [living] room*'
    folder.mkdir()
    (folder / 'MyVideos121.db').touch()
    assert location.newest(str(folder)).endswith('MyVideos121.db')


@pytest.mark.parametrize(('version', 'hdr'), [(119, None), (121, 'hdr10')])
def test_hdr_is_stored_where_kodi_has_a_place_for_it(tmp_path: Path, version: int, hdr: Any) -> None:
    env = DbEnvironment(tmp_path, version)
    env.movies(movie())
    columns = [row[1] for row in env.rows('PRAGMA table_info(streamdetails)')]
    stored = dict(zip(columns, env.rows('SELECT * FROM streamdetails WHERE iStreamType = 0')[0]))
    assert stored.get('strHdrType') == hdr and stored['iVideoWidth'] == 1920
    env.database.close()


def test_a_movie_shows_in_kodi_21_because_it_has_a_version_row(tmp_path: Path) -> None:
    env = DbEnvironment(tmp_path, 131)
    (kodi_id, file_id), = env.movies(movie())
    env.movies(movie(title='Changed', kodi_id=kodi_id, file_id=file_id))
    assert env.rows('SELECT idFile, idMedia, media_type, itemType, idType FROM videoversion') == [
        (file_id, kodi_id, 'movie', 0, 40400)]
    assert env.rows('SELECT c00 FROM movie_view') == [('Changed',)]
    env.remove('movie', [kodi_id])
    assert env.rows('SELECT * FROM videoversion') == [] == env.rows('SELECT * FROM movie_view')
    env.database.close()


def test_a_kodi_that_wants_a_value_that_we_do_not_know_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(kodischema.create(str(tmp_path), 131))
    try:
        connection.executescript('DROP TABLE sets; CREATE TABLE sets (idSet integer primary key, strSet text, '
                                 'strOverview text, strKind text NOT NULL)')
        with pytest.raises(SchemaUnknown, match='sets wants strKind'):
            profile_of(connection)
    finally:
        connection.close()
