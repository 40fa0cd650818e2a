"""Kodi's windows hear of a change without the scans after which Kodi rewrites its whole database."""
from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib.service.library import announcer
from resources.lib.service.library.announcer import LibraryAnnouncer
from tests.fakes import FakeKodi
from tests.support.shared import FakeClock, make_shared
from tests.unit.kodi_db.conftest import DbEnvironment, WatchState, episode, movie, season, show

MOVIES, SHOWS, VIDEOS = 'Library.HasContent(movies)', 'Library.HasContent(tvshows)', 'Window.IsActive(videos)'


class Home:
    """A Kodi with a library, and what it was asked to do."""

    def __init__(self, kodi: FakeKodi, folder: Path) -> None:
        self.kodi = kodi
        self.bench = DbEnvironment(folder)
        self.clock = FakeClock()
        self.announcer = LibraryAnnouncer(make_shared(clock=self.clock))
        for kind, table in (('Movie', 'movie'), ('Episode', 'episode')):
            kodi.rpc['VideoLibrary.Set%sDetails' % kind] = lambda params, table=table: self._set(table, params)

    def _set(self, table: str, params: Dict[str, Any]) -> str:
        self.bench.execute('UPDATE files SET lastPlayed = ? WHERE idFile = (SELECT idFile FROM %s WHERE id%s = ?)' % (
            table, table.title()), params['lastplayed'], params[table + 'id'])
        return 'OK'

    def shows_films_when_told(self) -> None:
        """Kodi knows that there are films as soon as it was told of a change."""
        def scanned(_params: Dict[str, Any]) -> str:
            self.kodi.conditions.add(MOVIES)
            return 'OK'
        self.kodi.rpc['VideoLibrary.Scan'] = scanned

    def played(self) -> List[Any]:
        return [row[0] for row in self.bench.rows('SELECT lastPlayed FROM files ORDER BY idFile')]

    def asked(self) -> List[str]:
        return [method for method, _params in self.kodi.rpc_calls]


@pytest.fixture
def home(fake_kodi: FakeKodi) -> Iterator[Home]:
    folder = fake_kodi.profile / 'Database'
    folder.mkdir(parents=True, exist_ok=True)
    made = Home(fake_kodi, folder)
    yield made
    made.announcer.stop()
    made.bench.database.close()


@pytest.mark.parametrize('before', ['2026-01-02 03:04:05', '2026-01-02 03:04:00', '2026-01-02 03:04:59', None])
def test_a_change_is_announced_by_a_trifle_that_leaves_no_trace(home: Home, before: Any) -> None:
    home.bench.movies(movie(watch=WatchState(1 if before else None, before, 0.0, 0.0)))
    home.kodi.conditions.add(MOVIES)
    home.announcer.before_sync()
    home.announcer.changed(at_once=False)
    assert home.asked() == ['VideoLibrary.SetMovieDetails']
    assert home.kodi.rpc_calls[0][1]['lastplayed'] != before, 'or Kodi would see nothing to announce'
    assert home.played() == [before]


def test_a_home_screen_that_knew_of_the_first_films_before_the_sync_ended_is_reloaded_once(home: Home) -> None:
    home.kodi.conditions.add('Window.IsActive(home)')
    home.announcer.before_sync()
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)
    home.announcer.changed(at_once=True)
    assert home.asked() == ['VideoLibrary.SetMovieDetails']
    assert home.kodi.builtins == ['ReloadSkin()']
    home.announcer.changed(at_once=True)
    assert home.kodi.builtins == ['ReloadSkin()']


def test_a_library_of_episodes_alone_is_announced_too(home: Home) -> None:
    show_id, = home.bench.write('tvshow', show())
    home.bench.write('season', season(show_id))
    home.bench.write('episode', episode(show_id))
    home.kodi.conditions.add(SHOWS)
    home.announcer.changed(at_once=True)
    assert home.asked() == ['VideoLibrary.SetEpisodeDetails']


def test_what_somebody_else_wrote_meanwhile_stays(home: Home) -> None:
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)

    def played(_params: Dict[str, Any]) -> str:
        home.bench.execute("UPDATE files SET lastPlayed = '2026-05-05 05:05:05', playCount = 1")
        return 'OK'
    home.kodi.rpc['VideoLibrary.SetMovieDetails'] = played
    home.announcer.changed(at_once=True)
    assert home.played() == ['2026-05-05 05:05:05']


@pytest.mark.parametrize('known', [(), (MOVIES, SHOWS)], ids=['the first films', 'the last shows went'])
def test_what_kinds_of_items_there_are_is_told_by_a_scan(home: Home, known: Any) -> None:
    home.bench.movies(movie())
    home.kodi.conditions.update(known)
    home.announcer.changed(at_once=True)
    assert home.asked() == ['VideoLibrary.Scan']


def test_a_kodi_that_refuses_is_asked_to_scan(home: Home) -> None:
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)
    del home.kodi.rpc['VideoLibrary.SetMovieDetails']
    home.announcer.changed(at_once=True)
    assert home.asked() == ['VideoLibrary.SetMovieDetails', 'VideoLibrary.Scan']


@pytest.mark.parametrize(('path', 'again'), [
    ('videodb://movies/titles/', True), ('library://video/movies/titles.xml/', True),
    ('plugin://plugin.video.other/', False), ('sources://video/', False)])
def test_a_list_of_the_library_that_is_open_is_read_anew(home: Home, path: str, again: bool) -> None:
    home.bench.movies(movie())
    home.kodi.conditions |= {MOVIES, VIDEOS}
    home.kodi.info_labels['Container.FolderPath'] = path
    home.announcer.changed(at_once=True)
    assert home.kodi.builtins == (['Container.Refresh'] if again else [])


def test_many_changes_in_a_short_time_are_two_announcements(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcer, '_SECOND', 0.2)
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)
    for _ in range(500):
        home.announcer.changed(at_once=False)
    FakeKodi.wait_for(lambda: len(home.asked()) == 2)
    assert set(home.asked()) == {'VideoLibrary.SetMovieDetails'}


def test_the_service_does_not_end_in_the_middle_of_a_late_announcement(
        home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcer, '_SECOND', 0.01)
    monkeypatch.setattr(announcer, '_END_SECONDS', 20.0)
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)
    home.announcer.changed(at_once=False)
    stopping, write = threading.Event(), home.kodi.rpc['VideoLibrary.SetMovieDetails']

    def slow(params: Any) -> Any:
        assert stopping.wait(20.0)
        return write(params)
    home.kodi.rpc['VideoLibrary.SetMovieDetails'] = slow
    home.announcer.changed(at_once=False)
    FakeKodi.wait_for(lambda: len(home.asked()) == 2)
    stopping.set()
    home.announcer.stop()
    assert not home.announcer._timer.is_alive()


def test_the_second_change_of_a_user_waits_a_second_and_the_further_ones_three(
        home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: List[float] = []

    class Timer:
        """Says how long it would wait."""

        def __init__(self, seconds: float, call: Any) -> None:
            self.seconds, self.call = seconds, call

        def start(self) -> None:
            waits.append(self.seconds)

        def cancel(self) -> None:
            pass

        def is_alive(self) -> bool:
            return False
    monkeypatch.setattr(announcer.threading, 'Timer', Timer)
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)

    def change() -> None:
        before = len(waits)
        home.announcer.changed(at_once=False)
        for seconds in waits[before:]:
            home.clock.now += seconds
            home.announcer._announce()
    for _ in range(4):
        change()
    assert waits == pytest.approx([1.0, 3.0, 3.0])
    home.clock.now += 60
    change()
    change()
    assert waits[3:] == pytest.approx([1.0])


def test_the_first_part_of_a_long_sync_is_announced_by_the_thread_that_writes(home: Home) -> None:
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)
    with home.announcer._shared.databases.writing:  # held by the sync
        home.announcer.home_ready()
    assert home.asked() == ['VideoLibrary.SetMovieDetails']


def test_the_first_content_is_announced_while_the_sync_goes_on_and_not_once_more_at_its_end(home: Home) -> None:
    home.announcer.before_sync()
    home.bench.movies(movie())
    home.kodi.conditions.add('Window.IsActive(home)')
    home.shows_films_when_told()
    with home.announcer._shared.databases.writing:
        home.announcer.home_ready()
    home.announcer.changed(at_once=True)
    assert home.asked() == ['VideoLibrary.Scan', 'VideoLibrary.SetMovieDetails']
    assert home.kodi.builtins == ['ReloadSkin()']


@pytest.mark.parametrize('left_early', [True, False], ids=['before the end of the sync', 'after it'])
def test_the_home_screen_is_loaded_anew_when_the_guide_is_left(home: Home, left_early: bool) -> None:
    guide = home.announcer._shared.guide
    guide.active = True
    home.announcer.before_sync()
    home.bench.movies(movie())
    home.kodi.conditions.add('Window.IsActive(home)')
    home.shows_films_when_told()
    home.announcer.home_ready()
    FakeKodi.wait_for(lambda: MOVIES in home.kodi.conditions)

    def leave() -> None:
        guide.active = False
        home.announcer.guide_ended()
        FakeKodi.wait_for(lambda: home.kodi.builtins == ['ReloadSkin()'])
    if left_early:
        leave()
    home.announcer.before_sync()  # of a second sync
    home.announcer.changed(at_once=True)
    if not left_early:
        assert home.kodi.builtins == [], 'it would close the guide'
        leave()
    assert home.kodi.builtins == ['ReloadSkin()']


def test_a_first_part_that_cannot_be_announced_does_not_end_the_sync(home: Home) -> None:
    home.bench.movies(movie())
    home.kodi.conditions.add(MOVIES)
    del home.kodi.rpc['VideoLibrary.SetMovieDetails']
    home.announcer.home_ready()
    assert home.asked() == ['VideoLibrary.SetMovieDetails']
