"""The user before the TV, plex.tv, and a server with some libraries."""
from __future__ import annotations

import threading
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import pytest

from resources.lib.auth.errors import WrongPin
from resources.lib.auth.manager import SIGNED_IN, SIGNED_OUT, AuthStatus
from resources.lib.kodi import settings
from resources.lib.kodi.windows import guide, sign_in
from resources.lib.plex_model import Section
from resources.lib.plex_tv import HomeUser, ServerResource
from resources.lib.service.account.part import Account
from resources.lib.service.library.part import Library
from tests.fakes import FakeKodi
from tests.support.shared import make_shared


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
        self.others: Tuple[str, ...] = ()
        self.calls: List[str] = []
        self.home: List[HomeUser] = []
        self.home_error: Optional[Exception] = None
        self.pins: Dict[str, str] = {}
        self.known: List[ServerResource] = []
        self.address_errors: List[Exception] = []

    def status(self) -> AuthStatus:
        return AuthStatus(SIGNED_IN if self.user else SIGNED_OUT, user_name=self.user,
                          server_name='Server ' + self.chosen if self.chosen else '',
                          machine_identifier=self.chosen, usable=bool(self.user),
                          machine_identifiers=(self.chosen, *self.others) if self.chosen else ())

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
        self.chosen, self.others = key, ()
        self.calls.append('select ' + key)

    def select_servers(self, keys: Sequence[str]) -> None:
        self.chosen, self.others = keys[0], tuple(keys[1:])
        self.calls.append('select ' + ' '.join(keys))

    @staticmethod
    def server_name(key: str) -> str:
        return 'Server ' + key

    def connection(self, force: bool = False, _machine: str = '') -> None:
        if self.connect_error:
            raise self.connect_error

    def sign_out(self) -> None:
        self.user = self.chosen = ''


class FlowEnvironment:
    """The parts that ask the user, with a library that notes what is wanted of it."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kodi, self.auth, self.syncs = kodi, Auth(), 0
        self.codes: List[Any] = []
        self.removed = 0
        self.questions: List[int] = []
        self.old_items: Any = False
        self.remove_error: Optional[Exception] = None
        self.enters_code = True
        self.on_sync: Callable[[], object] = lambda: None
        self.sections = [section('1', 'Films'), section('2', 'Series', 'show'), section('3', 'Music', 'artist')]
        monkeypatch.setattr(sign_in, 'show_sign_in', self._window)
        monkeypatch.setattr(guide, 'CLOCK_S', 0.01)
        monkeypatch.setattr(guide, '_STAY_S', 0.0)
        self.shared = make_shared(self.auth, self)
        self.account = Account(self.shared)
        self.library = Library(self.shared)
        monkeypatch.setattr(self.library, 'begin_anew', self._sync)
        monkeypatch.setattr(self.library, 'remove_items', self._remove)
        monkeypatch.setattr(self.library, 'migration', self)
        self.calls = dict(self.account.calls(), **self.library.calls())

    def offer(self) -> bool:
        """The question about a library of 3.x, where there is one and it was not asked yet."""
        assert self.syncs == 0 or self.auth.chosen, 'a sync came before the question'
        self.questions.append(self.syncs)
        if isinstance(self.old_items, Exception):
            raise self.old_items
        return bool(self.old_items)

    ask = offer

    def asked(self) -> bool:
        """Whether the question was answered before."""
        return False

    def _remove(self, _user_id: str) -> None:
        self.removed += 1
        if self.remove_error:
            raise self.remove_error

    def _window(self, attempt: Any, _new: Any, _addon: Any, _stop: Any) -> str:
        self.codes.append(attempt)
        if self.enters_code:
            self.auth.user = 'Ann'
        return 'linked' if self.enters_code else 'cancelled'

    def machines(self) -> List[str]:
        """All servers."""
        return ['', *self.auth.others]

    def connect(self, _machine: str = '') -> Any:
        """A client of a server."""
        if self.auth.error:
            raise self.auth.error
        env = self

        class Client:
            def sections(self) -> List[Section]:
                return env.sections
        return Client(), 'mid'

    def _sync(self) -> None:
        self.syncs += 1
        self.on_sync()

    def start(self, what: str) -> bool:
        """Begin what the plugin, or the service at its start, asks for; whether it is on screen now."""
        if what in self.calls:
            return not self.calls[what]({})
        return self.shared.flows.start(getattr(self.account.flows, what))

    def does(self, what: str) -> None:
        """Run a flow to its end."""
        assert self.start(what)
        self.finish()

    @staticmethod
    def finish() -> None:
        """Wait for the end of the flow."""
        for thread in threading.enumerate():
            if thread.name == 'pkc-flow':
                thread.join(20)
                assert not thread.is_alive()

    def shown(self, kind: str) -> List[Any]:
        """The dialogs of one kind."""
        return [arguments for one, arguments in self.kodi.dialogs if one == kind]

    def told(self) -> List[str]:
        """All notices."""
        return [message for _, message, _ in self.kodi.notifications]

    def text(self, text_id: int) -> str:
        """A text in the user's language."""
        return self.kodi.text(text_id)

    @property
    def excluded(self) -> Any:
        """The libraries that are not wanted."""
        return settings.load().excluded_libraries


@pytest.fixture
def flow_env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> FlowEnvironment:
    return FlowEnvironment(fake_kodi, monkeypatch)
