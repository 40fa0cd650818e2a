"""The ``Shared`` of the service for tests of one part: all objects are real but those that a test gives."""
from __future__ import annotations

import threading
from typing import Any, Callable, Optional

from resources.lib.cancellation import Cancellation
from resources.lib.kodi.addon import Addon
from resources.lib.service.events import EventBus
from resources.lib.service.flows import FlowRunner
from resources.lib.service.guide import Guide
from resources.lib.service.one_server import Asker
from resources.lib.service.queue_turn import QueueTurn
from resources.lib.service.shared import Clock, Databases, ListedPictures, Screen, SettingsStore, Shared
from resources.lib.service.status_board import StatusBoard
from resources.lib.service.viewer import Viewer

PORT = 57310


class FakeClock(Clock):
    """A clock that only the test advances. Waiting threads read it repeatedly."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self._looks = 0
        self._looked = threading.Condition()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return 1_800_000_000.0 + self.now

    def wait(self, condition: threading.Condition, seconds: Optional[float]) -> None:
        with self._looked:
            self._looks += 1
            self._looked.notify_all()
        condition.wait(0.002)

    def settle(self) -> bool:
        """Wait until a waiting thread has read the clock twice, so that it has nothing to do; false when none does for
        twenty seconds.
        """
        with self._looked:
            wanted = self._looks + 2
            return self._looked.wait_for(lambda: self._looks >= wanted, 20.0)


class MovableClock(Clock):
    """The real clock, until the test stops it or puts it forward. Who waits by it already is not woken by that."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped: Optional[float] = None

    def monotonic(self) -> float:
        return (super().monotonic() if self._stopped is None else self._stopped) + self._ahead

    def time(self) -> float:
        return super().time() - super().monotonic() + self.monotonic()

    def stop(self) -> None:
        """Nothing but :meth:`advance` moves it from now on."""
        self._stopped = super().monotonic()

    def advance(self, seconds: float) -> None:
        """Put it forward."""
        self._ahead += seconds


class Clients:
    """The clients of one server: the test's ``client``, or ``error`` is raised."""

    def __init__(self, client: Any = None, machine_identifier: str = 'mid') -> None:
        self.client, self.machine_identifier = client, machine_identifier
        self.error: Optional[Exception] = None
        self.user_id = 'user'
        self.failures: list[Exception] = []

    def machines(self) -> list[str]:
        return ['']

    def machine_of(self, machine_identifier: str) -> str:
        return '' if machine_identifier == self.machine_identifier else machine_identifier

    def ready(self, _machine: str = '') -> bool:
        return True

    def away(self, _machine: str = '') -> bool:
        return False

    def connect(self, _machine: str = '') -> Any:
        if self.error:
            raise self.error
        return self.client, self.machine_identifier

    connect_quick = connect

    def identified(self, _machine: str = '') -> bool:
        return False

    def asker(self, _machine: str = '') -> Asker:
        client, machine_identifier = self.connect()
        return Asker(client, machine_identifier, self.user_id)

    def of_server(self, machine_identifier: str) -> Any:
        if machine_identifier != self.machine_identifier:
            raise LookupError(machine_identifier)
        return self.connect()[0]

    def of_this_user(self) -> Callable[[str], Any]:
        return self.of_server

    def of_user(self, machine_identifier: str) -> Any:
        return self.of_server(machine_identifier), ''

    def failed(self, error: Exception, _machine: str = '') -> None:
        self.failures.append(error)

    def report_failure(self, _machine_identifier: str, error: Exception) -> None:
        self.failed(error)


def make_shared(auth: Any = None, clients: Any = None, clock: Optional[Clock] = None,
                tell: Optional[Callable[[str, bool], None]] = None) -> Shared:
    """A ``Shared`` in the fake Kodi's profile; each argument replaces an object."""
    addon, stopping = Addon(), Cancellation()
    profile = addon.profile_dir
    screen = Screen(addon, stopping)
    server_clients: Any = clients or Clients()
    events = EventBus()
    return Shared(addon, profile, SettingsStore(), auth, server_clients, Databases(profile), events,
                  clock or FakeClock(), stopping, Viewer(), screen, FlowRunner(tell or screen.tell), ListedPictures(),
                  QueueTurn(), StatusBoard(), Guide(events, tell or screen.tell, stopping), PORT)
