"""Kodi's library was made anew, with other ids, while our database is still the one of before."""
from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Tuple

from tests.support.kodi_import import import_library
from tests.support.sync_environment import SyncEnvironment, dump
from tools import kodischema
from tools.plexsim import Library


def make_anew(env: SyncEnvironment, own_films: int = 0) -> str:
    """Replace the library by an empty one with some films of the user's own; returns the path of the old one."""
    old = env.video_db + '.old'
    os.rename(env.video_db, old)
    kodischema.create(str(env.folder), 121)
    for number in range(1, own_films + 1):
        env.execute("INSERT INTO path (idPath, strPath) VALUES (?, ?)", number, '/films/%d/' % number)
        env.execute("INSERT INTO files (idFile, idPath, strFilename) VALUES (?, ?, 'own.mkv')", number, number)
        env.execute("INSERT INTO movie (idMovie, idFile, c00) VALUES (?, ?, ?)", number, number, 'Own %d' % number)
    return old


def import_into(env: SyncEnvironment, source: str) -> None:
    with closing(sqlite3.connect(env.video_db)) as connection:
        def run(sql: str, parameters: Tuple[Any, ...]) -> int:
            return int(connection.execute(sql, parameters).lastrowid or 0)
        import_library(source, run)
        connection.commit()


def environment(tmp_path: Path) -> SyncEnvironment:
    return SyncEnvironment(tmp_path, Library.generate(seed=7, movies=30, shows=3, seasons=2, episodes=4, collections=3))


def test_imported_by_kodi_all_items_are_what_they_are_in_plex(tmp_path: Path) -> None:
    env = environment(tmp_path)
    try:
        assert env.sync().complete
        wanted = dump(env.video_db)
        old = make_anew(env)
        import_into(env, old)
        assert env.sync().complete
        assert dump(env.video_db) == wanted
        assert not env.sync().wrote
    finally:
        env.close()


def test_films_of_the_users_own_that_have_the_ids_of_items_stay(tmp_path: Path) -> None:
    env = environment(tmp_path)
    try:
        assert env.sync().complete
        wanted = dump(env.video_db)
        old = make_anew(env, own_films=10)
        import_into(env, old)
        assert env.sync().complete
        found = dump(env.video_db)
        assert [row for row in found['movie'] if row[0] != 'own.mkv'] == wanted['movie']
        for name in set(wanted) - {'movie', 'paths', 'files'}:
            assert found[name] == wanted[name], name
        assert env.rows("SELECT idMovie, c00 FROM movie WHERE c00 LIKE 'Own%' ORDER BY 1") == [
            (number, 'Own %d' % number) for number in range(1, 11)]
        assert not env.sync().wrote
    finally:
        env.close()


def test_an_empty_library_is_filled_with_pictures_and_sets(tmp_path: Path) -> None:
    env = environment(tmp_path)
    try:
        assert env.sync().complete
        wanted = dump(env.video_db)
        make_anew(env)
        assert env.sync().complete
        assert dump(env.video_db) == wanted
    finally:
        env.close()


def test_a_row_that_was_given_to_another_item_is_given_back(tmp_path: Path) -> None:
    """As by a backup of one of the two databases."""
    env = environment(tmp_path)
    try:
        assert env.sync().complete
        wanted = dump(env.video_db)
        (first, second) = [row[0] for row in env.rows('SELECT idMovie FROM movie ORDER BY idMovie LIMIT 2')]
        with closing(sqlite3.connect(env.state_db)) as state:
            state.execute('UPDATE item SET kodi_id = -1 WHERE plex_type = ? AND kodi_id = ?', ('movie', first))
            for column in ('file_id', 'kodi_id'):
                other = env.rows('SELECT idFile FROM movie WHERE idMovie = ?', second)[0][0]
                mine = env.rows('SELECT idFile FROM movie WHERE idMovie = ?', first)[0][0]
                if column == 'file_id':
                    state.execute('UPDATE item SET file_id = ? WHERE plex_type = ? AND kodi_id = -1', (other, 'movie'))
                    state.execute('UPDATE item SET file_id = ? WHERE plex_type = ? AND kodi_id = ?',
                                  (mine, 'movie', second))
            state.execute('UPDATE item SET kodi_id = ? WHERE plex_type = ? AND kodi_id = ?', (first, 'movie', second))
            state.execute('UPDATE item SET kodi_id = ? WHERE plex_type = ? AND kodi_id = -1', (second, 'movie'))
            state.commit()
        for item in list(env.library.items('movie'))[:2]:
            env.library.scrobble(item.rating_key)
        assert env.sync().complete
        watched = {row[0] for row in env.rows('SELECT c00 FROM movie_view WHERE playCount > 0')}
        assert {item.title for item in list(env.library.items('movie'))[:2]} <= watched
        assert len(dump(env.video_db)['movie']) == len(wanted['movie'])
    finally:
        env.close()
