"""The whole service and the plugin with fakes of Kodi's modules and a simulated Plex."""
from __future__ import annotations

import json
import os
import threading
from functools import partial
from pathlib import Path
from typing import Any, Optional

import pytest

from resources.lib.kodi.windows import guide, sign_in, sign_in_session
from resources.lib.service.library.part import Library as LibraryPart
from tests.fakes import FakeKodi
from tests.support.hurry import hurry
from tools import kodischema, plexsim
from tools.ports import free_port

ADDON = 'plugin.video.plexkodiconnect'


class PluginAndService:
    """``start()`` runs the service in a thread, ``stop()`` ends Kodi; the folders are kept between them."""

    def __init__(self, kodi: FakeKodi, sim: plexsim.PlexSim, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kodi = kodi
        self.sim = sim
        self.service: Any = None
        self._thread: Optional[threading.Thread] = None
        monkeypatch.setenv('PLEXKODICONNECT_PLEX_TV', sim.plex_tv_url)
        hurry(monkeypatch)
        monkeypatch.setattr(sign_in_session, '_SHOW_DONE_S', 0.0)  # no need to show "signed in"
        monkeypatch.setattr(guide, '_STAY_S', 0.0)
        monkeypatch.setattr(sign_in, 'show_sign_in', partial(sign_in.show_sign_in, poll_s=0.05))
        kodischema.create(kodi.real_path('special://database'))
        self.set('local_port', str(free_port()))

    @property
    def profile(self) -> Path:
        return Path(self.kodi.real_path('special://profile/addon_data/' + ADDON))

    @property
    def video_db(self) -> Path:
        return Path(self.kodi.real_path('special://database')) / 'MyVideos121.db'

    def set(self, name: str, value: str) -> None:
        """Change a setting as the user does."""
        self.kodi.set_setting(name, value)

    def start(self) -> Any:
        from resources.lib.service_entry import Service
        self.kodi.abort.clear()
        self.service = Service()
        self._thread = threading.Thread(target=self.service.run, name='service')
        started = self._starts()
        self._thread.start()
        self.kodi.wait_for(lambda: self._starts() > started)
        return self.service

    def _starts(self) -> int:
        return sum('started in' in line for _, line in list(self.kodi.log))

    def stop(self) -> None:
        if self._thread is not None:
            self.kodi.request_abort()
            self._thread.join(20)
            assert not self._thread.is_alive()
            self._thread = None

    def call(self, path: str, query: str = '', handle: int = 7) -> None:
        """Call the plugin as Kodi does."""
        from resources.lib.entrypoint import run
        self.kodi.listings.pop(handle, None)
        self.kodi.resolved.pop(handle, None)
        run(['plugin://%s/%s' % (ADDON, path), str(handle), query])

    def link_code(self, user: int = 1) -> None:
        """Enter the code that is on the screen at plex.tv/link, as this user."""
        pins = self.sim.pins
        self.kodi.wait_for(lambda: any(not pin.user for pin in pins.by_id.values()))
        for pin in list(pins.by_id.values()):
            if not pin.user:
                assert self.sim.link_pin(pin.code, user)

    def report(self) -> Any:
        """The report of the last sync; None before the first one."""
        path = self.profile / 'last_sync.json'
        try:
            return json.loads(path.read_text(encoding='utf-8'))
        except (OSError, ValueError):
            return None

    def synced(self) -> Any:
        """Wait for the report of a sync that was not cancelled for another one, and for the end of any that follows it;
        returns and removes it.
        """
        sync = next(part.sync for part in self.service.parts if isinstance(part, LibraryPart))
        self.kodi.wait_for(lambda: not (sync.running or sync.waiting)
                           and (self.report() or {'cancelled': True})['cancelled'] is False, 60)
        report = self.report()
        os.remove(self.profile / 'last_sync.json')
        return report

    def flows_done(self) -> None:
        """Wait until no dialog flow runs."""
        self.kodi.wait_for(lambda: not [one for one in threading.enumerate() if one.name == 'pkc-flow'], 30)
