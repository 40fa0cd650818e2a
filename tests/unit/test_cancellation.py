"""Work that runs in threads ends when it is told to, and only the work that was meant."""
from __future__ import annotations

import threading

import pytest

from resources.lib.cancellation import Cancellation, Cancelled


def test_a_child_ends_alone_and_with_its_parent() -> None:
    service = Cancellation()
    one, other = service.child(), service.child()
    one.cancel()
    assert [each.cancelled for each in (one, other, service)] == [True, False, False]
    service.cancel()
    assert [each.cancelled for each in (one, other, service)] == [True, True, True]
    assert service.child().cancelled and service.child().child().cancelled


def test_check_raises_only_when_cancelled() -> None:
    cancellation = Cancellation()
    cancellation.check()
    cancellation.cancel()
    with pytest.raises(Cancelled):
        cancellation.check()


def test_who_waits_wakes_at_once() -> None:
    service = Cancellation()
    sync = service.child()
    threading.Timer(0.05, service.cancel).start()
    assert sync.wait(30.0)
    assert not Cancellation().wait(0.0)
