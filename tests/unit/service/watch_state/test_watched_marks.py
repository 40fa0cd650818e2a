"""Watched marks set in Kodi reach Plex once, and only when Plex does not know yet."""
from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

import pytest

from resources.lib import state_db
from resources.lib.cancellation import Cancellation
from resources.lib.plex_errors import PlexConnectionError, PlexForbidden, PlexServerError
from resources.lib.plex_model import ItemSummary
from resources.lib.retry import RetryPolicy
from resources.lib.service.watch_state import just_played, mark_sending, mark_store, watched_marks
from resources.lib.service.watch_state.watched_marks import WatchedMarks
from resources.lib.state_db import ItemState
from tests.fakes import FakeKodi


class Client:
    """A server that remembers what it is told."""

    server_time = 0.0

    def __init__(self) -> None:
        self.counts = {'7': 0, '8': 1, '31': 0}
        self.told: List[Tuple[str, str]] = []
        self.failures = 0
        self.asked: List[List[str]] = []
        self.poison: Set[str] = set()
        self.refusal: Dict[str, Exception] = {}

    def summaries(self, keys: List[str]) -> List[ItemSummary]:
        assert 0 < len(keys) <= 100
        self.asked.append(list(keys))
        if self.poison.intersection(keys):
            raise PlexServerError(500, 'metadata')
        if self.failures:
            self.failures -= 1
            raise PlexConnectionError('away')
        return [ItemSummary(key, 'movie', '1', 5_400_000, self.counts[key]) for key in keys if key in self.counts]

    def scrobble(self, key: str) -> None:
        self._tell('watched', key, 1)

    def unscrobble(self, key: str) -> None:
        self._tell('unwatched', key, 0)

    def _tell(self, what: str, key: str, count: int) -> None:
        if key in self.refusal:
            raise self.refusal[key]
        self.told.append((what, key))
        self.counts[key] = count


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    @staticmethod
    def time() -> float:
        return 1_700_000_000.0


class Bench:
    def __init__(self, path: str, clock: Clock) -> None:
        self.client, self.clock = Client(), clock
        self.machines: List[str] = []
        self.owner = ''
        self.user = 'ann'
        self.path = path
        self.begin()

    def begin(self) -> None:
        """Kodi starts."""
        self.marks = WatchedMarks(self._client, self.path, lambda: self.user)
        self.marks.start()

    def _client(self, machine: str) -> Any:
        self.machines.append(machine)
        if machine != 'mid':
            raise LookupError('not the chosen server')
        return self.client, self.owner or self.user

    def mark(self, kodi_id: int, playcount: Any, kind: str = 'movie', **more: Any) -> None:
        """The user marks something in Kodi."""
        self.marks.notification('VideoLibrary.OnUpdate', dict(
            {'item': {'id': kodi_id, 'type': kind}, 'playcount': playcount}, **more))

    def told(self) -> List[Tuple[str, str]]:
        """What the server was told, when all is done and Kodi has ended."""
        self.marks.flush(Cancellation())
        self.end()
        return self.client.told

    def end(self) -> None:
        """Kodi ends."""
        self.marks.stop()
        self.marks._thread.join(20)
        assert not self.marks._thread.is_alive()

    def kept(self, user: str = 'ann') -> Dict[str, Optional[bool]]:
        """The marks that a sync must respect."""
        with state_db.open_reader(self.path) as reader:
            return reader.marks(reader.server_id('mid'), user)


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = str(tmp_path / 'state.db')
    state_db.prepare(path)
    with state_db.open_writer(path, 1.0) as state:
        mine, other = state.add_server('mid'), state.add_server('other')

        def item(server: int, key: str, plex_type: str, kodi_id: int) -> ItemState:
            return ItemState(server, key, plex_type, '1', '', '', kodi_id, 1, 1, 0, 0, 0, 0.0)
        state.put([item(mine, '7', 'movie', 1), item(mine, '8', 'movie', 2), item(mine, '31', 'episode', 1),
                   item(mine, '9', 'movie', 4), item(other, '7', 'movie', 3)])
    return path


@pytest.fixture
def bench(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    clock = Clock()
    monkeypatch.setattr(watched_marks, 'time', clock)
    monkeypatch.setattr(just_played, 'time', clock)
    made = Bench(database, clock)
    yield made
    made.marks.stop()


def test_a_defect_in_writing_a_mark_down_loses_neither_it_nor_those_that_follow(
        bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    put, tried = mark_store.MarkStore.put, threading.Event()

    def broken(*arguments: Any) -> Any:
        monkeypatch.setattr(mark_store.MarkStore, 'put', put)
        tried.set()
        raise RuntimeError('a defect')
    monkeypatch.setattr(mark_store.MarkStore, 'put', broken)
    bench.mark(1, 1)
    assert tried.wait(20.0)
    bench.mark(2, 0)
    assert bench.told() == [('watched', '7'), ('unwatched', '8')]


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


def test_a_mark_that_the_user_makes_while_kodi_scans_arrives(bench: Bench) -> None:
    bench.marks.notification('VideoLibrary.OnUpdate', {'item': {'id': 1, 'type': 'movie'}, 'playcount': 1,
                                                       'transaction': True})
    assert bench.told() == [('watched', '7')]


@pytest.mark.parametrize('data', [
    {'item': {'id': 1, 'type': 'movie'}}, {'item': {'id': 99, 'type': 'movie'}, 'playcount': 1, 'transaction': True},
    {'item': {'id': 1, 'type': 'musicvideo'}, 'playcount': 1}, {'item': {'type': 'movie'}, 'playcount': 1},
    {'item': None, 'playcount': 1}, {'item': {'id': 'x', 'type': 'movie'}, 'playcount': 1}, {'playcount': 1}, {},
    {'item': {'id': 99, 'type': 'movie'}, 'playcount': 1}, {'item': {'id': 1, 'type': ['movie']}, 'playcount': 1}])
def test_other_announcements_tell_plex_nothing(bench: Bench, data: Dict[str, Any]) -> None:
    """Among them those of a library scan (``transaction``), whose items are not Plex's."""
    bench.marks.notification('VideoLibrary.OnUpdate', data)
    bench.marks.notification('VideoLibrary.OnRemove', {'item': {'id': 1, 'type': 'movie'}, 'playcount': 1})
    assert bench.told() == []


@pytest.mark.parametrize('after', [0.0, 19.0])
def test_a_film_watched_to_the_end_counts_once(bench: Bench, after: float) -> None:
    """Playback reports the end itself; Kodi's own mark follows."""
    bench.marks.began('mid', '7')
    bench.clock.now += 7200
    bench.marks.stopped('mid', '7')
    bench.clock.now += after
    bench.mark(1, 1)
    assert bench.told() == []


def test_a_mark_long_after_the_film_counts(bench: Bench) -> None:
    bench.marks.reported('mid', '7')
    bench.clock.now += 91
    bench.mark(1, 1)
    assert bench.told() == [('watched', '7')]


def test_a_mark_made_right_after_the_film_is_compared_when_playback_has_been_reported(
        bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user sets the film back to unwatched the moment it is over."""
    monkeypatch.setattr(mark_sending, '_LOOK_AGAIN', 0.01)
    bench.marks.reported('mid', '8')
    bench.mark(2, 0)
    FakeKodi.wait_for(bench.marks._queue.empty)
    assert bench.client.told == []
    bench.clock.now += 21
    FakeKodi.wait_for(lambda: bench.client.told == [('unwatched', '8')])


def test_the_report_of_an_earlier_playback_does_not_end_the_one_that_goes_on(bench: Bench) -> None:
    """The server was away at the end of the first one, and is told minutes later."""
    bench.marks.began('mid', '7')
    bench.marks.reported('mid', '7')
    bench.clock.now += 600
    bench.mark(1, 1)
    assert bench.told() == []


def test_another_film_may_be_marked_during_playback(bench: Bench) -> None:
    bench.marks.reported('mid', '7')
    bench.mark(2, 0)
    assert bench.told() == [('unwatched', '8')]


def test_an_item_of_a_server_that_is_not_used_is_left_alone(bench: Bench) -> None:
    bench.mark(3, 1)
    bench.mark(1, 1)
    assert bench.told() == [('watched', '7')] and set(bench.machines) == {'other', 'mid'}


def test_an_item_that_plex_deleted_is_no_error(bench: Bench) -> None:
    bench.mark(4, 1)
    assert bench.told() == []


def test_marks_made_while_the_server_was_away_arrive_with_the_next(bench: Bench) -> None:
    bench.client.failures = 1
    bench.mark(1, 1)
    FakeKodi.wait_for(lambda: bench.client.asked)
    bench.mark(2, 0)
    assert bench.told() == [('watched', '7'), ('unwatched', '8')]


def test_marks_made_while_the_server_was_away_arrive_by_themselves(
        bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_marks, '_RETRY', RetryPolicy(0.01, 0.01))
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


# ---- marks that outlive Kodi ---------------------------------------------------------------------------------------

def test_marks_that_could_not_be_sent_go_after_the_next_start_of_kodi(bench: Bench) -> None:
    bench.client.failures = 99
    bench.mark(1, 1)
    bench.mark(2, 0)
    bench.mark(1, 1, 'episode')
    assert bench.told() == [] and bench.kept() == {'7': True, '8': False, '31': True}
    bench.client.failures = 0
    bench.begin()
    assert sorted(bench.told()) == [('unwatched', '8'), ('watched', '31'), ('watched', '7')]


def test_a_mark_made_in_the_moment_of_kodis_end_is_not_lost(bench: Bench) -> None:
    bench.mark(1, 1)
    bench.end()
    assert bench.kept() == {'7': True}


def test_a_mark_is_counted_once_however_often_kodi_starts(bench: Bench) -> None:
    bench.mark(1, 1)
    assert bench.told() == [('watched', '7')]
    for _ in range(3):
        bench.begin()
        bench.told()
    assert bench.client.told == [('watched', '7')]


def test_a_film_whose_end_was_reported_counts_once_although_kodi_ended_right_after_it(bench: Bench) -> None:
    bench.marks.reported('mid', '7')
    bench.client.counts['7'] = 1
    bench.mark(1, 1)
    bench.end()
    bench.clock.now = 5.0
    bench.begin()
    assert bench.told() == []


def test_marks_survive_a_database_that_is_in_use(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync is writing."""
    monkeypatch.setattr(mark_store, '_LOCK_PATIENCE', 0.01)
    with closing(sqlite3.connect(bench.path, isolation_level=None)) as sync:
        sync.execute('BEGIN IMMEDIATE')
        bench.mark(1, 1)
        bench.marks.flush(Cancellation())
        assert bench.client.told == []
        sync.execute('ROLLBACK')
    bench.mark(2, 0)
    assert sorted(bench.told()) == [('unwatched', '8'), ('watched', '7')]


def test_the_file_of_an_older_version_is_brought_up_to_date(bench: Bench) -> None:
    bench.end()
    with closing(sqlite3.connect(bench.path)) as connection:
        connection.executescript('DROP TABLE mark; DROP TABLE playback_report; CREATE TABLE pending_mark (server_id '
                                 'INTEGER, rating_key TEXT, watched INTEGER); PRAGMA user_version = 2;')
    bench.begin()
    bench.mark(1, 1)
    assert bench.told() == [('watched', '7')]


def test_a_sent_mark_is_respected_until_the_next_sync_asks_the_server(bench: Bench) -> None:
    """The sync that is under way may have asked before."""
    bench.mark(1, 1)
    FakeKodi.wait_for(lambda: bench.client.told)
    bench.mark(1, 1, 'episode')
    FakeKodi.wait_for(lambda: len(bench.client.told) == 2)
    assert bench.kept() == {'7': True, '31': True}
    bench.marks.flush(Cancellation())
    assert bench.kept() == {}


def test_a_thousand_marks_are_compared_in_batches(bench: Bench) -> None:
    with state_db.open_writer(bench.path, 1.0) as state:
        state.put(ItemState(1, str(key), 'movie', '1', '', '', key, 1, 1, 0, 0, 0, 0.0) for key in range(1000, 2000))
    bench.client.counts.update((str(key), int(key % 2 == 0)) for key in range(1000, 2000))
    for key in range(1000, 2000):
        bench.mark(key, 1)
    assert len(bench.told()) == 500
    assert len(bench.client.asked) < 60, 'one look at the server for each of a thousand marks'


def test_a_mark_that_the_server_refuses_is_dropped_and_the_next_goes(
        bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.client.refusal['7'] = PlexForbidden(403, 'scrobble')
    bench.mark(1, 1)
    bench.mark(2, 0)
    assert bench.told() == [('unwatched', '8')] and bench.kept() == {}
    assert 'item 7 is gone or the server does not take its mark' in caplog.text


def test_the_mark_of_an_item_that_is_gone_is_dropped(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.mark(4, 1)
    assert bench.told() == [] and bench.kept() == {}
    assert 'item 9 is gone' in caplog.text


@pytest.mark.parametrize('choke', ['look', 'tell'])
def test_an_item_on_which_the_server_chokes_does_not_hold_up_the_others(bench: Bench, choke: str) -> None:
    if choke == 'look':
        bench.client.poison = {'7'}
    else:
        bench.client.refusal['7'] = PlexServerError(500, 'scrobble')
    for kodi_id, kind, playcount in ((1, 'movie', 1), (2, 'movie', 0), (1, 'episode', 1)):
        bench.mark(kodi_id, playcount, kind)
    assert sorted(bench.told()) == [('unwatched', '8'), ('watched', '31')]
    assert bench.kept() == {'7': True}


# ---- whose marks ---------------------------------------------------------------------------------------------------

def test_marks_are_never_sent_in_the_name_of_another_user(bench: Bench) -> None:
    bench.client.failures = 99
    bench.mark(1, 1)
    bench.marks.flush(Cancellation())
    bench.user, bench.client.failures = 'ben', 0
    bench.mark(2, 0)
    assert bench.told() == [('unwatched', '8')] and bench.kept('ann') == {'7': True}
    bench.user = 'ann'
    bench.begin()
    assert bench.told() == [('unwatched', '8'), ('watched', '7')]


def test_while_the_user_is_switched_nothing_is_sent(bench: Bench) -> None:
    """The token may still be that of the user before."""
    bench.owner = 'ben'
    bench.mark(1, 1)
    assert bench.told() == [] and bench.kept() == {'7': True}


def test_marks_of_nobody_are_not_kept(bench: Bench) -> None:
    bench.user = ''
    bench.mark(1, 1)
    assert bench.told() == [] and bench.kept('') == {}


def test_a_sync_does_not_wait_for_marks_for_ever(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    real = bench.client.summaries

    def slow(keys: List[str]) -> List[ItemSummary]:
        release.wait(60)
        return real(keys)
    monkeypatch.setattr(bench.client, 'summaries', slow)
    bench.mark(1, 1)
    monkeypatch.setattr(watched_marks, '_FLUSH_PATIENCE', 0.0)
    bench.marks.flush(Cancellation())
    release.set()
    FakeKodi.wait_for(lambda: bench.client.told == [('watched', '7')])
    FakeKodi.wait_for(bench.marks._queue.empty)
    assert bench.kept() == {'7': True}, 'the sync asked the server before it was told'


def test_before_the_first_sync_marks_are_ignored(tmp_path: Path) -> None:
    bench = Bench(str(tmp_path / 'none.db'), Clock())
    bench.mark(1, 1)
    assert bench.told() == [] and list(tmp_path.iterdir()) == []
