"""Kodi is updated, or goes back to the version before: its library is in another file then. Or Kodi loses items."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rig import Rig, dump
from tools import kodischema
from tools.plexsim import Library


def test_after_the_way_back_to_an_older_kodi_its_library_shows_what_plex_has_now(tmp_path: Path) -> None:
    rig = Rig(tmp_path, Library.generate(seed=3, movies=20, shows=2, seasons=2, episodes=3), 119)
    try:
        rig.sync()
        old = rig.video_db
        movies = [item.rating_key for item in rig.library.items('movie')]
        rig.video_db = kodischema.create(str(tmp_path), 121)
        assert rig.sync().added
        rig.library.update(movies[0], title='Another title')
        rig.library.scrobble(movies[1])
        rig.library.delete(movies[2])
        rig.library.add_movie('New one')
        assert rig.sync().complete
        wanted = dump(rig.video_db)
        rig.video_db = old
        report = rig.sync()
        assert report.complete and not report.skipped
        assert dump(old) == wanted
        assert not rig.sync().wrote
    finally:
        rig.close()


@pytest.mark.parametrize('by', ['update', 'cleaning'])
def test_a_date_that_was_kept_survives(tmp_path: Path, by: str) -> None:
    rig = Rig(tmp_path, Library.generate(seed=3, movies=3, shows=0), 119)
    try:
        rig.sync()
        movie = next(iter(rig.library.items('movie')))
        rig.library.move(movie.rating_key)
        rig.sync()
        before = dump(rig.video_db)['movie']
        if by == 'update':
            rig.video_db = kodischema.create(str(tmp_path), 121)
        else:
            rig.execute('DELETE FROM movie')
            rig.execute('DELETE FROM files')
        rig.sync()
        assert dump(rig.video_db)['movie'] == before
    finally:
        rig.close()
