"""Our plex.tv client and python-plexapi's ``MyPlexJWTLogin``, request by request, against the simulator.

Two programs that were written apart and say the same on the wire: where they differ, the difference is named here.
"""
from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple
from urllib.parse import parse_qs, urlsplit

import jwt
import plexapi.myplex
import pytest
import requests

from resources.lib.auth.credentials.store import CredentialStore
from tests.support.auth_environment import AuthEnvironment
from tools import plexsim

#: In a device JWT for polling plexapi has these two as well. The documented flow does not ask for them there.
ONLY_PLEXAPI_POLLS_WITH = {'nonce', 'scope'}


class Sent(NamedTuple):
    method: str
    path: str
    headers: Dict[str, str]
    query: Dict[str, List[str]]
    body: Any


class Tap:
    """Every request that any ``requests`` session sends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: List[Sent] = []
        send = requests.Session.send

        def tapped(session: requests.Session, request: Any, **options: Any) -> Any:
            parts = urlsplit(request.url)
            body = json.loads(request.body) if request.body else None
            self.sent.append(Sent(request.method, parts.path, dict(request.headers), parse_qs(parts.query), body))
            return send(session, request, **options)
        monkeypatch.setattr(requests.Session, 'send', tapped)

    def take(self) -> List[Sent]:
        taken, self.sent = self.sent, []
        return taken


def decoded(jwt: str) -> List[Dict[str, Any]]:
    """Header and claims."""
    return [json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4))) for part in jwt.split('.')[:2]]


@pytest.fixture
def sim() -> Iterator[plexsim.PlexSim]:
    with plexsim.PlexSim(config=plexsim.SimConfig()) as made:
        yield made


class NewerPyJWT:
    """plexapi hands key objects to PyJWT in a way that PyJWT 2.8 (Kodi's) does not know yet."""

    def __getattr__(self, name: str) -> Any:
        return getattr(jwt, name)

    @staticmethod
    def encode(payload: Any, key: Any, **options: Any) -> str:
        return jwt.encode(payload, key.key, **options)

    @staticmethod
    def decode(key: Any, **options: Any) -> Any:
        return jwt.decode(key=key.key, **options)


@pytest.fixture(autouse=True)
def newer_pyjwt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plexapi.myplex, 'jwt', NewerPyJWT())


@pytest.fixture
def tap(monkeypatch: pytest.MonkeyPatch) -> Tap:
    return Tap(monkeypatch)


def plexapi_login(sim: plexsim.PlexSim, **options: Any) -> Any:
    """plexapi's login, aimed at the simulator."""
    hosts = {'PINS': sim.plex_tv_url + '/api/v2/pins', 'AUTH': sim.plex_tv_url + '/api/v2/auth'}
    return type('Login', (plexapi.myplex.MyPlexJWTLogin,), hosts)(**options)


def same_request(ours: Sent, theirs: Sent) -> None:
    assert (ours.method, ours.path) == (theirs.method, theirs.path)
    assert set(ours.query) == set(theirs.query)
    if ours.body is None:
        assert theirs.body is None
    else:
        assert set(ours.body) == set(theirs.body)
        assert ours.headers['Content-Type'] == theirs.headers['Content-Type'] == 'application/json'
    for sent in (ours, theirs):
        assert sent.headers['X-Plex-Client-Identifier']
        assert sent.headers['Accept'] == 'application/json'
        assert 'X-Plex-Token' not in sent.headers


def same_jwt(ours: str, theirs: str, only_theirs: Any = ()) -> None:
    (our_header, our_claims), (their_header, their_claims) = decoded(ours), decoded(theirs)
    assert set(our_header) == set(their_header)
    assert (our_header['alg'], our_header['typ']) == (their_header['alg'], their_header['typ'])
    assert set(our_claims) == set(their_claims) - set(only_theirs)
    assert our_claims['aud'] == their_claims['aud'] == 'plex.tv'
    assert our_claims['exp'] - our_claims['iat'] == 300 and their_claims['exp'] - their_claims['iat'] in (299, 300, 301)
    assert abs(our_claims['iat'] - their_claims['iat']) < 5
    if 'scope' in our_claims:
        assert set(our_claims['scope'].split(',')) <= set(their_claims['scope'].split(','))


def test_sign_in_and_refresh_are_the_same_on_the_wire(sim: plexsim.PlexSim, tap: Tap, tmp_path: Path) -> None:
    theirs = plexapi_login(sim)
    theirs.generateKeypair()
    theirs._getCode()  # what its run() does, without the thread
    theirs._clientJWT = theirs._encodeClientJWT()
    assert not theirs.checkLogin()
    assert sim.link_pin(theirs.pin)
    assert theirs.checkLogin()
    assert theirs.refreshJWT() and theirs.verifyJWT()
    their_pin, their_nonce, their_poll, their_last_poll, their_second_nonce, their_exchange = [
        one for one in tap.take() if not one.path.endswith('/keys')]

    env = AuthEnvironment(sim, tmp_path / 'box')
    manager = env.sign_in()
    our_pin, our_poll, our_last_poll, our_user = tap.take()
    manager = env.start()
    manager.tick()
    our_nonce, our_exchange = tap.take()

    same_request(our_pin, their_pin)
    assert set(our_pin.body['jwk']) == set(their_pin.body['jwk']) and 'd' not in our_pin.body['jwk']
    for name in ('kty', 'crv', 'alg', 'use'):
        assert our_pin.body['jwk'][name] == their_pin.body['jwk'][name]
    for ours, other in ((our_poll, their_poll), (our_last_poll, their_last_poll)):
        assert ours._replace(path='') and ours.path.rpartition('/')[0] == other.path.rpartition('/')[0]
        same_request(ours._replace(path=''), other._replace(path=''))
        same_jwt(ours.query['deviceJWT'][0], other.query['deviceJWT'][0], ONLY_PLEXAPI_POLLS_WITH)
    assert our_user.path == '/api/v2/user', 'whose token it is; plexapi asks that in MyPlexAccount'
    for other in (their_nonce, their_second_nonce):
        same_request(our_nonce, other)
    same_request(our_exchange, their_exchange)
    same_jwt(our_exchange.body['jwt'], their_exchange.body['jwt'])


def test_plexapi_verifies_and_renews_what_our_device_key_signed_up_for(sim: plexsim.PlexSim, tmp_path: Path) -> None:
    env = AuthEnvironment(sim, tmp_path / 'box')
    manager = env.sign_in()
    key = CredentialStore(str(env.folder)).load_key()
    assert key is not None
    public = base64.urlsafe_b64decode(key.jwk()['x'] + '=')
    theirs = plexapi_login(sim, jwtToken=env.saved().account_jwt, keypair=(key.seed, public),
                           headers={'X-Plex-Client-Identifier': manager.client_identifier})
    # The key's id is free; ours is the RFC 7638 thumbprint.
    type(theirs)._keyID = key.kid
    assert theirs.verifyJWT()
    renewed = theirs.refreshJWT()
    assert renewed != env.saved().account_jwt
    assert sim.authority.user_of(renewed) == 1


def test_our_account_takes_over_a_device_that_plexapi_signed_up(sim: plexsim.PlexSim, tmp_path: Path) -> None:
    """A legacy token, registered by plexapi for the key, is then renewed by our client with that key."""
    env = AuthEnvironment(sim, tmp_path / 'box')
    env.sign_in()
    key = CredentialStore(str(env.folder)).load_key()
    assert key is not None
    client = env.saved().client_identifier
    sim.accounts.keys.clear()
    theirs = plexapi_login(sim, token=sim.accounts.issue(1, client, 'account'),
                           keypair=(key.seed, base64.urlsafe_b64decode(key.jwk()['x'] + '=')))
    type(theirs)._keyID = key.kid
    theirs.registerDevice()
    before = env.saved().account_jwt
    manager = env.start()
    manager.tick()
    assert manager.status().state == 'signed_in'
    assert env.saved().account_jwt != before
