"""When the server is looked at."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from resources.lib.service.live.server import LiveServer
from tests.fakes import FakeKodi
from tests.support.shared import make_shared


def test_a_running_sync_has_the_server_for_itself(fake_kodi: FakeKodi) -> None:
    auth: Any = SimpleNamespace(status=lambda: SimpleNamespace(usable=True))
    live = LiveServer(make_shared(auth=auth))
    assert live.may_look()
    with live.shared.databases.writing:
        assert not live.may_look()
    live.shared.viewer.locked = True
    assert not live.may_look()


def test_nobody_is_asked_while_nobody_is_signed_in(fake_kodi: FakeKodi) -> None:
    auth: Any = SimpleNamespace(status=lambda: SimpleNamespace(usable=False))
    assert not LiveServer(make_shared(auth=auth)).may_look()
