"""The users of a Plex Home, from the code on the screen to what the sync writes, over real sockets."""
from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.errors import ChooseUserAgain, WrongPin
from resources.lib.auth.manager import AuthClock, AuthManager, AuthOptions
from resources.lib.plex_errors import PlexError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.service.account.part import Account
from resources.lib.service.events import ServerChosen, UserSwitched
from tests.fakes import FakeKodi
from tests.support.shared import make_shared
from tests.support.sync_environment import SyncEnvironment
from tests.support.waiting import NoWaiting
from tools.plexsim import OWNER, Library

DAY = 86400.0
PIN, WRONG = '8431', '9999'


class House:
    """A Home with a server and a TV box. ``clock`` is the simulator's."""

    def __init__(self, env: SyncEnvironment) -> None:
        self.env = env
        self.sim = env.sim
        self.folder = env.folder / 'addon_data'
        self.kid: Any = None
        self.ben: Any = None

    def people(self) -> None:
        """Two more users: one without and one with a PIN."""
        self.kid = self.sim.accounts.add_user('Kid', restricted=True)
        self.ben = self.sim.accounts.add_user('Ben', pin=PIN)

    def start(self) -> AuthManager:
        return AuthManager(
            CredentialStore(str(self.folder)),
            lambda identifier: PlexSession(ClientIdentity(identifier, '4.0.0'), cancellation=NoWaiting()),
            AuthOptions(self.sim.plex_tv_url), AuthClock(self.sim.clock.now, self.sim.clock.now, NoWaiting()))

    def signed_in(self) -> AuthManager:
        manager = self.start()
        attempt = manager.begin_sign_in()
        assert self.sim.link_pin(attempt.code)
        assert attempt.poll() == 'linked'
        return manager

    def user_of(self, token: str) -> int:
        found = self.sim.accounts.find(token)
        return found.user if found else self.sim.authority.user_of(token) or 0

    def sync(self, manager: AuthManager) -> None:
        """As the service does it: a client made of the connection."""
        connection = manager.connection()
        self.env.client = PMSClient(self.env.session, connection.base_url, connection.token)
        report = self.env.sync()
        assert report.complete and not report.error

    def watched(self) -> List[str]:
        return [row[0] for row in self.env.rows('SELECT c00 FROM movie_view WHERE playCount > 0 ORDER BY c00')]

    def give_jwts(self) -> None:
        """From now on plex.tv gives switched users JWTs of the linking device."""
        issue, accounts = self.sim.accounts.issue, self.sim.accounts

        def jwt(user: int, client: str, scope: str, server: str = '') -> str:
            if user == OWNER or scope != 'account':
                return str(issue(user, client, scope, server))
            return str(self.sim.authority.issue(user, client, next(iter(accounts.keys))))
        accounts.issue = jwt  # type: ignore[method-assign]

    def switches(self) -> int:
        return len(self.sim.requests.find('/switch'))


@pytest.fixture
def house(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[House]:
    caplog.set_level(logging.DEBUG)
    library = Library.empty()
    for title in ('Alpha', 'Beta', 'Gamma'):
        library.add_movie(title)
    made = House(SyncEnvironment(tmp_path, library))
    yield made
    made.env.close()
    ours = [record.getMessage() for record in caplog.records if record.name.split('.')[0] in ('pkc', 'urllib3')]
    assert [word for word in {PIN, WRONG, *made.sim.accounts.tokens} if word in '\n'.join(ours)] == []


# ---- the dialogs --------------------------------------------------------------------------------------------------

class Screen:
    """The flow of the sign-in on a fake Kodi; the user enters each code at once."""

    def __init__(self, house: House, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kodi = kodi
        self.auth = house.start()
        self.synced: List[str] = []
        self.shared = make_shared(self.auth)
        self.account = Account(self.shared)
        for event in (ServerChosen, UserSwitched):
            self.shared.events.subscribe(event, lambda _event: self.synced.append(self.auth.status().user_name))

        def show(attempt: Any, *_: Any) -> str:
            assert house.sim.link_pin(attempt.code)
            return str(attempt.poll())
        monkeypatch.setattr('resources.lib.kodi.windows.sign_in.show_sign_in', show)

    def sign_in(self, *answers: Any) -> List[Tuple[str, Any]]:
        """The dialogs that were shown."""
        self.kodi.dialogs.clear()
        self.kodi.answers.clear()
        self.kodi.answer(*answers)
        assert self.account.calls()['sign_in']({}) == {}
        for thread in threading.enumerate():
            if thread.name == 'pkc-flow':
                thread.join(20)
        assert not self.kodi.answers, 'a question was not asked'
        return list(self.kodi.dialogs)


@pytest.fixture
def screen(house: House, fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen(house, fake_kodi, monkeypatch)


WHO = ('select', ('Who is watching?', ['Owner', 'Kid', 'Ben'], 0))


def test_a_single_user_is_asked_nothing(screen: Screen) -> None:
    assert screen.sign_in() == []
    assert screen.synced == ['Owner']


def test_closing_the_list_of_users_means_the_accounts_own(house: House, screen: Screen) -> None:
    house.people()
    assert screen.sign_in() == [WHO]
    assert screen.synced == ['Owner']
    assert house.user_of(screen.auth.connection().token) == OWNER


def test_choosing_the_accounts_own_user_asks_for_no_pin(house: House, screen: Screen) -> None:
    house.people()
    house.sim.accounts.users[OWNER].pin = '1111'
    assert screen.sign_in(0) == [WHO]
    assert screen.synced == ['Owner']
    assert house.switches() == 0


def test_user_without_a_pin_is_chosen_with_one_click(house: House, screen: Screen) -> None:
    house.people()
    assert screen.sign_in(1) == [WHO]
    assert screen.synced == ['Kid']
    assert house.user_of(screen.auth.connection().token) == house.kid.id


def test_protected_user_enters_the_pin(house: House, screen: Screen) -> None:
    house.people()
    assert screen.sign_in(2, PIN) == [WHO, ('input', ('PIN of Ben', ''))]
    assert screen.synced == ['Ben']
    assert house.user_of(screen.auth.connection().token) == house.ben.id


def test_wrong_pin_is_told_and_may_be_corrected(house: House, screen: Screen) -> None:
    house.people()
    shown = screen.sign_in(2, WRONG, True, PIN)
    assert [kind for kind, _ in shown] == ['select', 'input', 'ok', 'input']
    assert shown[2][1][1] == 'The PIN is wrong.'
    assert screen.synced == ['Ben']


def test_three_wrong_pins_lead_back_to_the_list_and_sign_nobody_out(house: House, screen: Screen) -> None:
    house.people()
    shown = screen.sign_in(2, WRONG, True, WRONG, True, WRONG, True, -1)
    assert [kind for kind, _ in shown] == ['select'] + 3 * ['input', 'ok'] + ['select']
    assert house.switches() == 3
    assert screen.synced == ['Owner']
    assert screen.auth.status().state == 'signed_in'


def test_closing_the_pin_leads_back_to_the_list(house: House, screen: Screen) -> None:
    house.people()
    assert [kind for kind, _ in screen.sign_in(2, '', 1)] == ['select', 'input', 'select']
    assert screen.synced == ['Kid']


def test_pin_that_was_set_a_moment_ago_is_asked_for(house: House, screen: Screen) -> None:
    house.people()
    house.sim.faults.add('/switch', 403, server='plextv', times=1)
    assert [kind for kind, _ in screen.sign_in(1, PIN)] == ['select', 'input']
    assert screen.synced == ['Kid']


@pytest.mark.parametrize(('fault', 'text'), [(429, 'Plex asks for a pause.'), ('drop', 'plex.tv cannot be reached.')])
def test_plex_tv_that_cannot_switch_now_is_told(house: House, screen: Screen, fault: Any, text: str) -> None:
    house.people()
    house.sim.faults.add('/switch', fault, server='plextv', times=1)
    shown = screen.sign_in(1, True, 1)
    assert [kind for kind, _ in shown] == ['select', 'ok', 'select']
    assert shown[1][1][1].startswith(text)
    assert shown[2][1][2] == 1
    assert screen.synced == ['Kid']


def test_plex_tv_that_does_not_tell_the_users_now_does_not_stop_the_sign_in(house: House, screen: Screen) -> None:
    house.people()
    house.sim.faults.add('/home/users$', 429, server='plextv')
    assert screen.sign_in() == []
    assert screen.kodi.notifications[-1][1].startswith('Plex asks for a pause.')
    assert screen.synced == ['Owner']


def test_signing_in_again_offers_the_user_who_watched_before(house: House, screen: Screen) -> None:
    house.people()
    screen.sign_in(1)
    assert screen.sign_in() == [('select', (WHO[1][0], WHO[1][1], 1))]
    assert screen.synced == ['Kid', 'Kid']
    assert screen.sign_in(0)
    assert screen.synced[-1] == 'Owner'


# ---- what follows -------------------------------------------------------------------------------------------------

def test_sync_sees_the_watch_state_of_the_chosen_user(house: House) -> None:
    house.people()
    movies = {item.title: item.rating_key for item in house.env.library.items() if item.type == 'movie'}
    house.env.library.scrobble(movies['Alpha'])
    house.env.library.scrobble(movies['Beta'], user=house.kid.id)
    house.env.library.scrobble(movies['Gamma'], user=house.ben.id)
    manager = house.signed_in()
    for uuid, pin, titles in ((house.kid.uuid, '', ['Beta']), (house.ben.uuid, PIN, ['Gamma']),
                              (house.sim.accounts.users[OWNER].uuid, '', ['Alpha'])):
        manager.select_user(uuid, pin)
        house.sync(manager)
        assert house.watched() == titles


def test_restart_without_plex_tv_goes_on_as_the_chosen_user(house: House) -> None:
    house.people()
    manager = house.signed_in()
    manager.select_user(house.ben.uuid, PIN)
    token = manager.connection().token
    house.sim.faults.add('.*', 'drop', server='plextv')
    manager = house.start()
    assert manager.connection().token == token
    assert manager.status().user_name == 'Ben'
    manager.tick()
    assert manager.status().usable
    house.sync(manager)


def test_weeks_with_faults_need_no_pin_and_few_requests(house: House) -> None:
    house.people()
    manager = house.signed_in()
    manager.select_user(house.ben.uuid, PIN)
    manager.connection()
    house.sim.faults.add('/api/v2/', 503, probability=0.2, server='plextv')
    for _ in range(60):
        house.sim.clock.advance(DAY)
        manager.tick()
        assert manager.status().user_name == 'Ben'
        assert house.user_of(manager.connection().token) == house.ben.id
    assert house.switches() == 1
    assert len(house.sim.requests.find('/api/v2/')) < 300


def test_revoked_device_leaves_the_chosen_user_watching(house: House) -> None:
    house.people()
    manager = house.signed_in()
    manager.select_user(house.kid.uuid)
    token = manager.connection().token
    house.sim.accounts.revoke_client(manager.client_identifier)
    house.sim.clock.advance(7 * DAY)
    manager.tick()
    status = manager.status()
    assert (status.state, status.usable, status.user_name) == ('sign_in_again', True, 'Kid')
    assert manager.connection(force=True).token == token


@pytest.mark.parametrize('accepts', [True, False], ids=['server takes JWTs', 'server refuses JWTs'])
def test_jwt_of_a_user_runs_out_and_is_switched_anew(house: House, accepts: bool) -> None:
    house.people()
    house.sim.config.accepts_jwt = accepts
    manager = house.signed_in()
    house.give_jwts()
    manager.select_user(house.kid.uuid)
    before = CredentialStore(str(house.folder)).load().member
    assert before is not None and is_jwt(before.token)
    for _ in range(30):
        house.sim.clock.advance(DAY)
        manager.tick()
        assert manager.status().message_key == ''
        assert house.user_of(manager.connection(force=True).token) == house.kid.id
    assert manager.servers()
    assert 2 < house.switches() < 12


def test_jwt_of_a_protected_user_runs_out_and_sync_goes_on_with_the_servers_token(house: House) -> None:
    house.people()
    manager = house.signed_in()
    house.give_jwts()
    manager.select_user(house.ben.uuid, PIN)
    token = manager.connection().token
    assert not is_jwt(token)
    house.sim.clock.advance(8 * DAY)
    manager.tick()
    with pytest.raises(ChooseUserAgain):
        manager.servers()
    status = manager.status()
    assert (status.state, status.usable, status.message_key) == ('signed_in', True, 'choose_user_again')
    assert manager.connection(force=True).token == token
    house.sync(manager)
    with pytest.raises(WrongPin):
        manager.select_user(house.ben.uuid, WRONG)
    manager.select_user(house.ben.uuid, PIN)
    assert manager.status().message_key == ''


def test_server_that_is_not_shared_with_the_user_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.people()
    manager = house.signed_in()
    manager.connection()
    manager.select_user(house.kid.uuid)
    monkeypatch.setattr('resources.lib.plex_tv.PlexTV.resources', lambda *_: [])
    with pytest.raises(PlexError) as caught:
        manager.connection()
    assert getattr(caught.value, 'message_key', '') == 'unknown_server'


def test_sign_out_ends_the_chosen_users_token(house: House) -> None:
    house.people()
    manager = house.signed_in()
    manager.select_user(house.ben.uuid, PIN)
    member = CredentialStore(str(house.folder)).load().member
    assert member is not None and house.user_of(member.token) == house.ben.id
    manager.sign_out()
    assert house.user_of(member.token) == 0
    assert house.start().status().user_name == ''
