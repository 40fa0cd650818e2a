"""Watched marks set in Kodi reach Plex once, and only when Plex does not know yet."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from resources.lib import state_db
from resources.lib.playback.state import PLAYING, STOPPED, PlaybackState
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service import watched
from resources.lib.service.watched import PlayedNote, WatchedMarks
from resources.lib.state_db import ItemState, StateDb
from tests.fakes import FakeKodi


class Client:
    """A server that remembers what it is told."""

    def __init__(self) -> None:
        self.counts = {'7': 0, '8': 1, '31': 0}
        self.told: List[Tuple[str, str]] = []
        self.failures = 0

    def metadata(self, keys: List[str]) -> List[Dict[str, Any]]:
        if self.failures:
            self.failures -= 1
            raise PlexConnectionError('away')
        return [{'ratingKey': key, 'viewCount': self.counts[key]} for key in keys if key in self.counts]

    def scrobble(self, key: str) -> None:
        self.told.append(('watched', key))

    def unscrobble(self, key: str) -> None:
        self.told.append(('unwatched', key))


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Bench:
    def __init__(self, path: str, clock: Clock) -> None:
        self.client, self.clock, self.machines = Client(), clock, []  # type: ignore[var-annotated]
        self.marks = WatchedMarks(self._client, lambda: path)
        self.marks.start()

    def _client(self, machine: str) -> Any:
        self.machines.append(machine)
        if machine != 'mid':
            raise LookupError('not the chosen server')
        return self.client

    def mark(self, kodi_id: int, playcount: Any, kind: str = 'movie', **more: Any) -> None:
        """The user marks something in Kodi."""
        self.marks.notification('VideoLibrary.OnUpdate', dict(
            {'item': {'id': kodi_id, 'type': kind}, 'playcount': playcount}, **more))

    def told(self) -> List[Tuple[str, str]]:
        """What the server was told, when all is done."""
        self.marks.stop()
        self.marks._thread.join(2.0)
        assert not self.marks._thread.is_alive()
        return self.client.told


@pytest.fixture(scope='module')
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp('watched') / 'state.db')
    state_db.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        state = StateDb(connection)
        mine, other = state.add_server('mid'), state.add_server('other')

        def item(server: int, key: str, plex_type: str, kodi_id: int) -> ItemState:
            return ItemState(server, key, plex_type, '1', '', '', kodi_id, 1, 1, 0, 0, 0, 0.0)
        state.put([item(mine, '7', 'movie', 1), item(mine, '8', 'movie', 2), item(mine, '31', 'episode', 1),
                   item(mine, '9', 'movie', 4), item(other, '7', 'movie', 3)])
        connection.commit()
    return path


@pytest.fixture
def bench(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    clock = Clock()
    monkeypatch.setattr(watched, 'time', clock)
    made = Bench(database, clock)
    yield made
    made.marks.stop()


def test_a_film_marked_as_watched_in_kodi_is_watched_in_plex(bench: Bench) -> None:
    bench.mark(1, 1)
    assert bench.told() == [('watched', '7')]


def test_a_film_marked_as_unwatched(bench: Bench) -> None:
    bench.mark(2, 0)
    assert bench.told() == [('unwatched', '8')]


def test_an_episode_is_not_mistaken_for_the_film_with_its_number(bench: Bench) -> None:
    bench.mark(1, 1, 'episode')
    assert bench.told() == [('watched', '31')]


def test_what_plex_knows_already_is_not_counted_again(bench: Bench) -> None:
    bench.mark(2, 3)
    bench.mark(1, 0)
    assert bench.told() == []


def test_kodi_20_and_later_put_id_and_type_beside_the_count(bench: Bench) -> None:
    bench.marks.notification('VideoLibrary.OnUpdate', {'id': 1, 'type': 'movie', 'playcount': 1})
    assert bench.told() == [('watched', '7')]


@pytest.mark.parametrize('data', [
    {'item': {'id': 1, 'type': 'movie'}}, {'item': {'id': 1, 'type': 'movie'}, 'playcount': 1, 'transaction': True},
    {'item': {'id': 1, 'type': 'musicvideo'}, 'playcount': 1}, {'item': {'type': 'movie'}, 'playcount': 1},
    {'item': None, 'playcount': 1}, {'item': {'id': 'x', 'type': 'movie'}, 'playcount': 1}, {'playcount': 1}, {},
    {'item': {'id': 99, 'type': 'movie'}, 'playcount': 1}, {'item': {'id': 1, 'type': ['movie']}, 'playcount': 1}])
def test_other_announcements_tell_plex_nothing(bench: Bench, data: Dict[str, Any]) -> None:
    """Among them those of a library scan (``transaction``), which come by the thousand."""
    bench.marks.notification('VideoLibrary.OnUpdate', data)
    bench.marks.notification('VideoLibrary.OnRemove', {'item': {'id': 1, 'type': 'movie'}, 'playcount': 1})
    assert bench.told() == []


@pytest.mark.parametrize('after', [0.0, 19.0])
def test_a_film_watched_to_the_end_counts_once(bench: Bench, after: float) -> None:
    """Playback reports the end itself; Kodi's own mark follows."""
    note = PlayedNote(bench.marks)
    playback = PlaybackState('mid', '7', 'f', PLAYING, 5000.0, 5400.0)
    note.on_playback_started(playback)
    bench.clock.now += 7200
    note.on_tick(playback)
    note.on_playback_changed(playback)
    note.on_playback_stopped(playback, STOPPED)
    bench.clock.now += after
    bench.mark(1, 1)
    assert bench.told() == []


def test_a_mark_long_after_the_film_counts(bench: Bench) -> None:
    bench.marks.played('7')
    bench.clock.now += 91
    bench.mark(1, 1)
    assert bench.told() == [('watched', '7')]


def test_a_mark_made_right_after_the_film_is_compared_when_playback_has_been_reported(
        bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user sets the film back to unwatched the moment it is over."""
    monkeypatch.setattr(watched, '_pause', lambda failures: 0.01)
    bench.marks.played('8')
    bench.mark(2, 0)
    FakeKodi.wait_for(bench.marks._queue.empty)
    assert bench.client.told == []
    bench.clock.now += 21
    FakeKodi.wait_for(lambda: bench.client.told == [('unwatched', '8')])


def test_another_film_may_be_marked_during_playback(bench: Bench) -> None:
    bench.marks.played('7')
    bench.mark(2, 0)
    assert bench.told() == [('unwatched', '8')]


def test_an_item_of_a_server_that_is_not_used_is_left_alone(bench: Bench) -> None:
    bench.mark(3, 1)
    bench.mark(1, 1)
    assert bench.told() == [('watched', '7')] and bench.machines == ['other', 'mid']


def test_an_item_that_plex_deleted_is_no_error(bench: Bench) -> None:
    bench.mark(4, 1)
    assert bench.told() == []


def test_marks_made_while_the_server_was_away_arrive_with_the_next(bench: Bench) -> None:
    bench.client.failures = 1
    bench.mark(1, 1)
    bench.mark(2, 0)
    assert bench.told() == [('watched', '7'), ('unwatched', '8')]


def test_marks_made_while_the_server_was_away_arrive_by_themselves(
        bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, '_pause', lambda failures: 0.01)
    bench.client.failures = 3
    bench.mark(1, 1)
    FakeKodi.wait_for(lambda: bench.client.told == [('watched', '7')])


def test_the_users_last_word_counts(bench: Bench) -> None:
    bench.client.failures = 1
    bench.mark(1, 1)
    bench.mark(1, 0)
    assert bench.told() == []


def test_kodis_end_does_not_wait_for_a_server_that_is_away(bench: Bench) -> None:
    bench.client.failures = 99
    bench.mark(1, 1)
    assert bench.told() == []


def test_before_the_first_sync_marks_are_ignored(tmp_path: Path) -> None:
    bench = Bench(str(tmp_path / 'none.db'), Clock())
    bench.mark(1, 1)
    assert bench.told() == [] and list(tmp_path.iterdir()) == []
