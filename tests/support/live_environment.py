"""A service that listens to a simulated server which it has synchronised."""
from __future__ import annotations

import itertools
import time
from typing import Any, Callable, List, Optional, Tuple, Type, TypeVar

import pytest

from resources.lib.plex_errors import PlexError
from resources.lib.service.live.gathering import LONGEST, QUIET, Gathering, Heard
from resources.lib.service.live.part import Live
from resources.lib.service.live.server import LiveServer
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library, SimConfig

#: Seconds after which a change that should be in Kodi is taken for missed. How long it really took is returned.
PATIENCE = 20.0
_FIRST_SYNC = 300.0
#: What is due in so many seconds is waited for by :meth:`LiveEnvironment.rest`: the second look at what may be gone.
_SOON = 2.0
Made = TypeVar('Made', bound='LiveEnvironment')


class LiveEnvironment(ServiceEnvironment):
    """Changes at the server, and Kodi's rows."""

    def __init__(self, kodi: FakeKodi, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(kodi, library, monkeypatch)
        self._patch = monkeypatch
        self._marks = itertools.count()
        self._gathered = _Gathered()

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
        self._gathered = _Gathered()
        self._gathered.watch(self.live._gathering, self._patch)
        self.sign_in()
        self.after_sync(self.library.begin_anew, _FIRST_SYNC)
        before = self.live.listener._socket
        self.live.listener.reconnect()
        self.kodi.wait_for(lambda: self.live.listener._socket is not before and self.live.listener.connected
                           and self.sim.events.listeners > 0, PATIENCE)
        self.rest()

    def hurry(self) -> None:
        """Pass on what was heard after a twentieth of the usual time. That many become one is not tested then."""
        self.live._gathering._quiet, self.live._gathering._longest = QUIET / 20.0, LONGEST / 20.0

    @property
    def live(self) -> LiveServer:
        """The part that listens."""
        return self._part(Live).main

    @property
    def config(self) -> SimConfig:
        """How the simulated servers behave."""
        return self.sim.config

    def rest(self) -> None:
        """Wait until the service has heard all that the server said until now, and has done what follows from it."""
        if self.live.listener.connected:
            self._hear_all()
        self.kodi.wait_for(self._at_rest, 2 * PATIENCE)

    def _hear_all(self) -> None:
        """Wait until the service has heard what the server says last: that somebody plays something unknown."""
        key = 'mark %d' % next(self._marks)

        def heard() -> bool:
            if key in self.live._gathering._played:
                return True
            self.sim.events.playing({'ratingKey': key, 'state': 'playing'})  # the one before may have met no connection
            return False
        self.kodi.wait_for(heard, PATIENCE)

    def _at_rest(self) -> bool:
        """Whether nothing is gathered, on its way to the sync's thread, waiting there or under way."""
        if self._gathered.any(self.live._gathering):
            return False
        sync = self.library.sync
        with sync._wake:
            due = sync._queue.next_due()
            return sync._current is None and (
                due is None or due > self.running.shared.clock.monotonic() + _SOON)

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


class _Gathered:
    """Follows what a :class:`Gathering` has taken until it was passed on, which nobody else can see."""

    def __init__(self) -> None:
        self._on_its_way = False

    def watch(self, gathering: Gathering, patch: pytest.MonkeyPatch) -> None:
        """Do so from now on."""
        take, taken = gathering.take, gathering._taken

        def next_one() -> Optional[Heard]:
            self._on_its_way = False
            return take()

        def just_taken(now: float) -> Optional[Heard]:
            heard = taken(now)
            self._on_its_way = heard is not None
            return heard
        patch.setattr(gathering, 'take', next_one)
        patch.setattr(gathering, '_taken', just_taken)

    def any(self, gathering: Gathering) -> bool:
        """Whether there is something that was not passed on."""
        with gathering._changed:
            return bool(gathering._first) or self._on_its_way


def movies(*titles: str) -> Tuple[Library, List[str]]:
    """A library of films, and their ratingKeys."""
    library = Library.empty()
    return library, [str(library.add_movie(title).rating_key) for title in titles]
