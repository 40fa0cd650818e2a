"""Thirty days in the life of a TV box, in seconds: faults, moves, a lying clock, a server that learns to take JWTs."""
from __future__ import annotations

import logging
from pathlib import Path
from typing import Iterator, List, Set

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.errors import NeedsSecondPin, SignInAgain
from resources.lib.plex_errors import PlexError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.service.account.notice import SignInNotice
from tests.support.auth_environment import AuthEnvironment
from tests.support.waiting import NoWaiting
from tools import plexsim

HOUR, DAY = 3600.0, 86400.0


class Month:
    """The service's life against both simulated servers, twenty minutes at a time."""

    def __init__(self, env: AuthEnvironment) -> None:
        self.env = env
        self.sim = env.sim
        self.manager = env.sign_in()
        self.told: List[str] = []
        self.notice = SignInNotice(lambda name, _: self.told.append(name), self._asked)
        self.session = PlexSession(ClientIdentity('box', '4.0.0'), retries=2, cancellation=NoWaiting())
        self.next_tick = 0.0
        self.worked = self.failed = self.longest = 0
        self._failing = 0

    def _asked(self, name: str) -> bool:
        self.told.append(name)
        return True

    def token(self) -> str:
        """The server's token that is in use; faults are waited out."""
        while True:
            try:
                return self.manager.connection().token
            except PlexError:
                self.twenty_minutes()

    def restart(self) -> None:
        self.manager = self.env.start()
        self.next_tick = 0.0

    def twenty_minutes(self) -> None:
        """A tick when it is due, and a request like those of sync and playback."""
        self.sim.clock.advance(1200)
        now = self.sim.clock.now()
        if now >= self.next_tick:
            self.next_tick = now + self.manager.tick()
        self.notice.look(self.manager.status())
        assert self.manager.status().usable
        if self._works():
            self.worked, self._failing = self.worked + 1, 0
        else:
            self.failed, self._failing = self.failed + 1, self._failing + 1
            self.longest = max(self.longest, self._failing)

    def _works(self) -> bool:
        """As the sync does it: connect, ask, report what failed, ask once more."""
        for _ in range(2):
            try:
                found = self.manager.connection()
            except (SignInAgain, NeedsSecondPin):
                raise
            except PlexError:
                return False
            try:
                PMSClient(self.session, found.base_url, found.token).sections()
            except PlexError as error:
                self.manager.report_failure(found, error)
            else:
                return True
        return False


@pytest.fixture
def env(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[AuthEnvironment]:
    caplog.set_level(logging.DEBUG)
    with plexsim.PlexSim(config=plexsim.SimConfig()) as sim:
        made = AuthEnvironment(sim, tmp_path / 'addon_data')
        yield made
        lines = '\n'.join(record.getMessage() for record in caplog.records
                          if record.name.partition('.')[0] in ('pkc', 'urllib3'))
        assert [secret for secret in made.secrets() if secret in lines] == []


@pytest.mark.parametrize('seed', [1, 2])
def test_thirty_days_with_faults_need_nobody(env: AuthEnvironment, seed: int) -> None:
    sim = env.sim
    month = Month(env)
    month.token()
    sim.faults.seed(seed)
    sim.faults.add('.', 503, probability=0.04, server='plextv')
    sim.faults.add('.', 'drop', probability=0.03, server='plextv')
    sim.faults.add('.', 429, probability=0.02, server='plextv')
    sim.faults.add('.', 'html', probability=0.01, server='plextv')
    sim.faults.add('.', 503, probability=0.06, server='pms')
    sim.faults.add('.', 'drop', probability=0.04, server='pms')
    kinds: Set[bool] = set()
    for day in range(30):
        if day == 6:
            sim.move_pms()
        if day == 12:
            env.clock_error = 3 * HOUR
        if day == 15:
            sim.config.accepts_jwt = True
        if day == 21:
            sim.move_pms()
        if day in (9, 18, 27):
            month.restart()
        for _ in range(24 * 3):
            month.twenty_minutes()
        kinds.add(is_jwt(month.token()))
    assert month.manager.status().state == 'signed_in'
    assert month.told == []
    assert kinds == {False, True}, 'the server learnt to take JWTs and got one'
    assert is_jwt(month.token())
    assert month.longest <= 3, 'an hour at most without the server'
    assert month.failed < month.worked / 50
    at_plex_tv = [entry for entry in sim.requests if entry.server == 'plextv']
    asked_of_server = [entry for entry in sim.requests if entry.server == 'pms']
    assert len(at_plex_tv) < 120
    assert len(asked_of_server) < 30 * 24 * 3 * 1.6

