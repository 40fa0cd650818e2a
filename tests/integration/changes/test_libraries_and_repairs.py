"""Libraries that are not wanted, not due, or of another server; one item that is written anew."""
from __future__ import annotations

import pytest

from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.kinds import MOVIE, SEASON, SHOW, Kind
from resources.lib.library_sync.options import DELTA, SWEEP, DatabaseLocations, Options
from resources.lib.library_sync.report import SyncReport
from tests.integration.changes.library import film_row, movies_of
from tests.support.sync_environment import SyncEnvironment, dump

# ---- libraries -----------------------------------------------------------------------------------------------------

def test_a_library_of_which_only_watch_states_are_wanted(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    movies = movies_of(env)
    env.library.update(movies[0].rating_key, title='Not wanted')
    env.library.scrobble(movies[1].rating_key)
    env.library.add_movie('Not wanted either')
    for mode in (SWEEP, DELTA):
        report = env.sync(mode=mode, watch_only=(section.uuid,))
        assert report.complete
        assert film_row(env, movies[1].rating_key)['plays']
        assert not env.rows("SELECT 1 FROM movie WHERE c00 LIKE 'Not wanted%'")
    env.sync()
    assert len(env.rows("SELECT 1 FROM movie WHERE c00 LIKE 'Not wanted%'")) == 2


def test_a_library_that_is_not_due_is_left_alone(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    key = movies_of(env)[0].rating_key
    env.library.update(key, title='Later')
    env.library.delete(movies_of(env)[1].rating_key)
    report = env.sync(not_due=(section.uuid,))
    assert not report.wrote and film_row(env, key)['title'] != 'Later'
    assert env.sync().wrote and film_row(env, key)['title'] == 'Later'


def test_another_server_at_the_same_address_changes_nothing(env: SyncEnvironment) -> None:
    before = env.fingerprint()
    machine = env.machine
    env.sim.config.machine_identifier = 'somebodyelse'
    report = LibrarySync(env.client, machine, DatabaseLocations(env.video_db, env.state_db), Options()).run()
    assert report.error and not report.complete
    assert env.fingerprint() == before


# ---- one item ------------------------------------------------------------------------------------------------------

def _repair(env: SyncEnvironment, kind: Kind, kodi_id: int) -> SyncReport:
    locations = DatabaseLocations(env.video_db, env.state_db)
    return LibrarySync(env.client, env.machine, locations, Options(local_port=57310)).repair(kind.name, kodi_id)


def test_one_film_is_written_anew(env: SyncEnvironment) -> None:
    before = dump(env.video_db)
    kodi_id = film_row(env, movies_of(env)[0].rating_key)['id']
    env.execute("UPDATE movie SET c00 = 'wrong' WHERE idMovie = ?", kodi_id)
    env.execute("DELETE FROM actor_link WHERE media_type = 'movie' AND media_id = ?", kodi_id)
    report = _repair(env, MOVIE, kodi_id)
    assert report.complete and report.changed == 1
    assert dump(env.video_db) == before


@pytest.mark.parametrize('kind', [SHOW, SEASON])
def test_a_show_or_a_season_is_written_anew_with_all_below(env: SyncEnvironment, kind: Kind) -> None:
    before = dump(env.video_db)
    show_id, season_id = env.rows('SELECT idShow, idSeason FROM seasons WHERE season = 1')[0]
    env.execute("UPDATE episode SET c00 = 'wrong' WHERE idSeason = ?", season_id)
    env.execute("UPDATE seasons SET name = 'wrong' WHERE idSeason = ?", season_id)
    assert _repair(env, kind, show_id if kind is SHOW else season_id).complete
    assert dump(env.video_db) == before


def test_a_row_that_is_not_ours_is_not_touched_by_a_repair(env: SyncEnvironment) -> None:
    env.execute("INSERT INTO movie (idMovie, c00) VALUES (9999, 'Mine')")
    assert _repair(env, MOVIE, 9999).skipped == {'not from Plex': 1}
    assert env.rows('SELECT c00 FROM movie WHERE idMovie = 9999') == [('Mine',)]
