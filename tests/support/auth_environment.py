"""The sign-in part of an installed add-on: a folder of credentials, and a clock that may be wrong."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Set

from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.manager import AuthClock, AuthManager, AuthOptions
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.waiting import NoWaiting
from tools import plexsim


class AuthEnvironment:
    """``clock_error`` (seconds) is the error of this device's wall clock; its monotonic clock is right."""

    def __init__(self, sim: plexsim.PlexSim, folder: Path) -> None:
        self.sim = sim
        self.folder = folder
        self.clock_error = 0.0
        self.modern = True
        self.allow_http = True
        self.options: Dict[str, Any] = {}

    def now(self) -> float:
        return float(self.sim.clock.now()) + self.clock_error

    def start(self, **options: Any) -> AuthManager:
        """A new AuthManager on the same folder, as after a start of Kodi."""
        given: Dict[str, Any] = {'modern': lambda: self.modern, 'allow_http': lambda: self.allow_http}
        given.update(self.options)
        given.update(options)
        return AuthManager(
            CredentialStore(str(self.folder)),
            lambda identifier: PlexSession(ClientIdentity(identifier, '4.0.0'), cancellation=NoWaiting()),
            AuthOptions(self.sim.plex_tv_url, **given), AuthClock(self.now, self.sim.clock.now, NoWaiting()))

    def sign_in(self, **options: Any) -> AuthManager:
        """Start, and sign in with a code that is entered at once."""
        manager = self.start(**options)
        attempt = manager.begin_sign_in()
        assert attempt.poll() == 'waiting'
        assert self.sim.link_pin(attempt.code)
        assert attempt.poll() == 'linked'
        return manager

    def saved(self) -> Any:
        """The credentials in the files."""
        return CredentialStore(str(self.folder)).load()

    def asked(self) -> int:
        """The number of requests that plex.tv got."""
        return len(self.sim.requests.find('/api/v2/'))

    def secrets(self) -> Set[str]:
        """All tokens and codes that the simulated plex.tv knows, and those in the files."""
        saved = self.saved()
        own = {saved.account_jwt, saved.legacy_token, *(token.token for token in saved.server_tokens)}
        codes = {pin.code for pin in self.sim.pins.by_id.values()}
        return (set(self.sim.accounts.tokens) | codes | own) - {''}

    def files(self) -> Set[str]:
        """The names of the files in the add-on's data folder."""
        return set(os.listdir(self.folder)) if self.folder.exists() else set()
