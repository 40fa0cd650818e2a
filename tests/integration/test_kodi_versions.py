"""Kodi is updated, or goes back to the version before: its library is in another file then. Or Kodi loses items."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sync_environment import SyncEnvironment, dump
from tools import kodischema
from tools.plexsim import Library


def test_after_the_way_back_to_an_older_kodi_its_library_shows_what_plex_has_now(tmp_path: Path) -> None:
    env = SyncEnvironment(tmp_path, Library.generate(seed=3, movies=20, shows=2, seasons=2, episodes=3), 119)
    try:
        env.sync()
        old = env.video_db
        movies = [item.rating_key for item in env.library.items('movie')]
        env.video_db = kodischema.create(str(tmp_path), 121)
        assert env.sync().added
        env.library.update(movies[0], title='Another title')
        env.library.scrobble(movies[1])
        env.library.delete(movies[2])
        env.library.add_movie('New one')
        assert env.sync().complete
        wanted = dump(env.video_db)
        env.video_db = old
        report = env.sync()
        assert report.complete and not report.skipped
        assert dump(old) == wanted
        assert not env.sync().wrote
    finally:
        env.close()


@pytest.mark.parametrize('by', ['update', 'cleaning'])
def test_a_date_that_was_kept_survives(tmp_path: Path, by: str) -> None:
    env = SyncEnvironment(tmp_path, Library.generate(seed=3, movies=3, shows=0), 119)
    try:
        env.sync()
        movie = next(iter(env.library.items('movie')))
        env.library.move(movie.rating_key)
        env.sync()
        before = dump(env.video_db)['movie']
        if by == 'update':
            env.video_db = kodischema.create(str(tmp_path), 121)
        else:
            env.execute('DELETE FROM movie')
            env.execute('DELETE FROM files')
        env.sync()
        assert dump(env.video_db)['movie'] == before
    finally:
        env.close()
