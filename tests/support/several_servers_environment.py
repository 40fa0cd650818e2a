"""The whole service with two simulated servers at one simulated plex.tv."""
from __future__ import annotations

import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, List

import pytest

from resources.lib.service_entry import Service
from tests.fakes import FakeKodi
from tests.support.random_changes import Hands
from tests.support.service_environment import PATIENCE, ServiceEnvironment
from tests.support.sync_environment import dump
from tools.plexsim import Library, PlexSim, SimConfig

OTHER = 'b' * 40
OTHER_NAME = 'Barn'


class SeveralServersEnvironment(ServiceEnvironment):
    """``sim`` is the main server, ``other`` the one beside it, which somebody else shares."""

    def __init__(self, kodi: FakeKodi, libraries: List[Library], monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(kodi, libraries[0], monkeypatch)
        self.other_library = libraries[1]
        self.other_port = 0
        self.other = self._made_other()
        self.other.start()
        self.main = self.sync_env.machine

    def _made_other(self) -> PlexSim:
        config = SimConfig(machine_identifier=OTHER, server_name=OTHER_NAME, shared_by='Ben', pms_port=self.other_port,
                           clock=self.sim.clock)
        return PlexSim(self.other_library, config, beside=self.sim)

    def close(self) -> None:
        self.stop_kodi()
        self.other.stop()
        self.sync_env.close()

    def sign_in(self) -> None:
        """Sign in and choose both."""
        super().sign_in()
        self.auth.servers()
        self.auth.select_servers([self.main, OTHER])

    def change_at_random(self, seed: int) -> None:
        """Random changes at both servers, in the middle of which the other one is away."""
        rng = random.Random(seed)
        hands = [Hands(SimpleNamespace(library=library), rng) for library in (self.sim.library, self.other_library)]
        for round_number in range(4):
            if round_number == 1:
                self.other_goes()
            if round_number == 3:
                self.other_comes()
                self.other.faults.add('/library/', 'drop', probability=0.2, times=20)
            for _ in range(8):
                rng.choice(hands).change()
        self.other.faults.clear()

    def other_goes(self) -> None:
        """The other server is switched off."""
        self.other_port = int(self.other.pms_url.rsplit(':', 1)[1])
        self.other.stop()

    def other_comes(self) -> None:
        """It is there again, at the same address."""
        self.other = self._made_other()
        self.other.start()

    def until(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Wait for something to be so."""
        self.kodi.wait_for(condition, seconds)

    def titles(self, machine: str = '') -> List[str]:
        """The movies of a server (of both) in Kodi's library."""
        return [row[0] for row in self.sync_env.rows(
            'SELECT c00 FROM movie_view WHERE strFilename LIKE ? ORDER BY c00', '%%/%s%%' % machine)]

    def dump(self) -> Dict[str, List[Any]]:
        """All rows of Kodi's library."""
        return dump(self.sync_env.video_db)

    @property
    def profile(self) -> Path:
        """The folder of the add-on's files."""
        return Path(self.running.shared.profile if self.service else self._profile)

    def start_kodi(self) -> Service:
        """As the base class."""
        service = super().start_kodi()
        self._profile = service.shared.profile
        return service

    def runs(self, machine: str) -> List[Dict[str, Any]]:
        """The syncs of a server that are in the history, the newest first; '' is the main one."""
        return [run for run in self.library.history.runs() if run.get('machine', '') == machine]

    def listed(self, path: str, **options: Any) -> List[str]:
        """The labels of a list."""
        answer = self.call('list', path=path, **options)
        return [item['label'] for item in json.loads(answer)['items']]
