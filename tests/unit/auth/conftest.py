"""plex.tv and a Plex Media Server simulated by callbacks of ``responses``, with clocks that the test moves."""
from __future__ import annotations

import base64
import json
import logging
import re
import uuid
from email.utils import formatdate
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.manager import AuthClock, AuthManager, AuthOptions
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.waiting import ToldWaiting

MACHINE = 'machine1'
LAN = 'http://192.168.1.10:32400'
NEW_LAN = 'http://192.168.1.77:32400'
DAY = 86400.0

Answer = Tuple[int, Dict[str, str], str]


class Refusal(Exception):
    """What a handler raises to answer an error."""

    def __init__(self, status: int, code: int = 0) -> None:
        super().__init__(status)
        self.status, self.code = status, code


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


class SimulatedPlex:
    """plex.tv and one server as the add-on sees them: pins, keys, tokens and faults that a test looks at and changes.

    Every secret that ever existed is in ``secrets``.
    """

    def __init__(self, mock: responses.RequestsMock, folder: str) -> None:
        self.folder = folder
        self.server_time = 1_800_000_000.0
        self.clock_error = 0.0
        self.mono = 1000.0
        self.requests: List[str] = []
        self.secrets: Set[str] = set()
        self.pins: Dict[str, Dict[str, Any]] = {}
        self.keys: Dict[str, Dict[str, Any]] = {}
        self.used_kids: Set[str] = set()
        self.tokens: Dict[str, Dict[str, Any]] = {}
        self.nonces: Set[str] = set()
        self.user_id = 7
        self.plex_tv_down = False
        self.pms_accepts_jwt = False
        self.pms_refuses_all = False
        self.pms_version = '1.43.3'
        self.pms_at = LAN
        self.pms_status = 200
        self.identity = MACHINE
        self.link_refused = False
        self.home_gives = 'nothing'
        self.home: List[Dict[str, Any]] = []
        self.switch_gives_jwt = False
        self.fail: Dict[str, int] = {}
        self.before: Optional[Callable[[str], None]] = None
        pattern = re.compile(r'https://(clients\.)?plex\.tv/.*')
        pms = re.compile(r'https?://(192\.168|relay|remote).*')
        for method in ('GET', 'POST', 'PUT', 'DELETE'):
            mock.add_callback(method, pattern, callback=self._plex_tv)
            mock.add_callback(method, pms, callback=self._pms)

    # clocks

    def now(self) -> float:
        return self.server_time + self.clock_error

    def monotonic(self) -> float:
        return self.mono

    def advance(self, seconds: float) -> None:
        self.server_time += seconds
        self.mono += seconds

    def sleep(self, seconds: float) -> Optional[bool]:
        self.advance(seconds)
        return None

    # what tests use

    def manager(self, **options: Any) -> AuthManager:
        """The add-on after a start."""
        def make(client_identifier: str) -> PlexSession:
            return PlexSession(ClientIdentity(client_identifier, '4.0.0'), cancellation=ToldWaiting(self.sleep))
        return AuthManager(CredentialStore(self.folder), make, AuthOptions(**options),
                           AuthClock(self.now, self.monotonic, ToldWaiting(self.sleep)))

    def signed_in(self, **options: Any) -> AuthManager:
        manager = self.manager(**options)
        attempt = manager.begin_sign_in()
        self.link(attempt.code)
        assert attempt.poll() == 'linked'
        return manager

    def link(self, code: str) -> None:
        next(pin for pin in self.pins.values() if pin['code'] == code)['user'] = self.user_id

    def count(self, path: str, method: str = '') -> int:
        return sum(1 for line in self.requests if re.search(path, line) and line.startswith(method))

    def revoke_device(self) -> None:
        self.keys.clear()
        self.tokens = {text: token for text, token in self.tokens.items() if not token['jwt']}

    def revoke_legacy(self) -> None:
        self.tokens = {text: token for text, token in self.tokens.items() if token['jwt']}

    # tokens

    def issue_legacy(self, client: str, user: int, server: bool = False) -> str:
        text = ('srv-' if server else 'leg-') + uuid.uuid4().hex[:16]
        self.secrets.add(text)
        self.tokens[text] = {'client': client, 'user': user, 'jwt': False, 'exp': None}
        return text

    def issue_jwt(self, client: str, user: int) -> str:
        exp = int(self.server_time) + 7 * 86400
        payload = {'iss': 'plex.tv', 'exp': exp, 'jti': uuid.uuid4().hex}
        text = '%s.%s.%s' % (b64(b'{"alg":"EdDSA"}'), b64(json.dumps(payload).encode()), b64(b'signature'))
        self.secrets.add(text)
        # minting a JWT kills the legacy tokens of the same client identifier
        for dead in [key for key, token in self.tokens.items() if not token['jwt'] and token['client'] == client]:
            del self.tokens[dead]
        self.tokens[text] = {'client': client, 'user': user, 'jwt': True, 'exp': exp}
        return text

    def check_device_jwt(self, text: str, jwk: Dict[str, Any], client: str) -> Dict[str, Any]:
        self.secrets.add(text)
        head, body, signature = text.split('.')
        header, claims = json.loads(unb64(head)), json.loads(unb64(body))
        if header['kid'] != jwk['kid'] or header['alg'] != 'EdDSA':
            raise Refusal(422)
        try:
            public = Ed25519PublicKey.from_public_bytes(unb64(jwk['x']))
            public.verify(unb64(signature), ('%s.%s' % (head, body)).encode())
        except InvalidSignature:
            raise Refusal(422) from None
        if claims['iss'] != client:
            raise Refusal(422, 1097)
        if claims['aud'] != 'plex.tv' or not claims['iat'] <= self.server_time + 5 or claims['exp'] < self.server_time:
            raise Refusal(422)
        return dict(claims)

    # hosts

    def _plex_tv(self, request: Any) -> Answer:
        path = urlsplit(request.url).path
        self.requests.append('%s plex.tv%s' % (request.method, path))
        if self.before is not None:
            self.before(path)
        if self.plex_tv_down:
            raise requests.ConnectionError('refused by https://plex.tv%s' % path)
        headers = {'Date': formatdate(self.server_time, usegmt=True)}
        for pattern, status in self.fail.items():
            if re.search(pattern, path):
                return status, headers, '{"errors":[{"code":1003}]}'
        try:
            body = self._route(request.method, path, request)
        except Refusal as refusal:
            return refusal.status, headers, json.dumps({'errors': [{'code': refusal.code}]})
        return (204, headers, '') if body is None else (200, headers, json.dumps(body))

    def _caller(self, request: Any) -> Dict[str, Any]:
        token = self.tokens.get(request.headers.get('X-Plex-Token', ''))
        if token is None:
            raise Refusal(401, 1001)
        if token['exp'] and token['exp'] < self.server_time:
            raise Refusal(498)
        return token

    def _route(self, method: str, path: str, request: Any) -> Any:
        client = request.headers['X-Plex-Client-Identifier']
        if (method, path) == ('POST', '/api/v2/pins'):
            jwk = json.loads(request.body)['jwk'] if request.body else None
            if jwk and jwk['kid'] in self.used_kids and jwk['kid'] not in self.keys:
                raise Refusal(422)
            number, code = str(len(self.pins) + 500), '%04d' % (len(self.pins) + 7350)
            self.pins[number] = {'code': code, 'jwk': jwk, 'client': client, 'user': 0, 'born': self.server_time}
            return {'id': int(number), 'code': code, 'expiresIn': 900, 'authToken': None}
        if (method, path) == ('PUT', '/api/v2/pins/link'):
            caller = self._caller(request)
            if self.link_refused:
                raise Refusal(403)
            self.user_id, kept = caller['user'], self.user_id
            self.link(parse_qs(request.body)['code'][0])
            self.user_id = kept
            return None
        if path.startswith('/api/v2/pins/'):
            return self._poll(path.rpartition('/')[2], client, parse_qs(urlsplit(request.url).query))
        if path == '/api/v2/auth/nonce':
            nonce = str(uuid.uuid4())
            self.nonces.add(nonce)
            return {'nonce': nonce}
        if path == '/api/v2/auth/token':
            return {'auth_token': self._exchange(json.loads(request.body)['jwt'], client)}
        caller = self._caller(request)
        if path == '/api/v2/user':
            return {'id': caller['user'], 'uuid': 'u%d' % caller['user'], 'title': 'Ann', 'email': 'ann@example.org'}
        if path == '/api/v2/resources':
            return [self._resource(caller, client)]
        if path == '/api/v2/home/users':
            return {'users': [dict({key: user[key] for key in ('id', 'uuid', 'title')}, protected=bool(user['pin']))
                              for user in self.home]}
        if path.endswith('/switch') and '/u7/' not in path:
            return self._switch(path.split('/')[-2], parse_qs(urlsplit(request.url).query), client)
        if path.endswith('/switch'):
            if self.home_gives == 'nothing':
                raise Refusal(401)
            return {'id': caller['user'], 'uuid': 'u7', 'authToken': self.issue_legacy(client, caller['user'])}
        if path == '/api/v2/users/signout':
            self.tokens.pop(request.headers['X-Plex-Token'])
            return None
        raise Refusal(404)

    def _switch(self, uuid: str, query: Dict[str, List[str]], client: str) -> Any:
        user = next((one for one in self.home if one['uuid'] == uuid), None)
        if user is None:
            raise Refusal(404)
        if user['pin'] and query.get('pin') != [user['pin']]:
            raise Refusal(user.get('refusal', 403), 1041)
        issue = self.issue_jwt if self.switch_gives_jwt else self.issue_legacy
        return dict({key: user[key] for key in ('id', 'uuid', 'title')}, authToken=issue(client, user['id']))

    def _poll(self, number: str, client: str, query: Dict[str, List[str]]) -> Any:
        pin = self.pins.get(number)
        if pin is None or pin['client'] != client or self.server_time > pin['born'] + 900:
            raise Refusal(404, 1020)
        if pin['jwk']:
            self.check_device_jwt(query['deviceJWT'][0], pin['jwk'], client)
        token = None
        if pin['user'] and pin['jwk']:
            self.keys[pin['jwk']['kid']] = {'jwk': pin['jwk'], 'client': client, 'user': pin['user']}
            self.used_kids.add(pin['jwk']['kid'])
            token = self.issue_jwt(client, pin['user'])
        elif pin['user']:
            token = self.issue_legacy(client, pin['user'])
        return {'id': int(number), 'code': pin['code'], 'expiresIn': 600, 'authToken': token}

    def _exchange(self, text: str, client: str) -> str:
        entry = self.keys.get(json.loads(unb64(text.split('.')[0]))['kid'])
        if entry is None:
            raise Refusal(422)
        claims = self.check_device_jwt(text, entry['jwk'], client)
        if claims['nonce'] not in self.nonces:
            raise Refusal(422)
        self.nonces.discard(claims['nonce'])
        return self.issue_jwt(client, entry['user'])

    def _resource(self, caller: Dict[str, Any], client: str) -> Dict[str, Any]:
        user = caller['user']
        token = self.issue_jwt(client, user) if caller['jwt'] else self.issue_legacy(client, user, True)
        host, _, port = self.pms_at.rpartition('//')[2].partition(':')
        return {'name': 'Attic', 'clientIdentifier': MACHINE, 'provides': 'server', 'owned': True, 'accessToken': token,
                'productVersion': self.pms_version, 'publicAddressMatches': True, 'connections': [
                    {'protocol': 'https', 'address': host, 'port': int(port), 'local': True, 'relay': False,
                     'IPv6': False, 'uri': 'https://%s.hash.plex.direct:%s' % (host.replace('.', '-'), port)}]}

    def _pms(self, request: Any) -> Answer:
        parts = urlsplit(request.url)
        self.requests.append('%s pms%s' % (request.method, parts.path))
        if '%s://%s' % (parts.scheme, parts.netloc) != self.pms_at:
            raise requests.ConnectionError('no route to %s' % request.url)
        if self.pms_status != 200:
            return self.pms_status, {}, ''
        if parts.path == '/identity':
            return 200, {}, json.dumps({'MediaContainer': {'machineIdentifier': self.identity,
                                                           'version': self.pms_version}})
        token = self.tokens.get(request.headers.get('X-Plex-Token', ''))
        if token is None or self.pms_refuses_all or token['jwt'] and not self.pms_accepts_jwt:
            return 401, {}, '<html>Unauthorized</html>'
        if token['exp'] and token['exp'] < self.server_time:
            return 498, {}, ''
        return 200, {}, json.dumps({'MediaContainer': {'size': 1, 'Directory': []}})


@pytest.fixture
def plex(tmp_path: Any, caplog: pytest.LogCaptureFixture) -> Iterator[SimulatedPlex]:
    """The simulated plex.tv and its server. At the end no secret may be in a log record."""
    caplog.set_level(logging.DEBUG)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = SimulatedPlex(mock, str(tmp_path / 'data'))
        yield made
    logged = '\n'.join(record.getMessage() + str(record.exc_info) for record in caplog.records)
    codes = {pin['code'] for pin in made.pins.values()} | {user['pin'] for user in made.home if user['pin']}
    words = made.secrets | codes | {'192.168.', 'example.org', 'PRIVATE KEY'}
    assert [word for word in words if word in logged] == []
