"""A player that listens on loopback, with a clock, known tokens and a note of what it is asked to do."""
from __future__ import annotations

import threading
from typing import Iterator, List, Tuple

import pytest

from resources.lib.plex_errors import PlexError
from resources.lib.remote_control import listener
from resources.lib.remote_control.commands import Command
from resources.lib.remote_control.companion import Companion
from resources.lib.remote_control.controllers import Controllers
from resources.lib.remote_control.identity import PlayerIdentity
from resources.lib.remote_control.listener import Listener
from resources.lib.remote_control.subscribers import Subscribers
from resources.lib.remote_control.timeline import Timeline
from tests.unit.local_server import raw

IDENTITY = PlayerIdentity('our-player', 'Kodi "& <Büro> 📺', '4.0.0', 'Linux', '20.1')
TOKEN = 'ours'


class FakePlayer:
    """``timeline`` is what plays."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.commands: List[Command] = []
        self.looks = 0
        self.waits: List[float] = []
        self.news = threading.Event()

    def now(self) -> Timeline:
        return self.timeline

    def wait(self, known: Timeline, seconds: float) -> Timeline:
        self.waits.append(seconds)
        self.news.wait(60)
        return self.timeline

    def submit(self, command: Command) -> int:
        self.commands.append(command)
        return 200

    def changed(self) -> None:
        self.looks += 1


class Neighbourhood:
    """The player and those who want something of it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.player = FakePlayer()
        self.posts: List[Tuple[str, bytes]] = []
        self.unreachable = False
        self.controllers = Controllers(lambda token: token == TOKEN, lambda: self.now)
        self.subscribers = Subscribers(IDENTITY.identifier, self.post, lambda: self.now)
        self.companion = Companion(IDENTITY, self.controllers, self.subscribers, self.player)
        self.listener = Listener(self.companion, '127.0.0.1', 0)
        self.listener.open()

    def post(self, url: str, body: bytes) -> None:
        self.posts.append((url, body))
        if self.unreachable:
            raise PlexError('nobody there')

    def get(self, path: str, *headers: str, token: str = TOKEN, identifier: str = 'phone') -> bytes:
        """The answer to a controller; '' leaves a header out."""
        lines = list(headers)
        if token:
            lines.append('X-Plex-Token: ' + token)
        if identifier:
            lines.append('X-Plex-Client-Identifier: ' + identifier)
        return raw.exchange(self.listener.port, raw.get(self.listener.port, path, *lines, 'Connection: close'))


def status(answer: bytes) -> int:
    """The status of an answer; 0 for none."""
    return int(answer.split(b' ', 2)[1]) if answer else 0


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Iterator[Neighbourhood]:
    monkeypatch.setattr(listener, '_LOOK_SECONDS', 0.01)  # its end is waited for
    made = Neighbourhood()
    yield made
    made.player.news.set()
    made.listener.close()
