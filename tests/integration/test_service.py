"""The running service: whose watched marks go where, what becomes of an older library, and what each library gets."""
from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import pytest

from resources.lib.kodi import settings, texts
from resources.lib.library_sync.pipeline import Stopped
from resources.lib.local_server.client import ServiceClient
from resources.lib.playback.state import ENDED, PLAYING, STOPPED, PlaybackState
from resources.lib.service.watched import PlayedNote
from tests.fakes import FakeKodi
from tests.support import pkc3
from tests.support.sitting_room import SittingRoom
from tools.plexsim import Library

TITLES = ('Alpha', 'Beta', 'Gamma')
OLD_DATE = '2011-11-11 11:11:11'


@pytest.fixture
def room(fake_kodi: FakeKodi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
         caplog: pytest.LogCaptureFixture) -> Iterator[SittingRoom]:
    caplog.set_level(logging.INFO)
    library = Library.empty()
    for title in TITLES:
        library.add_movie(title)
    made = SittingRoom(fake_kodi, library, monkeypatch)
    try:
        made.switch_on()
        made.sign_in()
        yield made
    finally:
        made.close()


# ---- watched marks -------------------------------------------------------------------------------------------------

def _server_takes_no_marks(room: SittingRoom) -> None:
    room.sim.faults.add('/:/(un)?scrobble', 503)


def test_a_mark_reaches_plex_and_stays_in_kodi(room: SittingRoom) -> None:
    room.sync()
    room.mark('Alpha', True)
    room.kodi.wait_for(lambda: room.watched_in_plex() == ['Alpha'])
    for _ in range(3):
        assert room.sync()['error'] == ''
        assert room.shown_as_watched() == ['Alpha']
    assert len(room.told()) == 1


@pytest.mark.parametrize('thorough', [False, True], ids=['the film changed in Plex', 'full check'])
def test_a_mark_that_plex_does_not_know_yet_is_not_undone_by_a_sync(room: SittingRoom, thorough: bool) -> None:
    room.rig.library.scrobble(room.key('Beta'))
    room.sync()
    _server_takes_no_marks(room)
    room.mark('Alpha', True)
    room.mark('Beta', False)
    if not thorough:
        room.rig.library.set_progress(room.key('Alpha'), 60_000)
        room.rig.library.rate(room.key('Beta'), 8.0)
    room.after_sync(lambda: room.running.sync.request('full_check' if thorough else 'user'))
    assert room.shown_as_watched() == ['Alpha'] and room.watched_in_plex() == ['Beta']
    room.sim.faults.clear()
    room.sync()
    assert room.watched_in_plex() == ['Alpha']
    room.sync()
    assert room.shown_as_watched() == ['Alpha']


def test_a_mark_outlives_kodis_end_and_is_counted_once(room: SittingRoom) -> None:
    room.sync()
    _server_takes_no_marks(room)
    room.mark('Alpha', True)
    room.switch_off()
    room.sim.faults.clear()
    room.switch_on()
    room.kodi.wait_for(lambda: room.watched_in_plex() == ['Alpha'])
    room.sync()
    assert room.shown_as_watched() == ['Alpha']
    assert [entry.status for entry in room.sim.requests.find(r'/:/scrobble') if entry.status == 200] == [200]


def test_who_takes_over_the_remote_gets_their_own_ticks_and_nobody_elses_marks_are_theirs(room: SittingRoom) -> None:
    kid = room.sim.accounts.add_user('Kid')
    room.rig.library.scrobble(room.key('Beta'), user=kid.id)
    room.sync()
    _server_takes_no_marks(room)
    room.mark('Alpha', True)
    room.kodi.wait_for(lambda: room.running.watched._failures)
    room.watch_as(kid)
    room.sim.faults.clear()
    room.sync()
    assert room.shown_as_watched() == ['Beta']
    room.mark('Gamma', True)
    room.kodi.wait_for(lambda: 'Gamma' in room.watched_in_plex(kid.id))
    room.sync()
    assert room.shown_as_watched() == ['Beta', 'Gamma'] == room.watched_in_plex(kid.id)
    assert room.watched_in_plex() == [], "the first user's mark was sent although somebody else watches"
    room.watch_as(room.sim.accounts.users[1])
    room.sync()
    assert room.watched_in_plex() == ['Alpha'] and room.watched_in_plex(kid.id) == ['Beta', 'Gamma']
    room.sync()
    assert room.shown_as_watched() == ['Alpha']


def test_what_one_user_plays_is_not_reported_as_watched_by_the_next(room: SittingRoom) -> None:
    kid = room.sim.accounts.add_user('Kid')
    playback = PlaybackState(room.rig.machine, room.key('Alpha'), 'f', PLAYING, 60.0, 5400.0)
    features = room.running._features(playback)
    for feature in features:
        feature.on_playback_started(playback)
    room.kodi.wait_for(lambda: room.sim.requests.find('/:/timeline'))
    room.watch_as(kid)
    for feature in features:
        feature.on_playback_stopped(dataclasses.replace(playback, position_s=5400.0), ENDED)
    room.kodi.wait_for(lambda: not any(one.alive for one in room.running.timeline._reporters))
    assert len(room.sim.requests.find('/:/timeline')) == 1 and room.watched_in_plex(kid.id) == []


def test_a_film_that_ends_after_a_switch_of_users_is_watched_by_who_began_it(room: SittingRoom) -> None:
    kid = room.sim.accounts.add_user('Kid')
    room.sync()
    parent = room.running.auth.status().user_id
    playback = PlaybackState(room.rig.machine, room.key('Alpha'), 'f', PLAYING, 60.0, 5400.0)
    PlayedNote(room.running.watched).on_playback_started(playback)
    room.watch_as(kid)
    room.mark('Alpha', True)  # Kodi's own mark at the end
    unsent = room.running.watched._store.unsent
    room.kodi.wait_for(lambda: unsent(parent))
    assert unsent(parent) == {room.rig.machine: {room.key('Alpha'): True}}
    assert unsent(room.running.auth.status().user_id) == {}
    room.mark('Beta', True)
    room.kodi.wait_for(lambda: room.watched_in_plex(kid.id))
    assert room.watched_in_plex(kid.id) == ['Beta']


def test_ticks_and_resume_points_of_the_one_are_not_those_of_the_next(room: SittingRoom) -> None:
    """What Kodi noted itself since the last sync, and Plex knows only of the first user."""
    kid = room.sim.accounts.add_user('Kid')
    room.sync()
    room.mark('Alpha', True)
    room.kodi.wait_for(lambda: room.watched_in_plex() == ['Alpha'])
    file_id = room.rig.rows("SELECT idFile FROM movie_view WHERE c00 = 'Beta'")[0][0]
    note = PlayedNote(room.running.watched)
    note.on_playback_stopped(PlaybackState(room.rig.machine, room.key('Beta'), 'f', STOPPED, 60.0, 5400.0), STOPPED)
    room.rig.execute('INSERT INTO bookmark (idFile, timeInSeconds, totalTimeInSeconds, type) VALUES (?, 60, 5400, 1)',
                     file_id)
    room.kodi.wait_for(room.running.watched._queue.empty)
    room.watch_as(kid)
    room.sync()
    assert room.shown_as_watched() == [] and room.rig.rows('SELECT * FROM bookmark') == []


# ---- a library of PlexKodiConnect 3.x ------------------------------------------------------------------------------

def _rows(room: SittingRoom) -> List[Tuple[Any, ...]]:
    return list(room.rig.rows('SELECT idMovie, idFile, c00, dateAdded, playCount, userrating FROM movie_view '
                              'ORDER BY idMovie'))


def _with_old_library(room: SittingRoom, *answers: Any) -> List[Tuple[Any, ...]]:
    """Kodi starts with the library of 3.x, and syncs at start; returns the rows of before."""
    room.switch_off()
    room.rig.library.scrobble(room.key('Beta'))
    pkc3.fill(room.rig.video_db, room.rig.library, date=OLD_DATE)
    room.kodi.set_setting('sync_at_start', 'true')
    before = _rows(room)
    room.kodi.dialogs.clear()
    room.kodi.answer(*answers)
    room.switch_on()
    return before


def test_the_library_of_3x_becomes_ours_before_the_first_sync(room: SittingRoom) -> None:
    before = _with_old_library(room, True)
    room.kodi.wait_for(lambda: room.finished() > 0)
    assert room.running.history.runs()[0]['changed'] == 3 and room.running.history.runs()[-1]['added'] == 0
    assert _rows(room) == before and before[1][3:5] == (OLD_DATE, 1)
    (kind, (_, question)), = room.kodi.dialogs
    assert kind == 'yesno' and '3 movies' in question and room.running.auth.status().server_name in question
    assert room.kodi.text(texts.TAKEOVER_DONE) % (3, 0, 0) in [text for _, text, _ in room.kodi.notifications]
    room.switch_off()
    room.switch_on()
    room.after_sync()
    assert len(room.kodi.dialogs) == 1, 'asked twice'


def test_who_says_no_keeps_the_old_rows_and_is_not_asked_again(room: SittingRoom) -> None:
    before = _with_old_library(room, False)
    room.kodi.wait_for(lambda: room.finished() > 0)
    assert _rows(room)[:3] == before and len(_rows(room)) == 6
    room.switch_off()
    room.switch_on()
    room.after_sync()
    assert len(room.kodi.dialogs) == 1


def test_who_said_no_can_think_again_in_the_settings(room: SittingRoom) -> None:
    _with_old_library(room, False)
    room.kodi.wait_for(lambda: room.finished() > 0)
    assert len(_rows(room)) == 6
    room.kodi.answer(True)
    room.after_sync(room.running.flows.take_over)
    assert [row[2] for row in _rows(room)] == list(TITLES) and room.shown_as_watched() == ['Beta']


def test_without_an_older_library_the_settings_say_so(room: SittingRoom) -> None:
    assert room.running.flows.take_over()
    room.kodi.wait_for(lambda: room.kodi.dialogs)
    assert room.kodi.dialogs == [('ok', ('PlexKodiConnect', room.kodi.text(texts.TAKEOVER_NOTHING)))]
    assert room.finished() == 0


def test_a_takeover_whose_server_is_away_is_made_up_for(room: SittingRoom) -> None:
    room.sim.faults.add('/library/metadata/', 503)
    before = _with_old_library(room, True)
    room.kodi.wait_for(lambda: room.finished() > 0, 20.0)
    assert room.running.history.runs()[0]['error'] and _rows(room) == before
    assert settings.load().takeover == 'wanted'
    room.switch_off()
    room.sim.faults.clear()
    room.switch_on()
    room.after_sync()
    assert settings.load().takeover == 'answered' and _rows(room) == before


def test_kodis_end_is_no_answer(room: SittingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kodi closes the dialog, not the user."""
    def closed(*_: Any) -> bool:
        room.kodi.request_abort()
        return False
    monkeypatch.setattr('resources.lib.kodi.dialogs.yesno', closed)
    _with_old_library(room)
    room.switch_off()
    assert settings.load().takeover == ''


def test_a_takeover_that_is_cancelled_goes_on_with_the_next_sync(room: SittingRoom) -> None:
    for number in range(250):
        room.rig.library.add_movie('Film %d' % number)
    pkc3.fill(room.rig.video_db, room.rig.library)
    settings.set_takeover('wanted')
    shown: List[Tuple[str, int, int]] = []

    class Bar:
        def update(self, *how_far: Any) -> None:
            shown.append(how_far)
    client, machine = room.running.clients.connect()
    with pytest.raises(Stopped):
        room.running.old_library.run(client, machine, Bar(), lambda: len(shown) > 1)
    assert shown == [('PlexKodiConnect 3.x', 100, 253), ('PlexKodiConnect 3.x', 200, 253)]
    assert settings.load().takeover == 'wanted' and not room.running.sync.writing.locked()
    before = [row[0] for row in _rows(room)]
    report = room.sync()
    assert report['added'] == 0 and [row[0] for row in _rows(room)] == before
    assert settings.load().takeover == 'answered'


# ---- libraries -----------------------------------------------------------------------------------------------------

def test_a_library_with_its_watch_state_only_gets_no_new_films(room: SittingRoom) -> None:
    room.sync()
    section = next(one for one in room.running.clients.connect()[0].sections() if one.plex_type == 'movie')
    settings.set_libraries([], [section.uuid], {})
    room.rig.library.add_movie('Delta')
    room.rig.library.scrobble(room.key('Beta'))
    room.sync()
    assert [row[2] for row in _rows(room)] == list(TITLES) and room.shown_as_watched() == ['Beta']
    settings.set_libraries([], [], {})
    room.sync()
    assert [row[2] for row in _rows(room)] == list(TITLES) + ['Delta']


def test_a_library_that_is_synced_by_hand_only_waits_for_the_hand(room: SittingRoom) -> None:
    section = next(one for one in room.running.clients.connect()[0].sections() if one.plex_type == 'movie')
    settings.set_libraries([], [], {section.uuid: 'by_hand'})
    room.after_sync(lambda: room.running.sync.request('timer'))
    assert _rows(room) == []
    room.sync()
    assert len(_rows(room)) == 3
    room.rig.library.add_movie('Delta')
    room.after_sync(lambda: room.running.sync.request('timer'))
    assert len(_rows(room)) == 3
    room.sync()
    assert len(_rows(room)) == 4


def test_gentle_mode_asks_for_one_thing_at_a_time_and_rests(room: SittingRoom) -> None:
    usual = room.running._policy().options
    room.kodi.set_setting('gentle_mode', 'true')
    gentle = room.running._policy().options
    assert (usual.workers, usual.breath, gentle.workers, gentle.breath) == (3, 0.0, 1, 0.25)


def test_the_settings_and_the_report_tell_what_happened_last(room: SittingRoom) -> None:
    room.sync()
    room.kodi.wait_for(lambda: settings.load().last_sync)
    assert settings.load().last_sync.endswith(': 3 added, 0 changed, 0 removed')
    room.rig.library.add_movie('Delta')
    room.sync()
    shown = ServiceClient(room.running.profile).call('sync_report', {}, 10.0)['report']
    assert shown.index('Added: 1') < shown.index('3 added') and '(on request)' in shown
