"""Every edge of the state machine that docs/authentication.md draws, walked against the simulated plex.tv.

For each edge: where it starts, where it ends, what the user is told, how many requests it costs; that a restart of
the add-on leads to the same state; and that in the end state twenty more attempts do not become a loop of requests.
"""
from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

import pytest

from resources.lib.auth.account.tokens import is_jwt
from resources.lib.auth.credentials.record import Credentials
from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.manager import AuthManager
from resources.lib.plex_errors import PlexError
from tests.support.auth_environment import AuthEnvironment
from tools import plexsim

DOCUMENT = Path(__file__).resolve().parents[2] / 'docs' / 'authentication.md'
HOUR, DAY = 3600.0, 86400.0
OUT, LINKING, IN, AGAIN = 'signed_out', 'linking', 'signed_in', 'sign_in_again'

Event = Callable[[AuthEnvironment, AuthManager], Optional[AuthManager]]


class Edge(NamedTuple):
    """``asks``: the most requests to plex.tv; ``says``: the name of the text that the user then sees."""

    start: str
    event: str
    end: str
    walk: Event
    asks: int
    says: str = ''
    begin: Optional[Callable[[AuthEnvironment], AuthManager]] = None


EDGES: Dict[Tuple[str, str, str], Edge] = {}


def edge(start: str, event: str, end: str, asks: int = 0, says: str = '',
         begin: Optional[Callable[[AuthEnvironment], AuthManager]] = None) -> Callable[[Event], Event]:
    def note(walk: Event) -> Event:
        EDGES[start, event, end] = Edge(start, event, end, walk, asks, says, begin)
        return walk
    return note


# ---- where walks begin -------------------------------------------------------------------------------------------

def signed_in(env: AuthEnvironment) -> AuthManager:
    manager = env.sign_in()
    manager.connection()
    return manager


def signed_in_by_legacy_code(env: AuthEnvironment) -> AuthManager:
    env.modern = False
    return signed_in(env)


def refused(env: AuthEnvironment) -> AuthManager:
    manager = signed_in(env)
    env.sim.accounts.revoke_client(manager.client_identifier)
    ask(manager)
    return manager


def linking(env: AuthEnvironment) -> AuthManager:
    manager = env.start()
    manager.begin_sign_in()
    return manager


def linking_again(env: AuthEnvironment) -> AuthManager:
    manager = signed_in(env)
    manager.begin_sign_in()
    return manager


def linking_after_refusal(env: AuthEnvironment) -> AuthManager:
    manager = refused(env)
    manager.begin_sign_in()
    return manager


BEGIN = {OUT: AuthEnvironment.start, LINKING: linking, IN: signed_in, AGAIN: refused}


def ask(manager: AuthManager) -> None:
    """What the service does all the time: look after the credentials, ask plex.tv something."""
    manager.tick()
    try:
        manager.servers()
    except PlexError:
        pass


# ---- edges -------------------------------------------------------------------------------------------------------

@edge(OUT, 'sign-in begins', LINKING, asks=1)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.begin_sign_in()


@edge(OUT, 'the token of PKC 3.x is taken over', IN, asks=1)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    env.modern = False
    old = env.sim.accounts.issue(1, 'client-of-3', 'account')
    assert manager.adopt_legacy('client-of-3', old, env.sim.machine_identifier)


@edge(LINKING, 'the code was entered', IN, asks=4)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    attempt = manager.begin_sign_in()
    assert env.sim.link_pin(attempt.code)
    assert attempt.poll() == 'linked'


@edge(LINKING, 'the code ran out, a new one is shown', LINKING, asks=2)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    env.sim.clock.advance(env.sim.config.pin_seconds + 1)
    manager.begin_sign_in()


@edge(LINKING, 'the key is taken (422)', LINKING, asks=3)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    env.sim.faults.add('/api/v2/pins', 422, times=1)
    assert manager.begin_sign_in().poll() == 'waiting'


@edge(LINKING, 'cancelled or run out, nobody before', OUT)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.cancel_sign_in()


@edge(LINKING, 'cancelled or run out, somebody before', IN, begin=linking_again)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    env.sim.clock.advance(env.sim.config.pin_seconds + 1)


@edge(LINKING, 'cancelled or run out, somebody refused before', AGAIN, says='device_revoked',
      begin=linking_after_refusal)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.cancel_sign_in()


@edge(LINKING, 'sign-out', OUT)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.sign_out()


@edge(IN, 'sign-in begins', LINKING, asks=1)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.begin_sign_in()


def renewed(env: AuthEnvironment, manager: AuthManager, before: Credentials) -> None:
    assert is_jwt(env.saved().account_jwt)
    assert env.saved().account_jwt != before.account_jwt
    assert manager.connection()


@edge(IN, 'renewal after a start', IN, asks=2)
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    before = env.saved()
    manager = env.start()
    manager.tick()
    renewed(env, manager, before)
    return manager


@edge(IN, 'renewal with less than 24 hours left', IN, asks=3)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    before = env.saved()
    env.sim.clock.advance(6 * DAY - HOUR)
    manager.tick()
    assert env.saved().account_jwt == before.account_jwt
    env.sim.clock.advance(2 * HOUR)
    manager.tick()
    renewed(env, manager, before)


@edge(IN, 'renewal because plex.tv says 498', IN, asks=5)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    before = env.saved()
    env.sim.faults.add('/api/v2/resources', 498, times=1)
    assert manager.servers()
    renewed(env, manager, before)


@edge(IN, 'renewal because plex.tv says 401', IN, asks=5)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    before = env.saved()
    env.sim.faults.add('/api/v2/resources', 401, times=1)
    assert manager.servers()
    renewed(env, manager, before)


@edge(IN, 'one refusal alone', IN, asks=4)
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    before = env.saved()
    env.sim.faults.add('/auth/token', 422, times=1)
    manager = env.start()
    manager.tick()
    renewed(env, manager, before)
    return manager


@edge(IN, 'too many requests (429)', IN, asks=45)
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    env.sim.config.nonce_limit = 0
    manager = env.start()
    for _ in range(24 * 60):
        env.sim.clock.advance(60)
        manager.tick()
    assert len(env.sim.requests.find('auth/nonce')) > 5
    return manager


@edge(IN, 'plex.tv is down or broken', IN, asks=60, says='plex_tv_unreachable')
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    env.sim.faults.add('.*', 503, times=10, server='plextv')
    env.sim.faults.add('.*', 'html', times=5, server='plextv')
    env.sim.faults.add('.*', 'drop', server='plextv')
    manager = env.start()
    for _ in range(24 * 60):
        env.sim.clock.advance(60)
        manager.tick()
    return manager


@edge(IN, 'our clock jumps', IN, asks=4)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    for error in (3 * HOUR, -20 * 365 * DAY):
        env.clock_error = error
        manager.tick()
        assert manager.servers()
        assert manager.connection()


@edge(IN, 'the device was removed at plex.tv', AGAIN, asks=5, says='device_revoked')
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    env.sim.accounts.revoke_client(manager.client_identifier)
    ask(manager)


@edge(IN, 'the signature is not accepted (422)', AGAIN, asks=4, says='device_revoked')
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    for key in env.sim.accounts.keys.values():
        key.jwk['x'] = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    manager = env.start()
    manager.tick()
    return manager


@edge(IN, 'error 1097', AGAIN, asks=4, says='device_revoked')
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    for key in env.sim.accounts.keys.values():
        key.client = 'another'
    manager = env.start()
    manager.tick()
    return manager


@edge(IN, 'the key file is lost or damaged', AGAIN, says='key_lost')
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    (env.folder / 'device_key.pem').write_text('-----BEGIN PRIVATE KEY-----\n')
    manager = env.start()
    manager.tick()
    return manager


@edge(IN, 'the credentials file is damaged', AGAIN, says='credentials_damaged')
def _(env: AuthEnvironment, manager: AuthManager) -> AuthManager:
    (env.folder / 'credentials.json').write_text('{"client_identifier": "half a f')
    return env.start()


@edge(IN, 'the legacy token is refused, and there is no other', AGAIN, asks=2, says='device_revoked',
      begin=signed_in_by_legacy_code)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    env.sim.accounts.revoke_client(env.saved().legacy_client_identifier)
    ask(manager)


@edge(IN, 'the setting changes to modern', IN, asks=5, begin=signed_in_by_legacy_code)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    before = env.saved()
    env.modern = True
    manager.tick()
    assert is_jwt(env.saved().account_jwt)
    assert env.saved().legacy_token == before.legacy_token in env.sim.accounts.tokens
    assert manager.servers()


@edge(IN, 'the setting changes to legacy', IN, asks=4)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    env.modern = False
    manager.tick()
    assert not env.saved().account_jwt
    assert env.saved().legacy_token in env.sim.accounts.tokens
    assert not [name for name in env.files() if 'key' in name]
    assert env.sim.accounts.keys == {}
    assert manager.servers()


@edge(IN, 'sign-out', OUT, asks=2)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.sign_out()


@edge(AGAIN, 'anything but a sign-in', AGAIN, says='device_revoked')
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    for _ in range(20):
        ask(manager)
        assert manager.connection(force=True)


@edge(AGAIN, 'sign-in begins', LINKING, asks=1, says='device_revoked')
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.begin_sign_in()


@edge(AGAIN, 'sign-out', OUT, asks=2)
def _(env: AuthEnvironment, manager: AuthManager) -> None:
    manager.sign_out()


# ---- the tests ---------------------------------------------------------------------------------------------------

@pytest.fixture
def env(tmp_path: Path) -> Iterator[AuthEnvironment]:
    with plexsim.PlexSim(config=plexsim.SimConfig()) as sim:
        yield AuthEnvironment(sim, tmp_path / 'addon_data')


def drawn() -> List[Tuple[str, str, str]]:
    """The edges in the document: the rows of the table that begins with ``| from |``."""
    table = DOCUMENT.read_text(encoding='utf-8').partition('| from | what happens | to | |')[2].partition('\n\n')[0]
    rows = re.findall(r'^\| `(\w+)` \| (.+?) \| `(\w+)` \|', table, re.M)
    return [(start, event, end) for start, event, end in rows]


def test_the_drawn_edges_are_those_that_are_walked() -> None:
    assert sorted(drawn()) == sorted(EDGES)


@pytest.mark.parametrize('name', sorted(EDGES), ids=lambda name: '%s, %s' % (name[0], name[1]))
def test_edge(name: Tuple[str, str, str], env: AuthEnvironment) -> None:
    random.seed(0)  # the pauses between tries have a jitter: the counts below would differ by a few from run to run
    way = EDGES[name]
    begin: Any = way.begin or BEGIN[way.start]
    manager = begin(env)
    assert manager.status().state == way.start
    before = env.asked()
    manager = way.walk(env, manager) or manager
    assert manager.status().state == way.end
    assert manager.status().message_key == way.says
    assert env.asked() - before <= way.asks

    before = env.asked()
    for _ in range(20):
        ask(manager)
    if way.end in (OUT, AGAIN):
        assert env.asked() == before
    assert env.asked() - before <= 60
    if way.end != LINKING:
        assert env.start().status().state == way.end
    CredentialStore(str(env.folder)).flush()
