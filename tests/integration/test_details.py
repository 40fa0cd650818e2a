"""What lists beside the library, such as Continue Watching, take from it."""
from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest

from resources.lib.kodi_db import details, tables
from resources.lib.sql.statements import Statements
from tests.support.sync_environment import SyncEnvironment
from tools.plexsim import Library


@pytest.mark.parametrize('version', [119, 121, 131])
def test_a_list_can_tell_what_the_library_knows(tmp_path: Path, version: int) -> None:
    env = SyncEnvironment(tmp_path, Library.generate(seed=3, movies=3, shows=1), version)
    try:
        env.sync()
        rows = {str(key): kodi_id for kodi_id, key in env.rows(
            "SELECT media_id, value FROM uniqueid WHERE media_type = 'movie' AND type = 'plex'")}
        found = details.read(env.video_db, tables.MOVIE, [*rows.values(), 9999])
        assert sorted(found) == sorted(rows.values())
        for key, kodi_id in rows.items():
            raw, known = env.library.truth(key), found[kodi_id]
            assert known.info.get('genre', []) == [one['tag'] for one in raw.get('Genre', [])]
            assert known.info.get('director', []) == [one['tag'] for one in raw.get('Director', [])]
            everybody = list(dict.fromkeys((one['tag'], one.get('role', '')) for one in raw['Role']))
            assert [one[:2] for one in known.cast] == everybody
            assert {'plex', 'imdb'} <= set(known.unique_ids) and next(iter(known.unique_ids)) == 'imdb'
            assert known.streams['video'] and known.streams['video'][0]['width'] > 0
            assert {'poster', 'fanart'} <= set(known.art) and known.info['dateadded']
        episodes = [row[0] for row in env.rows('SELECT idEpisode FROM episode')]
        for one in details.read(env.video_db, tables.EPISODE, episodes).values():
            assert {'tvshow.poster', 'season.poster', 'tvshow.fanart'} <= set(one.art) and one.streams
        (show_id,), = env.rows('SELECT idShow FROM tvshow')
        raw = env.library.truth(next(env.library.items('show')).rating_key)
        known = details.read(env.video_db, tables.SHOW, [show_id])[show_id]
        assert known.info['genre'] == [one['tag'] for one in raw['Genre']] and known.streams == {}
        assert known.cast and 'poster' in known.art and 'plex' in known.unique_ids
        assert details.read(env.video_db, tables.MOVIE, []) == {}
    finally:
        env.close()


def test_many_items_are_read_with_the_queries_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = SyncEnvironment(tmp_path, Library.generate(seed=3, movies=100, shows=3))
    asked: List[str] = []
    real = Statements.rows_in

    def counted(statements: Statements, sql: str, *more: Any) -> Any:
        asked.append(sql)
        return real(statements, sql, *more)
    try:
        env.sync()
        monkeypatch.setattr(Statements, 'rows_in', counted)
        for table in (tables.MOVIE, tables.SHOW, tables.EPISODE):
            ids = [row[0] for row in env.rows('SELECT %s FROM %s' % (table.id_column, table.name))]
            numbers = []
            for some in (ids[:1], ids):
                asked.clear()
                assert len(details.read(env.video_db, table, some)) == len(some)
                numbers.append(len(asked))
            assert numbers[0] == numbers[1] <= 7
    finally:
        env.close()
