"""When a list comes from memory: only while the server pushes, never for somebody else, never without bounds."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Callable, List

import pytest

from resources.lib.auth.errors import UserNotChosen
from resources.lib.library_sync.report import SyncReport
from resources.lib.local_server.api import ApiError
from resources.lib.plex_errors import PlexForbidden
from resources.lib.service.events import (
    Event,
    KodiNotification,
    LibraryChanged,
    LibraryStale,
    MarksSent,
    PlaybackEnded,
    PlaybackReported,
    PlaylistsChanged,
    PushesChanged,
    ServerChosen,
    ServerLost,
    ServerPushed,
    SettingsChanged,
    SignedOut,
    UserSwitched,
)
from resources.lib.service.lists.description import Options
from resources.lib.service.lists.freshness import LONGEST, Moment
from resources.lib.service.lists.memory import Answer, Kept, Memory, Question
from tests.fakes import FakeKodi
from tests.unit.service.lists.test_answers import Bench, film, labels


def playback(rating_key: str = '7') -> Any:
    return SimpleNamespace(machine_identifier='mid', rating_key=rating_key)


class Listening(Bench):
    """A server that pushes what changes."""

    def __init__(self) -> None:
        super().__init__()
        self.publish(PushesChanged(True))
        self.clock: Any = self.shared.clock

    def publish(self, event: Event) -> None:
        self.shared.events.publish(event)

    def asked(self) -> int:
        """How often the server was asked while the list is opened once."""
        before = len(self.client.asked)
        self.answer()
        return len(self.client.asked) - before


@pytest.fixture
def bench(fake_kodi: FakeKodi) -> Listening:
    return Listening()


def test_a_list_comes_from_memory_while_nothing_changes_and_not_for_ever(bench: Listening) -> None:
    first = bench.answer()
    bench.clock.now += LONGEST - 1.0
    assert bench.answer() == first and len(bench.client.asked) == 1
    bench.clock.now += 1.0
    assert bench.asked() == 1 and bench.asked() == 0


def test_where_nothing_is_pushed_the_server_is_asked_each_time(bench: Listening) -> None:
    bench.answer()
    bench.publish(PushesChanged(False))
    assert [bench.asked(), bench.asked()] == [1, 1]
    bench.publish(PushesChanged(True))
    assert [bench.asked(), bench.asked()] == [1, 0], 'what changed before somebody listened is not known'


@pytest.mark.parametrize('event', [
    ServerPushed(), LibraryStale(frozenset()), LibraryChanged(SyncReport()), PlaylistsChanged(), MarksSent(),
    PlaybackReported('mid', '7', False), ServerLost(), SettingsChanged(), UserSwitched(), ServerChosen(),
    SignedOut(False), KodiNotification('System.OnWake')], ids=lambda event: type(event).__name__)
def test_what_may_have_changed_it_makes_it_stale(bench: Listening, event: Event) -> None:
    bench.answer()
    bench.client.rows[0]['viewOffset'] = 90_000
    bench.publish(event)
    assert bench.show()[0]['resume']['position'] == 90.0
    assert bench.asked() == 0


def test_what_concerns_no_list_does_not(bench: Listening) -> None:
    bench.answer()
    bench.publish(KodiNotification('VideoLibrary.OnUpdate', {'playcount': 1}))
    assert bench.asked() == 0


def while_asked(bench: Listening, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Have something happen while the first question is on its way."""
    ask = bench.client.continue_watching_body

    def asked(*arguments: Any) -> bytes:
        monkeypatch.setattr(bench.client, 'continue_watching_body', ask)
        answer = ask(*arguments)
        happens()
        return answer
    monkeypatch.setattr(bench.client, 'continue_watching_body', asked)


def test_an_answer_that_was_on_its_way_when_something_changed_is_not_kept_as_right(
        bench: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    def happens() -> None:
        bench.client.rows.insert(0, film('9'))
        bench.publish(ServerPushed())
    while_asked(bench, monkeypatch, happens)
    assert labels(bench.show())[0] == 'Film 7' and labels(bench.show())[0] == 'Film 9'
    assert bench.asked() == 0


def test_an_older_answer_that_comes_late_does_not_replace_a_newer_one(
        bench: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    def happens() -> None:
        bench.publish(ServerPushed())
        bench.client.rows.insert(0, film('9'))
        assert labels(bench.show())[0] == 'Film 9'
    while_asked(bench, monkeypatch, happens)
    assert labels(bench.show())[0] == 'Film 7'
    assert labels(bench.show())[0] == 'Film 9' and bench.asked() == 0


def test_each_user_has_lists_of_their_own(bench: Listening) -> None:
    bench.answer()
    clients: Any = bench.shared.clients
    clients.user_id, bench.client.rows = 'kid', [film('9')]
    assert labels(bench.show()) == ['Film 9'], 'also where nobody has told yet that somebody else watches'
    clients.user_id = 'user'
    assert bench.asked() == 0
    clients.machine_identifier = 'another server'
    assert bench.asked() == 1


def test_nobody_gets_what_was_asked_for_another_user(bench: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    clients: Any = bench.shared.clients

    def happens() -> None:
        clients.user_id, bench.client.rows = 'kid', [film('9')]
    while_asked(bench, monkeypatch, happens)
    assert labels(bench.show()) == ['Film 9']


def test_nobody_gets_a_list_while_it_is_not_known_who_watches(bench: Listening,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    clients: Any = bench.shared.clients

    def locked() -> None:
        clients.error = UserNotChosen('nobody was chosen yet')
    while_asked(bench, monkeypatch, locked)
    with pytest.raises(ApiError) as caught:
        bench.answer()
    assert isinstance(caught.value.__cause__, UserNotChosen)
    clients.error = None
    clients.user_id = ''
    with pytest.raises(ApiError) as caught:
        bench.answer()
    assert isinstance(caught.value.__cause__, PlexForbidden)


def test_after_a_switch_nothing_of_the_other_user_stays(bench: Listening) -> None:
    bench.answer()
    bench.publish(UserSwitched())
    assert len(bench.answers.memory) == 0


def test_the_databases_changed_and_the_server_did_not(bench: Listening) -> None:
    bench.answer()
    bench.remember('7', 42)
    assert bench.show()[0]['dbid'] == 42 and len(bench.client.asked) == 1
    assert len(bench.client.completed) == 1, 'what the server said in full is known too'


def test_the_list_waits_a_moment_for_the_report_of_a_playback_that_ended_here(
        bench: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.answer()
    bench.publish(PlaybackEnded(playback(), 'stopped'))
    waits: List[float] = []

    def wait(_condition: Any, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            bench.client.rows = [film('9')]
            bench.publish(PlaybackReported('mid', '7', True))
    monkeypatch.setattr(bench.clock, 'wait', wait)
    assert labels(bench.show()) == ['Film 9'] and waits == [1.0]


def test_a_report_that_does_not_come_does_not_hold_up_a_list(bench: Listening,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    bench.publish(PlaybackEnded(playback(), 'stopped'))

    def wait(_condition: Any, seconds: float) -> None:
        bench.clock.now += seconds
    monkeypatch.setattr(bench.clock, 'wait', wait)
    before = bench.clock.now
    bench.answer()
    bench.answer()
    assert bench.clock.now == before + 1.0


# ---- bounds --------------------------------------------------------------------------------------------------------

def kept(size: int, at: float = 0.0) -> Kept:
    return Kept(Moment(0, at), b'x' * size, None, {}, False, Answer(None, b'', ()))


def question(number: int) -> Question:
    return Question('mid', 'user', 'hub', Options(key=str(number)))


def test_a_browser_of_a_hundred_lists_leaves_those_seen_last(bench: Listening) -> None:
    for limit in range(1, 101):
        bench.answer('', limit)
        bench.answer('', 500)  # the home screen
    assert len(bench.answers.memory) == 32
    before = len(bench.client.asked)
    bench.answer('', 500)
    bench.answer('', 100)
    assert len(bench.client.asked) == before
    bench.answer('', 1)
    assert len(bench.client.asked) == before + 1


def test_memory_is_bounded_in_bytes_too() -> None:
    memory = Memory(most_bytes=1000)
    for number in range(20):
        memory.put(question(number), kept(300))
    assert len(memory) == 3 and memory.size == 900
    memory.put(question(0), kept(1001))
    assert memory.get(question(0)) is None and len(memory) == 3, 'one that is too large does not cost the others'
    memory.put(question(19), kept(1001, at=1.0))
    assert memory.get(question(19)) is None and memory.size == 600, 'nor does what was kept of it stay'
    memory.clear()
    assert (len(memory), memory.size) == (0, 0)
