"""What changed by the server's stamps, and how little has to be asked to see it."""
from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from resources.lib.library_sync.options import CHECK, DELTA, SWEEP
from resources.lib.plex_kinds import PlexType
from tests.integration.changes.library import film_row, items_of, movies_of, only_delta, swept
from tests.support.sync_environment import SyncEnvironment, dump
from tests.support.waiting import CancelledWhen


def test_with_nothing_changed_a_delta_asks_little_and_writes_nothing(env: SyncEnvironment) -> None:
    before = env.fingerprint()
    report = only_delta(env)
    assert env.fingerprint() == before
    assert report.requests <= 20 and not report.wrote


def test_a_new_a_changed_and_a_watched_item_come_with_a_delta(env: SyncEnvironment) -> None:
    movies = movies_of(env)
    env.library.update(movies[0].rating_key, title='A new title')
    env.library.scrobble(movies[1].rating_key)
    env.library.set_progress(movies[2].rating_key, 300000)
    env.library.rate(movies[3].rating_key, 8)
    new = env.library.add_movie('Brand new')
    season = items_of(env, 'season')[0]
    episode = env.library.add_episode(season.rating_key, 99, 'Episode ninety-nine')
    report = only_delta(env)
    assert report.added == 2
    assert film_row(env, movies[0].rating_key)['title'] == 'A new title'
    assert film_row(env, movies[1].rating_key)['plays']
    assert film_row(env, movies[2].rating_key)['resume'] == 300
    assert film_row(env, movies[3].rating_key)['rating'] == 8
    assert film_row(env, new.rating_key)['title'] == 'Brand new'
    assert env.rows("SELECT c00 FROM episode_view WHERE strFilename LIKE '%id=' || ?", str(episode.rating_key)) == [
        ('Episode ninety-nine',)]
    assert not only_delta(env).wrote


def test_an_item_without_a_date_of_change_comes_with_a_delta(env: SyncEnvironment) -> None:
    new = env.library.add_movie('No stamp')
    env.library.update(new.rating_key, updatedAt=None)
    only_delta(env)
    assert film_row(env, new.rating_key)['title'] == 'No stamp'


def test_unwatching_leaves_no_stamp_and_is_seen_all_the_same(env: SyncEnvironment) -> None:
    key = movies_of(env)[5].rating_key
    env.library.scrobble(key)
    only_delta(env)
    env.library.unscrobble(key)
    env.sync(mode=DELTA)
    assert not film_row(env, key)['plays']


def test_a_resume_point_that_is_cleared_is_seen(env: SyncEnvironment) -> None:
    key = movies_of(env)[6].rating_key
    env.library.set_progress(key, 600000)
    only_delta(env)
    assert film_row(env, key)['resume'] == 600
    env.library.unscrobble(key)
    env.sync(mode=DELTA)
    assert not film_row(env, key)['resume']


def test_a_deleted_item_is_missed_by_its_number(env: SyncEnvironment) -> None:
    key = movies_of(env)[4].rating_key
    env.library.delete(key)
    report = env.sync(mode=DELTA)
    assert report.removed == 1
    assert not env.rows("SELECT 1 FROM movie_view WHERE strFilename LIKE '%id=' || ?", str(key))


def test_deleted_and_added_at_once_both_are_seen(env: SyncEnvironment) -> None:
    env.library.delete(movies_of(env)[4].rating_key)
    new = env.library.add_movie('In its place')
    report = env.sync(mode=DELTA)
    assert (report.added, report.removed) == (1, 1)
    assert film_row(env, new.rating_key)['title'] == 'In its place'


def test_a_date_in_the_future_does_not_hide_what_comes_after(env: SyncEnvironment) -> None:
    env.library.update(movies_of(env)[7].rating_key, addedAt=4000000000)
    env.sync(mode=SWEEP)
    env.library.update(movies_of(env)[8].rating_key, title='Changed later')
    env.sync(mode=DELTA)
    assert film_row(env, movies_of(env)[8].rating_key)['title'] == 'Changed later'


def test_the_clock_of_the_box_does_not_matter(env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    import time as real
    clock = types.SimpleNamespace(**vars(real))
    clock.time = lambda: 86400.0
    for name, module in list(sys.modules.items()):
        if name.startswith(('resources.lib.library_sync.', 'resources.lib.state_db')) and hasattr(module, 'time'):
            monkeypatch.setattr(module, 'time', clock)
    env.library.update(movies_of(env)[9].rating_key, title='Seen by the server clock')
    only_delta(env)
    assert film_row(env, movies_of(env)[9].rating_key)['title'] == 'Seen by the server clock'


@pytest.mark.parametrize('answer', ['everything', 'nothing'])
def test_a_server_that_does_not_understand_the_filter_is_swept(env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch,
                                                               answer: str) -> None:
    real = env.client.changed

    def changed(section_key: str, plex_type: PlexType, since: int, page_size: int = 1000) -> Any:
        return real(section_key, plex_type, 0 if answer == 'everything' else 4102444800, page_size)
    monkeypatch.setattr(env.client, 'changed', changed)
    key = movies_of(env)[3].rating_key
    env.library.update(key, title='Found by the sweep')
    env.sim.reset_stats()
    report = env.sync(mode=DELTA)
    assert report.complete and '1/1' in swept(env)
    assert film_row(env, key)['title'] == 'Found by the sweep'


def test_a_filter_in_the_wrong_form_would_return_everything(env: SyncEnvironment) -> None:
    """The trap itself: the simulated server has it too, or the tests above would prove nothing."""
    def total(query: str) -> int:
        path = '/library/sections/1/all?type=1&' + query
        found = env.client.container(path, {'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 0})
        return int(found['totalSize'])
    assert total('updatedAt%3E%3D=4000000000') == 60
    assert total('updatedAt%3E%3E=4000000000') == 0


def test_a_cancelled_delta_does_not_move_the_cursor(env: SyncEnvironment) -> None:
    for movie in movies_of(env)[:20]:
        env.library.update(movie.rating_key, tagline='Changed')
    calls = iter([False] * 4 + [True] * 1000)
    assert env.sync(mode=DELTA, workers=0, cancellation=CancelledWhen(lambda: next(calls))).cancelled
    env.sync(mode=DELTA)
    assert len(env.rows("SELECT 1 FROM movie WHERE c03 = 'Changed'")) == 20


def test_a_failed_listing_keeps_its_own_cursor_and_no_other(env: SyncEnvironment) -> None:
    """PlexKodiConnect 3 kept one time for a library: films arrived, the episodes that failed were lost for good."""
    show = items_of(env, 'show')[0]
    episode = items_of(env, 'episode')[0]
    env.library.update(show.rating_key, title='Show with a new title')
    env.library.update(episode.rating_key, title='Episode with a new title')
    env.sim.faults.add(r'type=4', 500, times=20)
    assert env.sync(mode=DELTA).error
    env.sim.faults.clear()
    assert not env.sync(mode=DELTA).error
    assert env.rows("SELECT 1 FROM episode WHERE c00 = 'Episode with a new title'")


def test_a_full_check_puts_right_what_somebody_else_wrote_into_our_rows(env: SyncEnvironment) -> None:
    before = dump(env.video_db)
    env.execute("UPDATE movie SET c00 = 'wrong', c11 = '1' WHERE idMovie IN (SELECT idMovie FROM movie LIMIT 5)")
    env.execute("DELETE FROM genre_link WHERE media_type = 'movie'")
    env.execute("DELETE FROM streamdetails")
    env.sync(mode=SWEEP)
    assert dump(env.video_db) != before
    report = env.sync(mode=CHECK)
    assert dump(env.video_db) == before
    assert report.rewritten and report.wrote, 'windows are to show it'


def test_a_full_check_calls_changed_what_the_server_changed(env: SyncEnvironment) -> None:
    film = next(iter(env.library.items('movie')))
    env.library.update(film.rating_key, title='Another title')
    report = env.sync(mode=CHECK)
    assert (report.added, report.changed, report.removed) == (0, 1, 0)
    assert report.total == report.rewritten + 1 > 20
