"""What a sign-in leaves behind, as one immutable record."""
from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple, TypeVar

from ...plex_tv import PlexUser, ServerResource, parse_server, parse_user
from ...plex_values import number
from ...redaction import hide

Record = TypeVar('Record')

#: How a server token was obtained: from ``/resources`` with the account token, through the second, legacy client
#: identifier, or by a Plex Home switch.
RESOURCE, LEGACY, HOME = 'resource', 'legacy', 'home'


@dataclass(frozen=True)
class ServerToken:
    """A token that a server was seen to accept for a user."""

    user_id: str
    machine_identifier: str
    kind: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        hide(self.token)


@dataclass(frozen=True)
class HomeMember:
    """Another user of the Plex Home, whom this device watches as, and plex.tv's token for them.

    ``expires`` and ``renew_at`` (Unix seconds) are 0 for a token without end. ``pin_needed``: only somebody who knows
    the PIN gets another token. An empty ``token`` was refused by plex.tv.
    """

    user: PlexUser
    token: str = field(repr=False)
    expires: float = 0.0
    renew_at: float = 0.0
    pin_needed: bool = False

    def __post_init__(self) -> None:
        hide(self.token)

    def to_json(self) -> Dict[str, Any]:
        """What the store writes."""
        return {'user': self.user.to_json(), 'token': self.token, 'expires': self.expires, 'renew_at': self.renew_at,
                'pin_needed': self.pin_needed}


@dataclass(frozen=True)
class JwtRefusal:
    """That a server in this version refused a plex.tv JWT at this time (Unix seconds)."""

    machine_identifier: str
    version: str
    at: float


@dataclass(frozen=True)
class Credentials:
    """Everything secret but the device key, and what is needed to reach the server without plex.tv.

    ``client_identifier`` is the JWT device's; ``legacy_client_identifier`` is another one, because minting a JWT
    kills the legacy token of the same identifier. ``user`` is who entered the code; ``member`` is who watches when
    that is another user of the Home. ``manual`` holds, by server, the addresses that the user typed. ``protected``
    holds the ids of the users who were last seen to have a PIN. ``refused`` names the reason why a new sign-in is
    needed.
    """

    client_identifier: str
    legacy_client_identifier: str
    account_jwt: str = field(default='', repr=False)
    account_jwt_expires: float = 0.0
    legacy_token: str = field(default='', repr=False)
    user: Optional[PlexUser] = None
    member: Optional[HomeMember] = None
    machine_identifier: str = ''
    server_tokens: Tuple[ServerToken, ...] = ()
    servers: Tuple[ServerResource, ...] = ()
    manual: Tuple[ServerResource, ...] = ()
    jwt_refusals: Tuple[JwtRefusal, ...] = ()
    protected: Tuple[str, ...] = ()
    refused: str = ''

    def __post_init__(self) -> None:
        hide(self.account_jwt)
        hide(self.legacy_token)

    @property
    def has_account(self) -> bool:
        """Whether somebody has signed in (and perhaps must do so again)."""
        return bool(self.account_jwt or self.legacy_token)

    @property
    def active_user(self) -> Optional[PlexUser]:
        """Who watches: the chosen user of the Home, else the account's own."""
        return self.member.user if self.member else self.user

    @property
    def user_id(self) -> str:
        """The active user's id, which server tokens are kept under."""
        return self.active_user.id if self.active_user else ''

    @property
    def account_id(self) -> str:
        """The id of the user who entered the code."""
        return self.user.id if self.user else ''

    def server(self, machine_identifier: str) -> Optional[ServerResource]:
        """A server with its last known addresses, and with one that the user typed."""
        listed, typed = (_named(servers, machine_identifier) for servers in (self.servers, self.manual))
        return replace(listed, connections=listed.connections + typed.connections) if listed and typed else listed

    def server_token(self, machine_identifier: str) -> Optional[ServerToken]:
        """The token that this server accepted for the active user."""
        return next((one for one in self.server_tokens if one.user_id == self.user_id
                     and one.machine_identifier == machine_identifier), None)

    def jwt_refusal(self, machine_identifier: str) -> Optional[JwtRefusal]:
        """When and in which version this server last refused a JWT."""
        return next((one for one in self.jwt_refusals if one.machine_identifier == machine_identifier), None)

    def with_server_token(self, token: ServerToken) -> Credentials:
        """With ``token`` in place of the one for the same user and server."""
        others = tuple(one for one in self.server_tokens
                       if (one.user_id, one.machine_identifier) != (token.user_id, token.machine_identifier))
        return replace(self, server_tokens=others + (token,))

    def with_refusal(self, refusal: JwtRefusal) -> Credentials:
        """With ``refusal`` in place of an older one by the same server."""
        others = self.without_refusal(refusal.machine_identifier).jwt_refusals
        return replace(self, jwt_refusals=others + (refusal,))

    def without_refusal(self, machine_identifier: str) -> Credentials:
        """With the server's refusal forgotten."""
        return replace(self, jwt_refusals=tuple(
            one for one in self.jwt_refusals if one.machine_identifier != machine_identifier))

    def with_servers(self, servers: Iterable[ServerResource]) -> Credentials:
        """With the servers of a new answer, without tokens. The chosen server stays when the answer lacks it."""
        listed = tuple(replace(server, access_token='') for server in servers)
        chosen = _named(self.servers, self.machine_identifier)
        if chosen and all(one.machine_identifier != chosen.machine_identifier for one in listed):
            listed += (chosen,)
        return replace(self, servers=listed)

    def with_manual(self, server: ServerResource) -> Credentials:
        """With the typed addresses in ``server`` in place of older ones of the same server."""
        others = tuple(one for one in self.manual if one.machine_identifier != server.machine_identifier)
        return replace(self, manual=others + (server,))

    def without_account(self) -> Credentials:
        """Signed out: only the two client identifiers stay."""
        return Credentials(self.client_identifier, self.legacy_client_identifier)

    def to_json(self) -> Dict[str, Any]:
        """What the store writes."""
        return {
            'client_identifier': self.client_identifier,
            'legacy_client_identifier': self.legacy_client_identifier,
            'account_jwt': self.account_jwt,
            'account_jwt_expires': self.account_jwt_expires,
            'legacy_token': self.legacy_token,
            'user': self.user.to_json() if self.user else None,
            'member': self.member.to_json() if self.member else None,
            'machine_identifier': self.machine_identifier,
            'server_tokens': [{'user_id': one.user_id, 'machine_identifier': one.machine_identifier,
                               'kind': one.kind, 'token': one.token} for one in self.server_tokens],
            'servers': [server.to_json() for server in self.servers],
            'manual': [server.to_json() for server in self.manual],
            'jwt_refusals': [{'machine_identifier': one.machine_identifier, 'version': one.version, 'at': one.at}
                             for one in self.jwt_refusals],
            'protected': list(self.protected),
            'refused': self.refused,
        }


def new_credentials() -> Credentials:
    """Nobody signed in, with two fresh client identifiers."""
    return Credentials(str(uuid.uuid4()), str(uuid.uuid4()))


def read_credentials(saved: Any) -> Credentials:
    """Credentials from what :meth:`Credentials.to_json` gave.

    Raises :class:`ValueError` when there is no client identifier; anything else that is odd becomes empty.
    """
    entry = saved if isinstance(saved, dict) else {}
    client_identifier = _text(entry, 'client_identifier')
    if not client_identifier:
        raise ValueError('no client identifier')
    return Credentials(
        client_identifier=client_identifier,
        legacy_client_identifier=_text(entry, 'legacy_client_identifier') or str(uuid.uuid4()),
        account_jwt=_text(entry, 'account_jwt'),
        account_jwt_expires=_number(entry, 'account_jwt_expires'),
        legacy_token=_text(entry, 'legacy_token'),
        user=parse_user(entry.get('user')),
        member=_member(entry.get('member')),
        machine_identifier=_text(entry, 'machine_identifier'),
        server_tokens=_records(entry, 'server_tokens', _server_token),
        servers=_records(entry, 'servers', parse_server),
        manual=_records(entry, 'manual', parse_server),
        jwt_refusals=_records(entry, 'jwt_refusals', _refusal),
        protected=_texts(entry, 'protected'),
        refused=_text(entry, 'refused'))


def _named(servers: Iterable[ServerResource], machine_identifier: str) -> Optional[ServerResource]:
    return next((one for one in servers if one.machine_identifier == machine_identifier), None)


def _server_token(entry: Mapping[str, Any]) -> Optional[ServerToken]:
    token = ServerToken(_text(entry, 'user_id'), _text(entry, 'machine_identifier'), _text(entry, 'kind'),
                        _text(entry, 'token'))
    return token if token.token and token.machine_identifier else None


def _member(saved: Any) -> Optional[HomeMember]:
    entry = saved if isinstance(saved, dict) else {}
    user = parse_user(entry.get('user'))
    return None if user is None else HomeMember(
        user, _text(entry, 'token'), _number(entry, 'expires'), _number(entry, 'renew_at'),
        entry.get('pin_needed') is True)


def _refusal(entry: Mapping[str, Any]) -> Optional[JwtRefusal]:
    refusal = JwtRefusal(_text(entry, 'machine_identifier'), _text(entry, 'version'), _number(entry, 'at'))
    return refusal if refusal.machine_identifier else None


def _records(entry: Mapping[str, Any], name: str,
             read: Callable[[Dict[str, Any]], Optional[Record]]) -> Tuple[Record, ...]:
    saved = entry.get(name)
    found: List[Record] = []
    for each in saved if isinstance(saved, list) else []:
        record = read(each) if isinstance(each, dict) else None
        if record is not None:
            found.append(record)
    return tuple(found)


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ''


def _texts(entry: Mapping[str, Any], name: str) -> Tuple[str, ...]:
    value = entry.get(name)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _number(entry: Mapping[str, Any], name: str) -> float:
    return number(entry, name) if not isinstance(entry.get(name), bool) else 0.0
