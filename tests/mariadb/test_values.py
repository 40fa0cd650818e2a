"""What a server takes, changes or refuses of names and titles, and whom it lets in."""
from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pymysql
import pytest

from resources.lib import state_db
from resources.lib.kodi_db.database import VideoDatabase
from resources.lib.library_sync import request_pace
from resources.lib.service.error_texts import text_name
from resources.lib.sql import engines, mariadb_sign_in
from resources.lib.sql.errors import DatabaseError, UnfitValue
from resources.lib.sql.location import Server, ServerDatabase
from resources.lib.sql.mariadb import MariaDbConnection
from tests.support.shared_library import SharedLibraryEnvironment
from tools import kodischema
from tools.mariadb import PASSWORD, MariaDbServer
from tools.plexsim import Library

SMILE = '\U0001f600'


def roles(*names: str) -> List[Any]:
    return [{'tag': name, 'role': 'Self'} for name in names]


def test_names_that_the_server_takes_for_one(env: SharedLibraryEnvironment) -> None:
    movies = list(env.library.items('movie'))
    env.library.update(movies[0].rating_key, Role=roles('Ren\u00e9e Noir', 'RENEE NOIR', 'Renee Noir '),
                       Genre=[{'tag': 'Caf\u00e9'}, {'tag': 'cafe'}])
    env.library.update(movies[1].rating_key, Role=roles('renee noir', 'x' * 300, 'x' * 255, SMILE),
                       Director=[{'tag': 'Ren\u00e8e Noir'}])
    assert env.sync().complete
    assert len(env.rows("SELECT 1 FROM actor WHERE name LIKE 'ren_e noir%%'")) == 1
    cast = env.rows('SELECT a.name FROM actor_link l JOIN actor a ON a.actor_id = l.actor_id '
                    "JOIN uniqueid u ON u.media_id = l.media_id AND u.media_type = 'movie' AND u.type = 'plex' "
                    "WHERE l.media_type = 'movie' AND u.value = %s", movies[1].rating_key)
    assert len(cast) == 3
    before = env.content()
    assert env.sync(mode='sweep').complete
    assert env.content() == before


@pytest.mark.parametrize('title', ['x' * 50_000, '\u00e4' * 50_000, SMILE * 20_000, 'a\0b', "it's \\ \"q\" %s ? %%",
                                   SMILE + ' film', 'line\nbreak\r\x1a'])
def test_odd_titles(env: SharedLibraryEnvironment, title: str) -> None:
    movie = next(iter(env.library.items('movie')))
    env.library.update(movie.rating_key, title=title, summary=title, Role=[{'tag': title, 'role': title}],
                       Collection=[{'tag': title}])
    assert env.sync().complete
    assert env.rows('SELECT count(*) FROM movie') == [(60,)]
    (found,), = env.rows("SELECT c01 FROM movie m JOIN uniqueid u ON u.media_id = m.idMovie AND u.media_type = 'movie' "
                         "AND u.type = 'plex' WHERE u.value = %s", movie.rating_key)
    if len(title.encode('utf-8')) < 60_000 and SMILE not in title:
        assert found.strip() == title.replace('\0', '').strip() or found == title
    before = env.content()
    assert env.sync(mode='sweep').complete
    assert env.content() == before


def test_what_is_no_value(env: SharedLibraryEnvironment) -> None:
    with VideoDatabase(env.video_db) as database:
        for value in (float('nan'), float('inf'), '\ud800', b'x', object()):
            with pytest.raises(UnfitValue):
                database.insert_row('genre', {'name': value})
        assert database.rows('SELECT ?, ?, ?, ?, ?', (True, None, 1.5, 10 ** 15, "';--")) == [
            (1, None, 1.5, 10 ** 15, "';--")]


def test_round_trips_of_a_first_sync(env: SharedLibraryEnvironment, tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs what the network takes: a statement for each row would be thousands."""
    monkeypatch.setattr(MariaDbConnection, 'hold', 60.0)  # a busy test machine must not look like a slow network
    monkeypatch.setattr(request_pace, '_LONGEST', 60.0)
    sent: List[bytes] = []
    execute = pymysql.connections.Connection._execute_command

    def counted(self: Any, command: int, sql: Any) -> Any:
        sent.append(sql if isinstance(sql, bytes) else str(sql).encode())
        return execute(self, command, sql)
    monkeypatch.setattr(pymysql.connections.Connection, '_execute_command', counted)
    assert env.sync(workers=0).complete
    assert len(sent) < 300
    more = Library.generate(seed=8, movies=400, shows=3, seasons=2, episodes=4, collections=3)
    larger = SharedLibraryEnvironment(tmp_path, more, env.server, 131)
    sent.clear()
    try:
        assert larger.sync(workers=0).complete
    finally:
        larger.close()
    assert len(sent) < 300 + (400 - 60) // 3, 'more than one for three films'


# ---- who is let in -------------------------------------------------------------------------------------------------


def failure(env: SharedLibraryEnvironment, server: Server) -> str:
    """The name of the text that a sync shows that signs in like that. No message holds a secret or an address."""
    env.video_db = ServerDatabase(server, env.name, 'MyVideos')
    env.state_db = state_db.beside(env.state_db.box, env.video_db)
    report = env.sync()
    assert report.failure is not None
    assert PASSWORD not in report.error and '127.0.0.1' not in report.error and server.user not in report.error
    return text_name(report.failure)


def test_a_user_who_may_only_read(env: SharedLibraryEnvironment) -> None:
    env.sync()
    env.library.update(next(iter(env.library.items('movie'))).rating_key, title='Renamed')
    env.server.add_user('reader', 'pass', 'SELECT ON *.*')
    try:
        assert failure(env, Server('127.0.0.1', env.server.port, 'reader', 'pass')) == 'database_access_denied'
    finally:
        env.server.execute('DROP USER reader')


def test_a_user_of_kodis_library_only(env: SharedLibraryEnvironment) -> None:
    """As Kodi's manual limits them, our database is within what they may use."""
    env.server.add_user('limited', 'pass', 'ALL PRIVILEGES ON `MyVideos%`.*')
    try:
        login = Server('127.0.0.1', env.server.port, 'limited', 'pass')
        env.video_db = ServerDatabase(login, env.name, 'MyVideos')
        env.state_db = state_db.beside(env.state_db.box, env.video_db)
        assert env.sync().complete
    finally:
        env.server.execute('DROP USER limited')


def test_a_wrong_password(env: SharedLibraryEnvironment) -> None:
    assert failure(env, Server('127.0.0.1', env.server.port, 'kodi', 'wrong')) == 'database_access_denied'


def test_nobody_answers(env: SharedLibraryEnvironment) -> None:
    assert failure(env, Server('127.0.0.1', 1, 'kodi', PASSWORD)) == 'database_server_away'
    assert failure(env, Server('no.such.host.invalid', 3306, 'kodi', PASSWORD)) == 'database_server_away'


def test_somebody_else_answers(env: SharedLibraryEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that waits for requests, and says nothing itself."""
    connect = pymysql.connect
    monkeypatch.setattr(mariadb_sign_in.pymysql, 'connect', lambda **options: connect(**dict(options, read_timeout=1)))
    port = int(env.sim.pms_url.rsplit(':', 1)[1])
    assert failure(env, Server('127.0.0.1', port, 'kodi', PASSWORD)) == 'database_server_away'


def test_kodi_has_made_no_library_yet(env: SharedLibraryEnvironment) -> None:
    env.name = 'MyVideos120'
    assert failure(env, env.server.location) == 'database_missing'


def test_a_character_set_without_all_letters(clean_server: MariaDbServer, env: SharedLibraryEnvironment) -> None:
    clean_server.execute('ALTER TABLE `%s`.movie CONVERT TO CHARACTER SET latin1' % env.name)
    assert failure(env, env.server.location) == 'database_charset'


@pytest.mark.parametrize('charset', ['utf8mb3', 'utf8mb4'])
def test_both_character_sets_that_kodi_has_used(clean_server: MariaDbServer, library: Library, env: Any,
                                               charset: str) -> None:
    env.server.execute('DROP DATABASE `%s`' % env.name)
    kodischema.create_on_server(clean_server, 121, charset)
    movie = next(iter(env.library.items('movie')))
    env.library.update(movie.rating_key, title='Ete \u00e9t\u00e9 ' + SMILE, Role=roles('Star ' + SMILE))
    assert env.sync().complete
    shown = SMILE if charset == 'utf8mb4' else '\ufffd'
    assert env.rows('SELECT count(*) FROM actor WHERE name = %s', 'Star ' + shown) == [(1,)]


def convert(env: SharedLibraryEnvironment, collation: str) -> None:
    """As docs/shared-library.md says."""
    env.rows('ALTER DATABASE `%s` CHARACTER SET utf8mb4 COLLATE %s' % (env.name, collation))
    for (table,) in env.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
                             "AND table_type = 'BASE TABLE'"):
        env.rows('ALTER TABLE `%s` CONVERT TO CHARACTER SET utf8mb4 COLLATE %s' % (table, collation))


@pytest.mark.parametrize('collation', ['utf8mb4_general_ci', 'utf8mb4_unicode_ci', 'utf8mb4_bin', 'utf8mb4_0900_ai_ci',
                                       'uca1400_ai_ci'])
def test_tables_that_were_converted_take_all_letters(env: SharedLibraryEnvironment, collation: str) -> None:
    if not env.rows('SHOW COLLATION LIKE %s', collation):
        collation = 'utf8mb4_general_ci'  # the others are of one of the two servers only
    movies = list(env.library.items('movie'))
    env.library.update(movies[0].rating_key, title='Film ' + SMILE, Role=roles(
        'Star ' + SMILE, 'Ren\u00e9e', 'RENEE', 'Renee ', 'Stra\u00dfe', 'Strasse', 'a\u200bb', 'ab'))
    if collation == 'utf8mb4_general_ci':
        report = env.sync()
        assert report.complete and report.replaced_texts == 2
    convert(env, collation)  # to others only without names: for them more names are the same
    assert env.sync().complete
    env.library.update(movies[0].rating_key, summary='New ' + SMILE)
    env.library.update(movies[1].rating_key, title='Another ' + SMILE, Role=roles('Star ' + SMILE, 'renee', 'STRASSE'))
    report = env.sync()
    assert report.complete and not report.replaced_texts and not report.skipped
    assert env.rows('SELECT count(*) FROM movie WHERE c00 IN (%s, %s)', 'Film ' + SMILE, 'Another ' + SMILE) == [(2,)]
    before = env.content()
    assert env.sync(mode='sweep').complete
    assert env.content() == before


def test_one_table_without_all_letters_is_enough(env: SharedLibraryEnvironment) -> None:
    env.rows('ALTER TABLE actor CONVERT TO CHARACTER SET latin1')
    assert failure(env, env.server.location) == 'database_charset'


def test_a_newer_version_has_been_here(env: SharedLibraryEnvironment) -> None:
    env.sync()
    env.rows('UPDATE `%s`.schema_version SET version = 99' % env.state_db.shared.name)
    assert failure(env, env.server.location) == 'database_newer'


def test_databases_are_found_by_their_number(env: SharedLibraryEnvironment) -> None:
    from resources.lib.kodi_db.location import newest_on_server
    env.server.execute('CREATE DATABASE MyVideos99')
    env.server.execute('CREATE DATABASE MyVideosOther200')
    assert newest_on_server(env.server.location, 'MyVideos').name == env.name
    with pytest.raises(DatabaseError):
        newest_on_server(env.server.location, 'Nothing')


def test_opening_is_not_a_matter_of_the_path(env: SharedLibraryEnvironment) -> None:
    assert engines.exists(env.video_db)
    assert engines.change_token(env.video_db) is None
