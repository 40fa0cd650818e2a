"""Requests of several servers in one queue: none is merged with, or held up by, another server's."""
from __future__ import annotations

from resources.lib.service.library.requests import (
    EVENT,
    RETRY,
    SWEEP,
    TIMER,
    USER,
    Scope,
    SyncQueue,
    SyncRequest,
)


def everybody(_machine: str) -> bool:
    return True


def asked(machine: str, cause: object = EVENT, due: float = 0.0, **scope: object) -> SyncRequest:
    return SyncRequest(cause, Scope(SWEEP, machine=machine, **scope), due)  # type: ignore[arg-type]


def queue(*requests: SyncRequest) -> SyncQueue:
    made = SyncQueue()
    for request in requests:
        made.add(request)
    return made


def test_requests_of_two_servers_are_two_syncs() -> None:
    waiting = queue(asked('', sections=frozenset({'1'})), asked('b', sections=frozenset({'1'})), asked(''))
    first, second = waiting.take(1.0, everybody), waiting.take(1.0, everybody)
    assert first is not None and second is not None
    assert {first.scope.machine, second.scope.machine} == {'', 'b'}
    assert waiting.next_due() is None


def test_a_server_that_is_not_ready_waits_and_the_other_one_does_not() -> None:
    waiting = queue(asked('b', USER), asked(''))

    def ready(machine: str) -> bool:
        return machine != 'b'
    taken = waiting.take(1.0, ready)
    assert taken is not None and taken.scope.machine == ''
    assert waiting.take(1.0, ready) is None and waiting.next_due(ready) is None and waiting.next_due() == 0.0
    back = waiting.take(1.0, everybody)
    assert back is not None and back.cause == USER


def test_each_server_has_its_own_timer_and_its_own_pause_after_a_failure() -> None:
    waiting = queue(asked('', TIMER, 10.0), asked('b', TIMER, 20.0), asked('b', TIMER, 30.0), asked('', RETRY, 40.0),
                    asked('b', RETRY, 50.0))
    assert waiting.waits(TIMER, '') and waiting.waits(TIMER, 'b')
    waiting.hurry(RETRY, 'b', 1.0)
    taken = waiting.take(1.0, everybody)
    assert taken is not None and taken.scope.machine == 'b' and not waiting.waits(TIMER, 'b')
    assert waiting.take(1.0, everybody) is None and waiting.next_due() == 10.0


def test_what_the_user_asked_for_of_another_server_is_still_to_come() -> None:
    waiting = queue(asked('', USER), asked('b', USER))
    assert waiting.take(1.0, everybody) is not None
    assert waiting.announced(1.0, everybody) and not waiting.announced(1.0, lambda machine: not machine)
    waiting.hush(lambda machine: not machine)
    assert not waiting.announced(1.0, everybody) and waiting.waits(RETRY, 'b')
    waiting.drop_announced()
    assert not waiting.announced(1.0, everybody)
