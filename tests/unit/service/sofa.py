"""The user before the TV, plex.tv, and a server with some libraries."""
from __future__ import annotations

import threading
from typing import Any, Dict, List, Optional

import pytest

from resources.lib.auth.errors import WrongPin
from resources.lib.auth.manager import SIGNED_IN, SIGNED_OUT, AuthStatus
from resources.lib.cancellation import Cancellation
from resources.lib.kodi import settings
from resources.lib.kodi.addon import Addon
from resources.lib.kodi.windows import sign_in
from resources.lib.plex_model import Section
from resources.lib.plex_tv import HomeUser, ServerResource
from resources.lib.service.account.flows import AccountFlows, FlowHost
from tests.fakes import FakeKodi


def member(name: str, protected: bool = False) -> HomeUser:
    return HomeUser(name, name.lower(), name, '', name == 'Ann', False, False, protected)


def server(key: str, owned: bool = True, source: str = '') -> ServerResource:
    return ServerResource(key, 'Server ' + key, '1.43', owned, False, source, True, False, True)


def section(key: str, title: str, plex_type: str = 'movie', uuid: Optional[str] = None) -> Section:
    return Section(key, plex_type, title, 'uuid-' + key if uuid is None else uuid, False, 0, '')


class Auth:
    """plex.tv and what is remembered of it."""

    def __init__(self) -> None:
        self.listed = [server('a')]
        self.error: Optional[Exception] = None
        self.connect_error: Optional[Exception] = None
        self.user, self.chosen = '', ''
        self.calls: List[str] = []
        self.home: List[HomeUser] = []
        self.home_error: Optional[Exception] = None
        self.pins: Dict[str, str] = {}
        self.known: List[ServerResource] = []
        self.address_errors: List[Exception] = []

    def status(self) -> AuthStatus:
        return AuthStatus(SIGNED_IN if self.user else SIGNED_OUT, user_name=self.user,
                          server_name='Server ' + self.chosen if self.chosen else '',
                          machine_identifier=self.chosen, usable=bool(self.user))

    def home_users(self, own_pin: bool = False) -> List[HomeUser]:
        if self.home_error:
            raise self.home_error
        return self.home

    def select_user(self, uuid: str, pin: str = '') -> None:
        if self.pins.get(uuid, '') != pin:
            raise WrongPin()
        self.user = uuid.title()

    def begin_sign_in(self) -> str:
        if self.error:
            raise self.error
        return 'code'

    def begin_second_sign_in(self) -> str:
        return 'second code'

    def cancel_sign_in(self) -> None:
        self.calls.append('cancel')

    def servers(self) -> List[ServerResource]:
        if self.error:
            raise self.error
        return self.listed

    def known_servers(self) -> List[ServerResource]:
        return self.known

    def add_server(self, address: str) -> None:
        self.calls.append('add ' + address)
        if self.address_errors:
            raise self.address_errors.pop(0)
        self.chosen = 'typed'

    def select_server(self, key: str) -> None:
        self.chosen = key
        self.calls.append('select ' + key)

    def connection(self, force: bool = False) -> None:
        if self.connect_error:
            raise self.connect_error

    def sign_out(self) -> None:
        self.user = self.chosen = ''


class Sofa:
    """The user before the TV."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kodi, self.auth, self.syncs = kodi, Auth(), 0
        self.codes: List[Any] = []
        self.removed = 0
        self.questions: List[int] = []
        self.old_items: Any = False
        self.remove_error: Optional[Exception] = None
        self.enters_code = True
        self.sections = [section('1', 'Films'), section('2', 'Series', 'show'), section('3', 'Music', 'artist')]
        monkeypatch.setattr(sign_in, 'show_sign_in', self._window)
        self.flows = AccountFlows(FlowHost(Addon(), self.auth, self._client, self._sync,  # type: ignore[arg-type]
                                           Cancellation(), self._remove, self))

    def offer(self) -> bool:
        """The question about a library of 3.x, where there is one and it was not asked yet."""
        assert self.syncs == 0 or self.auth.chosen, 'a sync came before the question'
        self.questions.append(self.syncs)
        if isinstance(self.old_items, Exception):
            raise self.old_items
        return self.old_items

    ask = offer

    def _remove(self) -> None:
        self.removed += 1
        if self.remove_error:
            raise self.remove_error

    def _window(self, attempt: Any, _new: Any, _addon: Any, _stop: Any) -> str:
        self.codes.append(attempt)
        if self.enters_code:
            self.auth.user = 'Ann'
        return 'linked' if self.enters_code else 'cancelled'

    def _client(self) -> Any:
        if self.auth.error:
            raise self.auth.error
        sofa = self

        class Client:
            def sections(self) -> List[Section]:
                return sofa.sections
        return Client()

    def _sync(self) -> None:
        self.syncs += 1

    def does(self, what: str) -> None:
        """Run a flow to its end."""
        assert getattr(self.flows, what)()
        for thread in threading.enumerate():
            if thread.name == 'pkc-flow':
                thread.join(2.0)
                assert not thread.is_alive()

    def asked(self, kind: str) -> List[Any]:
        return [arguments for one, arguments in self.kodi.dialogs if one == kind]

    def told(self) -> List[str]:
        return [message for _, message, _ in self.kodi.notifications]

    def text(self, text_id: int) -> str:
        return self.kodi.text(text_id)

    @property
    def excluded(self) -> Any:
        return settings.load().excluded_libraries


@pytest.fixture
def sofa(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Sofa:
    return Sofa(fake_kodi, monkeypatch)
