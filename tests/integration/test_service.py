"""The running service: whose watched marks go where, what becomes of an older library, and what each library gets."""
from __future__ import annotations

import dataclasses
import logging
import time
from typing import Any, Iterator, List, Tuple

import pytest

from resources.lib.cancellation import Cancelled
from resources.lib.kodi import settings
from resources.lib.kodi.texts import library as texts
from resources.lib.library_sync.report import Silent
from resources.lib.local_server.client import ServiceClient
from resources.lib.playback.session import PlaybackSession
from resources.lib.playback.state import ENDED, PLAYING, STOPPED, PlaybackState
from resources.lib.service.events import PlaybackEnded, PlaybackStarted, ServerChosen, SyncStarting
from resources.lib.service.library.requests import FULL_CHECK, START, USER
from resources.lib.service.playback.reporting import Reporting
from tests.fakes import FakeKodi
from tests.support import pkc3
from tests.support.service_environment import ServiceEnvironment
from tests.support.waiting import CancelledWhen
from tools.plexsim import Library

TITLES = ('Alpha', 'Beta', 'Gamma')
OLD_DATE = '2011-11-11 11:11:11'


@pytest.fixture
def installed(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch,
              caplog: pytest.LogCaptureFixture) -> Iterator[ServiceEnvironment]:
    """Nobody is signed in."""
    caplog.set_level(logging.INFO)
    library = Library.empty()
    for title in TITLES:
        library.add_movie(title)
    made = ServiceEnvironment(fake_kodi, library, monkeypatch)
    try:
        made.start_kodi()
        yield made
    finally:
        made.close()


@pytest.fixture
def env(installed: ServiceEnvironment) -> ServiceEnvironment:
    installed.sign_in()
    return installed


# ---- watched marks -------------------------------------------------------------------------------------------------

def _server_takes_no_marks(env: ServiceEnvironment) -> None:
    env.sim.faults.add('/:/(un)?scrobble', 503)


def test_a_mark_reaches_plex_and_stays_in_kodi(env: ServiceEnvironment) -> None:
    env.sync()
    env.mark('Alpha', True)
    env.kodi.wait_for(lambda: env.watched_in_plex() == ['Alpha'])
    for _ in range(3):
        assert env.sync()['error'] == ''
        assert env.shown_as_watched() == ['Alpha']
    assert len(env.told()) == 1


@pytest.mark.parametrize('thorough', [False, True], ids=['the film changed in Plex', 'full check'])
def test_a_mark_that_plex_does_not_know_yet_is_not_undone_by_a_sync(
        env: ServiceEnvironment, thorough: bool) -> None:
    env.sync_env.library.scrobble(env.rating_key('Beta'))
    env.sync()
    _server_takes_no_marks(env)
    env.mark('Alpha', True)
    env.mark('Beta', False)
    if not thorough:
        env.sync_env.library.set_progress(env.rating_key('Alpha'), 60_000)
        env.sync_env.library.rate(env.rating_key('Beta'), 8.0)
    env.after_sync(lambda: env.request(FULL_CHECK if thorough else USER))
    assert env.shown_as_watched() == ['Alpha'] and env.watched_in_plex() == ['Beta']
    env.sim.faults.clear()
    env.sync()
    assert env.watched_in_plex() == ['Alpha']
    env.sync()
    assert env.shown_as_watched() == ['Alpha']


def test_a_mark_outlives_kodis_end_and_is_counted_once(env: ServiceEnvironment) -> None:
    env.sync()
    _server_takes_no_marks(env)
    env.mark('Alpha', True)
    env.stop_kodi()
    env.sim.faults.clear()
    env.start_kodi()
    env.kodi.wait_for(lambda: env.watched_in_plex() == ['Alpha'])
    env.sync()
    assert env.shown_as_watched() == ['Alpha']
    assert [entry.status for entry in env.sim.requests.find(r'/:/scrobble') if entry.status == 200] == [200]


def test_who_takes_over_the_remote_gets_their_own_ticks_and_nobody_elses_marks_are_theirs(
        env: ServiceEnvironment) -> None:
    kid = env.sim.accounts.add_user('Kid')
    env.sync_env.library.scrobble(env.rating_key('Beta'), user=kid.id)
    env.sync()
    _server_takes_no_marks(env)
    env.mark('Alpha', True)
    env.kodi.wait_for(lambda: env.marks._failures)
    env.watch_as(kid)
    env.sim.faults.clear()
    env.sync()
    assert env.shown_as_watched() == ['Beta']
    env.mark('Gamma', True)
    env.kodi.wait_for(lambda: 'Gamma' in env.watched_in_plex(kid.id))
    env.sync()
    assert env.shown_as_watched() == ['Beta', 'Gamma'] == env.watched_in_plex(kid.id)
    assert env.watched_in_plex() == [], "the first user's mark was sent although somebody else watches"
    env.watch_as(env.sim.accounts.users[1])
    env.sync()
    assert env.watched_in_plex() == ['Alpha'] and env.watched_in_plex(kid.id) == ['Beta', 'Gamma']
    env.sync()
    assert env.shown_as_watched() == ['Alpha']


def test_what_the_plugin_asks_for_is_known_when_kodi_plays_it(env: ServiceEnvironment) -> None:
    started: List[PlaybackStarted] = []
    env.running.events.subscribe(PlaybackStarted, started.append)
    answer = env.call('play', machine_identifier=env.sync_env.machine, rating_key=env.rating_key('Alpha'), type='movie')
    env.watcher.on_started(answer['url'], 0.0, 5400.0)
    env.kodi.wait_for(lambda: env.sim.requests.find('/:/timeline'))
    [event] = started
    session = event.playback.session
    assert session.playable is not None and session.playable.item.title == 'Alpha'
    assert session.media is not None and session.part is not None and session.part.streams
    report = env.sim.requests.find('/:/timeline')[0]
    assert report.headers['X-Plex-Session-Identifier'] == session.session_id


def test_what_one_user_plays_is_not_reported_as_watched_by_the_next(env: ServiceEnvironment) -> None:
    kid = env.sim.accounts.add_user('Kid')
    playback = PlaybackState(PlaybackSession(env.sync_env.machine, env.rating_key('Alpha')), 'f', PLAYING, 60.0, 5400.0)
    reporting = Reporting(env.running.shared)
    feature = reporting.feature(playback.session)
    assert feature is not None
    feature.on_playback_started(playback)
    env.kodi.wait_for(lambda: env.sim.requests.find('/:/timeline'))
    env.watch_as(kid)
    feature.on_playback_stopped(dataclasses.replace(playback, position_s=5400.0), ENDED)
    env.kodi.wait_for(lambda: not any(one.alive for one in reporting._timeline._reporters))
    assert len(env.sim.requests.find('/:/timeline')) == 1 and env.watched_in_plex(kid.id) == []


def test_a_film_that_ends_after_a_switch_of_users_is_watched_by_who_began_it(env: ServiceEnvironment) -> None:
    kid = env.sim.accounts.add_user('Kid')
    env.sync()
    parent = env.auth.status().user_id
    playback = PlaybackState(PlaybackSession(env.sync_env.machine, env.rating_key('Alpha')), 'f', PLAYING, 60.0, 5400.0)
    env.running.events.publish(PlaybackStarted(playback))
    env.watch_as(kid)
    env.mark('Alpha', True)  # Kodi's own mark at the end
    unsent = env.marks._store.unsent
    env.kodi.wait_for(lambda: unsent(parent))
    assert [(mark.rating_key, mark.value) for mark in unsent(parent)[env.sync_env.machine].marks] == [
        (env.rating_key('Alpha'), 1)]
    assert unsent(env.auth.status().user_id) == {}
    env.mark('Beta', True)
    env.kodi.wait_for(lambda: env.watched_in_plex(kid.id))
    assert env.watched_in_plex(kid.id) == ['Beta']


def test_ticks_and_resume_points_of_the_one_are_not_those_of_the_next(env: ServiceEnvironment) -> None:
    """What Kodi noted itself since the last sync, and Plex knows only of the first user."""
    kid = env.sim.accounts.add_user('Kid')
    env.sync()
    env.mark('Alpha', True)
    env.kodi.wait_for(lambda: env.watched_in_plex() == ['Alpha'])
    file_id = env.sync_env.rows("SELECT idFile FROM movie_view WHERE c00 = 'Beta'")[0][0]
    playback = PlaybackState(PlaybackSession(env.sync_env.machine, env.rating_key('Beta')), 'f', STOPPED, 60.0, 5400.0)
    env.running.events.publish(PlaybackEnded(playback, STOPPED))
    env.sync_env.execute('INSERT INTO bookmark (idFile, timeInSeconds, totalTimeInSeconds, type) '
                         'VALUES (?, 60, 5400, 1)', file_id)
    env.kodi.wait_for(env.marks._queue.empty)
    env.watch_as(kid)
    env.sync()
    assert env.shown_as_watched() == [] and env.sync_env.rows('SELECT * FROM bookmark') == []


# ---- a library of PlexKodiConnect 3.x ------------------------------------------------------------------------------

def _rows(env: ServiceEnvironment) -> List[Tuple[Any, ...]]:
    return list(env.sync_env.rows('SELECT idMovie, idFile, c00, dateAdded, playCount, userrating FROM movie_view '
                              'ORDER BY idMovie'))


def _with_old_library(env: ServiceEnvironment, *answers: Any) -> List[Tuple[Any, ...]]:
    """Kodi starts with the library of 3.x, and syncs at start; returns the rows of before."""
    env.stop_kodi()
    env.sync_env.library.scrobble(env.rating_key('Beta'))
    pkc3.fill(env.sync_env.video_db, env.sync_env.library, date=OLD_DATE)
    env.kodi.set_setting('sync_at_start', 'true')
    before = _rows(env)
    env.kodi.dialogs.clear()
    env.kodi.answer(*answers)
    env.start_kodi()
    return before


def test_the_library_of_3x_becomes_ours_before_the_first_sync(env: ServiceEnvironment) -> None:
    before = _with_old_library(env, True)
    env.kodi.wait_for(lambda: env.finished() > 0)
    assert env.library.history.runs()[0]['changed'] == 3 and env.library.history.runs()[-1]['added'] == 0
    assert _rows(env) == before and before[1][3:5] == (OLD_DATE, 1)
    (kind, (_, question)), = env.kodi.dialogs
    assert kind == 'yesno' and '3 movies' in question and env.auth.status().server_name in question
    assert env.kodi.text(texts.TAKEOVER_DONE) % (3, 0, 0) in [text for _, text, _ in env.kodi.notifications]
    env.stop_kodi()
    env.start_kodi()
    env.after_sync()
    assert len(env.kodi.dialogs) == 1, 'asked twice'


def test_no_sync_begins_while_somebody_who_signs_in_is_asked_about_the_library_of_3x(
        installed: ServiceEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one begin by itself before: the one at the start is none of a service without a server."""
    env = installed
    env.stop_kodi()
    pkc3.fill(env.sync_env.video_db, env.sync_env.library, date=OLD_DATE)
    env.kodi.set_setting('sync_at_start', 'true')
    env.start_kodi()
    before = _rows(env)
    asked: List[bool] = []

    def ask() -> bool:
        asked.append(env.library.sync._queue.waits(START, ''))
        env.request()
        time.sleep(0.5)  # a sync that were not held back would have begun at once
        asked.append(bool(env.finished()) or env.library.sync.running)
        return migration_of(env.library.migration)
    migration_of = type(env.library.migration).offer
    monkeypatch.setattr(env.library.migration, 'offer', ask)
    env.kodi.answer(True)
    env.sign_in()
    env.running.shared.events.publish(ServerChosen())
    env.kodi.wait_for(lambda: env.finished() > 0)
    assert asked == [False, False] and _rows(env) == before


def test_who_says_no_keeps_the_old_rows_and_is_not_asked_again(env: ServiceEnvironment) -> None:
    before = _with_old_library(env, False)
    env.kodi.wait_for(lambda: env.finished() > 0)
    assert _rows(env)[:3] == before and len(_rows(env)) == 6
    env.stop_kodi()
    env.start_kodi()
    env.after_sync()
    assert len(env.kodi.dialogs) == 1


def test_who_said_no_can_think_again_in_the_settings(env: ServiceEnvironment) -> None:
    _with_old_library(env, False)
    env.kodi.wait_for(lambda: env.finished() > 0)
    assert len(_rows(env)) == 6
    env.kodi.answer(True)
    env.after_sync(lambda: env.call('take_over'))
    assert sorted(row[2] for row in _rows(env)) == list(TITLES) and env.shown_as_watched() == ['Beta']


def test_without_an_older_library_the_settings_say_so(env: ServiceEnvironment) -> None:
    env.call('take_over')
    env.kodi.wait_for(lambda: env.kodi.dialogs)
    assert env.kodi.dialogs == [('ok', ('PlexKodiConnect', env.kodi.text(texts.TAKEOVER_NOTHING)))]
    assert env.finished() == 0


def test_a_migration_whose_server_is_away_is_made_up_for(env: ServiceEnvironment) -> None:
    env.sim.faults.add('/library/metadata/', 503)
    before = _with_old_library(env, True)
    env.kodi.wait_for(lambda: env.finished() > 0)
    assert env.library.history.runs()[0]['error'] and _rows(env) == before
    assert settings.load().takeover == 'wanted'
    env.stop_kodi()
    env.sim.faults.clear()
    env.start_kodi()
    env.after_sync()
    assert settings.load().takeover == 'answered' and _rows(env) == before


def test_kodis_end_is_no_answer(env: ServiceEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kodi closes the dialog, not the user."""
    def closed(*_: Any) -> bool:
        env.kodi.request_abort()
        return False
    monkeypatch.setattr('resources.lib.kodi.dialogs.yesno', closed)
    _with_old_library(env)
    env.stop_kodi()
    assert settings.load().takeover == ''


def test_a_migration_that_is_cancelled_goes_on_with_the_next_sync(env: ServiceEnvironment) -> None:
    env.library.sync.hold()  # or live updates would bring the films before the library of 3.x is there
    env.kodi.wait_for(lambda: not env.library.sync.running)
    for number in range(250):
        env.sync_env.library.add_movie('Film %d' % number)
    pkc3.fill(env.sync_env.video_db, env.sync_env.library)
    settings.set_takeover('wanted')
    shown: List[Tuple[str, int, int]] = []

    class Bar(Silent):
        def update(self, title: str, done: int, total: int) -> None:
            shown.append((title, done, total))
    client, machine = env.running.shared.clients.connect()
    with pytest.raises(Cancelled):
        env.library.migration.run(SyncStarting(client, machine, Bar(), CancelledWhen(lambda: len(shown) > 1)))
    assert shown == [('PlexKodiConnect 3.x', 100, 253), ('PlexKodiConnect 3.x', 200, 253)]
    assert settings.load().takeover == 'wanted' and not env.running.shared.databases.writing.locked()
    before = [row[0] for row in _rows(env)]

    def begin() -> None:
        env.library.begin_anew()
        env.library.sync.release()
    report = env.after_sync(begin)
    assert report['added'] == 0 and [row[0] for row in _rows(env)] == before
    assert settings.load().takeover == 'answered'


# ---- libraries -----------------------------------------------------------------------------------------------------

def test_a_library_with_its_watch_state_only_gets_no_new_films(env: ServiceEnvironment) -> None:
    env.sync()
    section = next(one for one in env.running.shared.clients.connect()[0].sections() if one.plex_type == 'movie')
    settings.set_libraries([], [section.uuid], {})
    env.sync_env.library.add_movie('Delta')
    env.sync_env.library.scrobble(env.rating_key('Beta'))
    env.sync()
    assert sorted(row[2] for row in _rows(env)) == list(TITLES) and env.shown_as_watched() == ['Beta']
    settings.set_libraries([], [], {})
    env.sync()
    assert sorted(row[2] for row in _rows(env)) == sorted([*TITLES, 'Delta'])


def test_a_library_that_is_synced_by_hand_only_waits_for_the_hand(installed: ServiceEnvironment) -> None:
    """Syncs of the timer would become one with those that live updates begin, which leave no trace.

    These begin two seconds after the sign-in, so what the user wants is set before it.
    """
    env = installed
    section, = env.sync_env.library.sections.values()
    settings.set_libraries([], [], {section.uuid: 'by_hand'})
    env.sign_in()
    env.after_sync(lambda: env.request(START))
    assert _rows(env) == []
    env.sync()
    assert len(_rows(env)) == 3
    env.sync_env.library.add_movie('Delta')
    env.after_sync(lambda: env.request(START))
    assert len(_rows(env)) == 3
    env.sync()
    assert len(_rows(env)) == 4


def test_gentle_mode_asks_for_less_at_a_time_and_rests(env: ServiceEnvironment) -> None:
    usual = env.library._runner.options()
    env.kodi.set_setting('gentle_mode', 'true')
    gentle = env.library._runner.options()
    assert (usual.workers, usual.breath, gentle.workers, gentle.breath) == (6, 0.0, 2, 0.25)


def test_the_settings_and_the_report_tell_what_happened_last(env: ServiceEnvironment) -> None:
    env.sync()
    env.kodi.wait_for(lambda: settings.load().last_sync)
    assert settings.load().last_sync.endswith(': 3 added, 0 changed, 0 removed')
    env.sync_env.library.add_movie('Delta')
    env.sync()
    shown = ServiceClient(env.running.shared.profile).call('sync_report', {}, 10.0)['report']
    assert shown.index('Added: 1') < shown.index('3 added') and '(on request)' in shown
