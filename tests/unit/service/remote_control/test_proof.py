"""Whose tokens let a controller in, against the simulated Plex."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List

import pytest

from resources.lib.plex_errors import PlexError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_owner import is_owners
from resources.lib.service.remote_control.proof import TokenProof
from tests.support.auth_environment import AuthEnvironment
from tools import plexsim


class World:
    """An account with a server (a friend's, if ``owned`` is false), as the service knows them."""

    def __init__(self, sim: plexsim.PlexSim, folder: Path) -> None:
        self.sim, self.owned = sim, True
        self.env = AuthEnvironment(sim, folder)
        self.auth = self.env.sign_in()
        self.auth.servers()
        self.auth.select_server(sim.machine_identifier)
        connection = self.auth.connection()
        self.client = PMSClient(PlexSession(ClientIdentity('us', '4'), retries=0), connection.base_url,
                                connection.token)
        shared: Any = type('Shared', (), {'auth': self.auth, 'clients': self})
        self.proof = TokenProof(shared)

    def own_server(self) -> Any:
        return self.client if self.owned else None

    def told(self) -> List[str]:
        """The hosts and tokens of all requests, as 'site token'."""
        return ['%s %s' % (entry.server, entry.headers.get('X-Plex-Token', '')) for entry in self.sim.requests.find('')]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with plexsim.PlexSim(config=plexsim.SimConfig()) as sim:
        yield World(sim, tmp_path / 'box')


def test_the_owner_is_confirmed_by_the_server(world: World) -> None:
    world.sim.requests.clear()
    assert world.proof.confirm(world.sim.accounts.issue(1, 'phone', 'server'))
    assert world.proof.confirm(world.sim.accounts.transient(1))
    assert not [one for one in world.told() if one.startswith('plextv')]


def test_friends_of_the_server_are_not(world: World) -> None:
    friend = world.sim.accounts.add_user('Friend', in_home=False)
    for scope in ('server', 'account'):
        assert not world.proof.confirm(world.sim.accounts.issue(friend.id, 'phone', scope))
    assert not world.proof.confirm(world.sim.accounts.transient(friend.id))


def test_members_of_the_home_are_by_plex_tv_but_no_guests(world: World) -> None:
    child = world.sim.accounts.add_user('Child', restricted=True)
    guest = world.sim.accounts.add_user('Guest', guest=True)
    assert world.proof.confirm(world.sim.accounts.issue(child.id, 'phone', 'account'))
    assert not world.proof.confirm(world.sim.accounts.issue(guest.id, 'phone', 'account'))


def test_what_we_hold_ourselves_is_ours(world: World) -> None:
    saved = world.env.saved()
    world.owned = False
    world.sim.requests.clear()
    for token in (saved.account_jwt, saved.legacy_token, saved.server_tokens[0].token):
        assert token and world.proof.confirm(token)
    assert not world.told()


def test_made_up_tokens_are_refused_and_temporary_ones_not_shown_to_plex_tv(world: World) -> None:
    world.sim.requests.clear()
    assert not world.proof.confirm('made-up')
    assert not world.proof.confirm('transient-made-up')
    assert not [one for one in world.told() if 'transient' in one and not one.startswith('pms')]


def test_the_owner_of_somebody_elses_server_is_not_our_account(world: World) -> None:
    world.owned = False
    assert not world.proof.confirm(world.sim.accounts.transient(1))
    assert world.proof.confirm(world.sim.accounts.issue(1, 'phone', 'account')), 'plex.tv says that it is ours'


def test_a_server_that_believes_everybody_is_not_believed(world: World) -> None:
    """In its list of networks without authentication, each request is the owner's, whatever its token."""
    access = world.sim._pms.authentication
    access.user_of = lambda request: 1  # type: ignore[method-assign]
    assert not world.proof.confirm('transient-made-up')
    assert not world.proof.confirm('made-up')
    assert world.proof.confirm(world.sim.accounts.issue(1, 'phone', 'account'))


def test_a_page_in_place_of_the_list_or_an_empty_list_proves_nothing(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.sim.faults.add('/accounts', 'html')
    with pytest.raises(PlexError):
        world.proof.confirm('transient-made-up')
    world.sim.faults.clear()
    monkeypatch.setattr(PlexSession, 'get_body', lambda *_, **__: b'{"MediaContainer": {"size": 0}}')
    assert not is_owners(world.client, world.sim.accounts.transient(1))


def test_when_nobody_can_be_asked_nothing_is_confirmed(world: World) -> None:
    world.sim.faults.add('', 503)
    with pytest.raises(PlexError):
        world.proof.confirm('made-up')
