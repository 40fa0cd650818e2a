"""A service that listens to a simulated server which it has synchronised."""
from __future__ import annotations

import time
from typing import Any, Callable, List, Tuple, Type, TypeVar

import pytest

from resources.lib.plex_errors import PlexError
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library, SimConfig

#: Seconds after which a change that should be in Kodi is taken for missed. How long it really took is returned.
PATIENCE = 20.0
_FIRST_SYNC = 300.0
Made = TypeVar('Made', bound='LiveEnvironment')


class LiveEnvironment(ServiceEnvironment):
    """Changes at the server, and Kodi's rows."""

    @classmethod
    def begun(cls: Type[Made], kodi: FakeKodi, library: Library, monkeypatch: pytest.MonkeyPatch) -> Made:
        """Signed in, synchronised, listening, and at rest."""
        made = cls(kodi, library, monkeypatch)
        try:
            made.begin()
        except BaseException:
            made.close()
            raise
        return made

    def begin(self) -> None:
        """Start the service and wait until it listens and rests."""
        self.start_kodi()
        self.sign_in()
        self.after_sync(self.library.begin_anew, _FIRST_SYNC)
        self.live.listener.reconnect()
        self.kodi.wait_for(lambda: self.sim.events.listeners > 0 and self.live.listener.connected, PATIENCE)
        self.rest()

    @property
    def live(self) -> Live:
        """The part that listens."""
        return self._part(Live)

    @property
    def config(self) -> SimConfig:
        """How the simulated servers behave."""
        return self.sim.config

    def rest(self, seconds: float = 1.5) -> None:
        """Wait until nothing was synchronised for some time."""
        quiet_since = [time.monotonic()]

        def quiet() -> bool:
            if self.library.sync.running or self.library.sync.waiting:
                quiet_since[0] = time.monotonic()
            return time.monotonic() - quiet_since[0] > seconds
        self.kodi.wait_for(quiet, 2 * PATIENCE)

    def until(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> float:
        """Wait for something to be so; how long it took."""
        began = time.monotonic()
        self.kodi.wait_for(condition, seconds)
        return time.monotonic() - began

    def titles(self) -> List[str]:
        """The films in Kodi's library."""
        return [row[0] for row in self.sync_env.rows('SELECT c00 FROM movie_view ORDER BY c00')]

    def row(self, what: str, title: str) -> Any:
        """One column of a film's view."""
        found = self.sync_env.rows('SELECT %s FROM movie_view WHERE c00 = ?' % what, title)
        return found[0][0] if found else None

    def sweeps(self) -> List[str]:
        """Listings of whole libraries since the log was cleared: what a single change should not cost."""
        return [entry.path for entry in self.sim.requests.find(r'/library/sections/\d+/all')
                if 'sort=id' in entry.query and '%3E%3E' not in entry.query]

    def stop_pushing(self) -> None:
        """The server refuses the websocket from now on."""
        self.sim.faults.add('/:/websockets/', 403)
        self.sim._listeners.disconnect()
        self.kodi.wait_for(lambda: not self.live.listener.connected, PATIENCE)

    def usable(self) -> bool:
        """Whether the server answers us right now."""
        try:
            self.running.shared.clients.connect()[0].sections()
        except PlexError:
            return False
        return True


def movies(*titles: str) -> Tuple[Library, List[str]]:
    """A library of films, and their ratingKeys."""
    library = Library.empty()
    return library, [str(library.add_movie(title).rating_key) for title in titles]
