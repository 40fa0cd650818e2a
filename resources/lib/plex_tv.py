"""The plex.tv client: one method for each endpoint, and the records of the answers.

Sources: https://developer.plex.tv/pms/ ("Authenticating with Plex"), API 1.2.2, and recorded answers. Absent fields and
wrong types become empty values. Every method raises a subclass of :class:`~resources.lib.plex_errors.PlexError`; 498 is
``PlexTokenExpired``, 422 is ``PlexRejected``.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple
from urllib.parse import quote

from .plex_errors import PlexBadAnswer
from .plex_http import PlexSession
from .plex_limits import PLEX_TV as LIMITS
from .redaction import hide, hide_code

PLEX_TV = 'https://plex.tv'
CLIENTS_PLEX_TV = 'https://clients.plex.tv'
DISCOVER = 'https://discover.provider.plex.tv'

#: (connect, read) in seconds; plex.tv answers fast or not at all.
_TIMEOUT = (6.0, 15.0)
_RETRIES = 2
_PIN_SECONDS = 900


@dataclass(frozen=True)
class Pin:
    """A link code. ``expires_in`` is in seconds from the answer; ``auth_token`` is empty until it is claimed."""

    id: str
    code: str = field(repr=False)
    expires_in: float
    auth_token: str = field(default='', repr=False)

    def __post_init__(self) -> None:
        hide_code(self.code)
        hide(self.auth_token)


@dataclass(frozen=True)
class PlexUser:
    """A Plex account. ``uuid`` is its id in the Home endpoints; e-mail addresses are never stored."""

    id: str
    uuid: str
    title: str
    thumb: str = ''

    def to_json(self) -> Dict[str, Any]:
        """The record with plex.tv's field names, for :func:`parse_user`."""
        return {'id': self.id, 'uuid': self.uuid, 'title': self.title, 'thumb': self.thumb}


@dataclass(frozen=True)
class HomeUser:
    """A member of a Plex Home. ``protected``: switching to them takes a PIN of four digits."""

    id: str
    uuid: str
    title: str
    thumb: str
    admin: bool
    guest: bool
    restricted: bool
    protected: bool


@dataclass(frozen=True)
class SwitchedUser:
    """The answer to a Home switch: the user and their token."""

    user: PlexUser
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        hide(self.token)


@dataclass(frozen=True)
class ServerAddress:
    """One address of a server, as plex.tv lists it."""

    uri: str
    address: str
    port: int
    protocol: str
    local: bool
    relay: bool
    ipv6: bool

    def to_json(self) -> Dict[str, Any]:
        """The record with plex.tv's field names."""
        return {'uri': self.uri, 'address': self.address, 'port': self.port, 'protocol': self.protocol,
                'local': self.local, 'relay': self.relay, 'IPv6': self.ipv6}


@dataclass(frozen=True)
class ServerResource:
    """A Plex Media Server that the account may use; ``access_token`` is for this server only."""

    machine_identifier: str
    name: str
    version: str
    owned: bool
    home: bool
    source_title: str
    presence: bool
    https_required: bool
    public_address_matches: bool
    connections: Tuple[ServerAddress, ...] = field(default=(), repr=False)
    access_token: str = field(default='', repr=False)

    def __post_init__(self) -> None:
        hide(self.access_token, 'listed')

    def to_json(self) -> Dict[str, Any]:
        """The record with plex.tv's field names but without the token, for :func:`parse_server`."""
        return {'clientIdentifier': self.machine_identifier, 'name': self.name, 'productVersion': self.version,
                'owned': self.owned, 'home': self.home, 'sourceTitle': self.source_title, 'provides': 'server',
                'presence': self.presence, 'httpsRequired': self.https_required,
                'publicAddressMatches': self.public_address_matches,
                'connections': [address.to_json() for address in self.connections]}


class PlexTV:
    """Requests to plex.tv with the client identifier of ``session``."""

    def __init__(self, session: PlexSession, base_url: str = PLEX_TV, clients_url: str = CLIENTS_PLEX_TV,
                 discover_url: str = DISCOVER) -> None:
        self.session = session
        self.discover_url = discover_url.rstrip('/')
        self.base_url = base_url.rstrip('/')
        self._clients = clients_url.rstrip('/')

    def create_pin(self, jwk: Optional[Mapping[str, str]] = None) -> Pin:
        """``POST /api/v2/pins``: a four character code for plex.tv/link.

        ``jwk`` is the public device key; with it the claimed PIN yields a Plex JWT, without it a legacy token.
        422 (:class:`PlexRejected`) means that the key's thumbprint is already taken.
        """
        if jwk is None:
            answer = self._json('POST', self.base_url + '/api/v2/pins', retries=1)
        else:
            answer = self._json('POST', self._clients + '/api/v2/pins', json_body={'jwk': dict(jwk)}, retries=1)
        pin = _pin(answer)
        if not pin.id or not pin.code:
            raise PlexBadAnswer('POST /api/v2/pins: no code in the answer')
        return pin

    def check_pin(self, pin_id: str, device_jwt: Optional[str] = None) -> Pin:
        """``GET /api/v2/pins/{id}``: whether the code was claimed. Raises :class:`PlexNotFound` if unknown or expired.

        ``device_jwt`` is needed for a PIN that was created with a JWK; sign a new one for each call.
        """
        host = self.base_url if device_jwt is None else self._clients
        params = None if device_jwt is None else {'deviceJWT': device_jwt}
        return _pin(self._json('GET', '%s/api/v2/pins/%s' % (host, quote(pin_id, safe='')), params=params, retries=0))

    def link_pin(self, code: str, token: str) -> None:
        """``PUT /api/v2/pins/link``: claim a PIN for the account of ``token``, as the web page plex.tv/link does."""
        self.session.send('PUT', self.base_url + '/api/v2/pins/link', token=token, data={'code': code},
                          retries=1, timeout=_TIMEOUT)

    def nonce(self) -> str:
        """``GET /api/v2/auth/nonce``: a nonce to sign, valid for five minutes. Often 429 without Retry-After."""
        nonce = _text(_mapping(self._json('GET', self._clients + '/api/v2/auth/nonce', retries=0)), 'nonce')
        hide(nonce, 'nonce')
        if not nonce:
            raise PlexBadAnswer('GET /api/v2/auth/nonce: no nonce in the answer')
        return nonce

    def exchange(self, device_jwt: str) -> str:
        """``POST /api/v2/auth/token``: a Plex JWT (seven days) for a signed nonce. 422: the device is refused."""
        answer = _mapping(self._json('POST', self._clients + '/api/v2/auth/token', json_body={'jwt': device_jwt},
                                     retries=0))
        token = _text(answer, 'auth_token') or _text(answer, 'authToken')
        hide(token)
        if not token:
            raise PlexBadAnswer('POST /api/v2/auth/token: no token in the answer')
        return token

    def user(self, token: str) -> PlexUser:
        """``GET /api/v2/user``: the user of a token. Only 401 means that the token is invalid."""
        user = parse_user(self._json('GET', self.base_url + '/api/v2/user', token=token))
        if user is None:
            raise PlexBadAnswer('GET /api/v2/user: no user in the answer')
        return user

    def resources(self, token: str) -> List[ServerResource]:
        """``GET /api/v2/resources``: the servers of an account with their addresses and tokens."""
        answer = self._json('GET', self._clients + '/api/v2/resources', token=token,
                            params={'includeHttps': 1, 'includeRelay': 1, 'includeIPv6': 1})
        if not isinstance(answer, list):
            raise PlexBadAnswer('GET /api/v2/resources: not a list')
        return [server for server in map(parse_server, answer) if server is not None]

    def home_users(self, token: str) -> List[HomeUser]:
        """``GET /api/v2/home/users``: the members of the account's Plex Home; empty without a Home."""
        answer = _mapping(self._json('GET', self._clients + '/api/v2/home/users', token=token))
        users = [_home_user(_mapping(entry)) for entry in _list(answer.get('users'))]
        return [user for user in users if user.uuid or user.id]

    def switch_user(self, uuid: str, token: str, pin: str = '') -> SwitchedUser:
        """``POST /api/v2/home/users/{uuid}/switch``: switch to a Home user. 401 or 403: wrong or missing PIN."""
        hide_code(pin)
        answer = self._json('POST', '%s/api/v2/home/users/%s/switch' % (self._clients, quote(uuid, safe='')),
                            token=token, params={'pin': pin} if pin else None, retries=0)
        user, switched = parse_user(answer), _text(_mapping(answer), 'authToken')
        if user is None or not switched:
            raise PlexBadAnswer('POST /api/v2/home/users/…/switch: no token in the answer')
        return SwitchedUser(user, switched)

    def sign_out(self, token: str) -> None:
        """``DELETE /api/v2/users/signout``: revoke ``token`` and with it this device."""
        self.session.send('DELETE', self.base_url + '/api/v2/users/signout', token=token, retries=0,
                          timeout=_TIMEOUT)

    def _json(self, method: str, url: str, *, retries: int = _RETRIES, **kwargs: Any) -> Any:
        return self.session.get_json(url, method=method, retries=retries, timeout=_TIMEOUT, limits=LIMITS, **kwargs)


def parse_user(answer: Any) -> Optional[PlexUser]:
    """A user record from plex.tv's JSON; None without an id."""
    entry = _mapping(answer)
    identity, uuid = _text(entry, 'id'), _text(entry, 'uuid')
    if not identity and not uuid:
        return None
    title = _text(entry, 'friendlyName') or _text(entry, 'title') or _text(entry, 'username')
    return PlexUser(identity or uuid, uuid, title, _text(entry, 'thumb'))


def parse_server(answer: Any) -> Optional[ServerResource]:
    """A server record from one entry of ``/resources``; None for players and entries without an identifier."""
    entry = _mapping(answer)
    machine_identifier = _text(entry, 'clientIdentifier')
    if not machine_identifier or 'server' not in _text(entry, 'provides').split(','):
        return None
    addresses = [_address(_mapping(each)) for each in _list(entry.get('connections'))]
    return ServerResource(
        machine_identifier=machine_identifier,
        name=_text(entry, 'name') or machine_identifier[:8],
        version=_text(entry, 'productVersion'),
        owned=_flag(entry, 'owned'),
        home=_flag(entry, 'home'),
        source_title=_text(entry, 'sourceTitle'),
        presence=_flag(entry, 'presence'),
        https_required=_flag(entry, 'httpsRequired'),
        public_address_matches=_flag(entry, 'publicAddressMatches'),
        connections=tuple(address for address in addresses if address.uri or address.address),
        access_token=_text(entry, 'accessToken'))


def _pin(answer: Any) -> Pin:
    entry = _mapping(answer)
    seconds = _number(entry, 'expiresIn')
    return Pin(_text(entry, 'id'), _text(entry, 'code'), seconds if seconds > 0 else _PIN_SECONDS,
               _text(entry, 'authToken'))


def _home_user(entry: Mapping[str, Any]) -> HomeUser:
    return HomeUser(
        id=_text(entry, 'id'), uuid=_text(entry, 'uuid'), title=_text(entry, 'title') or _text(entry, 'username'),
        thumb=_text(entry, 'thumb'), admin=_flag(entry, 'admin'), guest=_flag(entry, 'guest'),
        restricted=_flag(entry, 'restricted'), protected=_flag(entry, 'protected'))


def _address(entry: Mapping[str, Any]) -> ServerAddress:
    return ServerAddress(
        uri=_text(entry, 'uri'), address=_text(entry, 'address'), port=int(_number(entry, 'port')),
        protocol=_text(entry, 'protocol'), local=_flag(entry, 'local'), relay=_flag(entry, 'relay'),
        ipv6=_flag(entry, 'IPv6'))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> List[Any]:
    return value if isinstance(value, list) else []


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ''


def _flag(entry: Mapping[str, Any], name: str) -> bool:
    value = entry.get(name)
    return value is True or str(value).lower() in ('1', 'true')


def _number(entry: Mapping[str, Any], name: str) -> float:
    try:
        value = float(entry.get(name) or 0)
    except (TypeError, ValueError):
        return 0.0
    return value if 0 <= value < 1e12 else 0.0
