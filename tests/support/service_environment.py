"""The whole service with fakes of Kodi's modules and a simulated Plex."""
from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional, Type, TypeVar

import pytest

from resources.lib.auth.manager import AuthManager
from resources.lib.kodi import settings
from resources.lib.playback.watcher import PlaybackWatcher
from resources.lib.service.library import report_text
from resources.lib.service.library.part import Library as LibraryPart
from resources.lib.service.library.requests import (
    CHECK,
    DELTA,
    FULL_CHECK,
    SWEEP,
    TIMER,
    USER,
    Cause,
    Scope,
    SyncRequest,
)
from resources.lib.service.playback.part import Playback
from resources.lib.service.watch_state.part import WatchState
from resources.lib.service.watch_state.watched_marks import WatchedMarks
from resources.lib.service_entry import PLEX_TV_VARIABLE, Service
from tests.fakes import FakeKodi
from tests.support.hurry import hurry
from tests.support.shared import MovableClock
from tests.support.sync_environment import SyncEnvironment
from tools.plexsim import OWNER, Library
from tools.ports import free_port

#: Limit in seconds of waiting for another thread.
PATIENCE = 20.0
Kind = TypeVar('Kind')


class ServiceEnvironment:
    """A Kodi that can be started and stopped, and a user who sets marks, asks for syncs and looks at the library."""

    #: Whether the service loses no time between its tries (:mod:`.hurry`).
    hurried = True

    def __init__(self, kodi: FakeKodi, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kodi = kodi
        folder = kodi.profile / 'Database'
        folder.mkdir(parents=True, exist_ok=True)
        self.sync_env = SyncEnvironment(folder, library)
        self.sim = self.sync_env.sim
        monkeypatch.setenv(PLEX_TV_VARIABLE, self.sim.plex_tv_url)
        if self.hurried:
            hurry(monkeypatch)
        for name, value in (('local_port', str(free_port())), ('sync_at_start', 'false'), ('sync_interval', '0'),
                            ('offered_sign_in', 'true'), ('plex_playlists', 'off')):
            kodi.set_setting(name, value)
        self.clock = MovableClock()
        self.service: Optional[Service] = None
        self._thread: Optional[threading.Thread] = None

    # ---- Kodi ----------------------------------------------------------------------------------------------------

    def start_kodi(self) -> Service:
        """Start Kodi, and with it the service; returns it when it runs."""
        self.kodi.abort.clear()
        ready = threading.Event()

        def run() -> None:
            self.service = Service(self.clock)
            ready.set()
            self.service.run()
        self._thread = threading.Thread(target=run, name='service')
        self._thread.start()
        assert ready.wait(PATIENCE) and self.service
        return self.service

    def stop_kodi(self) -> None:
        """End Kodi, and wait until the service has ended."""
        self.kodi.request_abort()
        if self._thread is not None:
            self._thread.join(PATIENCE)
            assert not self._thread.is_alive()
        self._thread = self.service = None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Kodi runs and the user is signed in, until the end of the block."""
        try:
            self.start_kodi()
            self.sign_in()
            yield
        finally:
            self.close()

    def close(self) -> None:
        """End Kodi and the simulated Plex."""
        self.stop_kodi()
        self.sync_env.close()

    @property
    def running(self) -> Service:
        """The running service."""
        assert self.service is not None
        return self.service

    @property
    def auth(self) -> AuthManager:
        """The service's AuthManager."""
        return self.running.shared.auth

    @property
    def library(self) -> LibraryPart:
        """The part of the service that syncs."""
        return self._part(LibraryPart)

    @property
    def marks(self) -> WatchedMarks:
        """The object that sends marks to the server."""
        return self._part(WatchState).marks

    @property
    def watcher(self) -> PlaybackWatcher:
        """The object that follows Kodi's player."""
        return self._part(Playback).watcher

    def _part(self, kind: Type[Kind]) -> Kind:
        return next(part for part in self.running.parts if isinstance(part, kind))

    def call(self, name: str, **arguments: Any) -> Any:
        """Call the service's API as the plugin does."""
        self.kodi.playlist.waits_for_answer = name == 'play'
        try:
            return self.running.calls()[name](arguments)
        finally:
            self.kodi.playlist.waits_for_answer = False

    def request(self, cause: Cause = USER) -> bool:
        """Request a sync with this cause, which determines its mode."""
        depth = {TIMER: DELTA, FULL_CHECK: CHECK}.get(cause, SWEEP)
        return self.library.sync.request(SyncRequest(cause, Scope(depth, all_due=cause.announced)))

    def sign_in(self) -> None:
        """Sign in with a code that is entered at once; the only server is chosen."""
        attempt = self.auth.begin_sign_in()
        assert self.sim.link_pin(attempt.code)
        assert attempt.poll() == 'linked'
        self.auth.select_server(self.sync_env.machine)

    def watch_as(self, user: Any) -> None:
        """Switch to another user of the Home."""
        self.auth.select_user(user.uuid)

    # ---- syncs ---------------------------------------------------------------------------------------------------

    def sync(self) -> Dict[str, Any]:
        """Run "Synchronise now"; returns the report."""
        return self.after_sync(self.library.begin_anew)

    def after_sync(self, begin: Any = lambda: None, seconds: float = PATIENCE) -> Dict[str, Any]:
        """The report of the sync that ``begin`` leads to, which is begun anew when the user or the server changes."""
        before = self.finished()
        begin()
        self.kodi.wait_for(lambda: self.finished() > before and not self.library.history.runs()[0]['cancelled'],
                           seconds)
        run = dict(self.library.history.runs()[0])
        words = report_text.summary(run, self.running.shared.addon.text)
        self.kodi.wait_for(lambda: settings.load().last_sync == words, PATIENCE)
        return run

    def finished(self) -> int:
        """The number of syncs in the history."""
        return len(self.library.history.runs())

    # ---- the library ---------------------------------------------------------------------------------------------

    def rating_key(self, title: str) -> str:
        """The ratingKey of a movie."""
        return next(str(item.rating_key) for item in self.sync_env.library.items('movie') if item.title == title)

    def mark(self, title: str, watched: bool) -> None:
        """Mark a movie in Kodi, and wait until the mark is stored."""
        (kodi_id, file_id), = self.sync_env.rows('SELECT idMovie, idFile FROM movie_view WHERE c00 = ?', title)
        self.sync_env.execute('UPDATE files SET playCount = ? WHERE idFile = ?', 1 if watched else None, file_id)
        self.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': kodi_id, 'type': 'movie'},
                                                           'playcount': int(watched)})
        self.kodi.wait_for(self.marks._queue.empty)

    def shown_as_watched(self) -> List[str]:
        """Titles of the movies that are marked as watched in Kodi."""
        return [row[0] for row in self.sync_env.rows('SELECT c00 FROM movie_view WHERE playCount > 0 ORDER BY c00')]

    def watched_in_plex(self, user: int = OWNER) -> List[str]:
        """Titles of the movies that a Plex user has watched."""
        library = self.sync_env.library
        return sorted(item.title for item in library.items('movie')
                      if library.watch.is_watched(user, item))

    def told(self) -> List[str]:
        """All requests with marks that the server got."""
        return [entry.path for entry in self.sim.requests.find(r'/:/(un)?scrobble')]
