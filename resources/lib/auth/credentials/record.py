"""Tokens, users and servers of a sign-in, as one immutable record."""
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
    """The Plex Home user who is watching, when that is not the account's own user, with their plex.tv token.

    ``expires`` and ``renew_at`` (Unix seconds) are 0 for a token that does not expire. ``pin_needed``: a new token
    takes the user's PIN. ``token`` is empty after plex.tv refused it.
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
    """A server's refusal of a plex.tv JWT: its version then, and when (``at``, Unix seconds)."""

    machine_identifier: str
    version: str
    at: float


@dataclass(frozen=True)
class Credentials:
    """Everything secret but the device key, and what is needed to reach the server without plex.tv.

    ``client_identifier`` is the JWT device's; ``legacy_client_identifier`` is another one, because issuing a JWT
    makes the legacy token of the same identifier invalid. ``user`` entered the code; ``member`` is watching when that
    is another user of the Home. ``machine_identifier`` is the chosen server, or the main one of several: ``others`` are
    those beside it. ``manual`` holds servers with the addresses that the user typed. ``protected`` holds the ids of
    users who had a PIN when last asked. ``refused`` names the reason why a new sign-in is needed.
    """

    client_identifier: str
    legacy_client_identifier: str
    account_jwt: str = field(default='', repr=False)
    account_jwt_expires: float = 0.0
    legacy_token: str = field(default='', repr=False)
    user: Optional[PlexUser] = None
    member: Optional[HomeMember] = None
    machine_identifier: str = ''
    others: Tuple[str, ...] = ()
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
        """The user who is watching: the chosen one of the Home, else the account's own."""
        return self.member.user if self.member else self.user

    @property
    def user_id(self) -> str:
        """The active user's id, by which server tokens are stored."""
        return self.active_user.id if self.active_user else ''

    @property
    def account_id(self) -> str:
        """The id of the user who entered the code."""
        return self.user.id if self.user else ''

    @property
    def chosen(self) -> Tuple[str, ...]:
        """The machineIdentifiers of the chosen servers, the main one first."""
        return (self.machine_identifier, *self.others) if self.machine_identifier else ()

    def server(self, machine_identifier: str) -> Optional[ServerResource]:
        """A listed server with its last known addresses and those that the user typed."""
        listed, typed = (_server_by_id(servers, machine_identifier) for servers in (self.servers, self.manual))
        return replace(listed, connections=listed.connections + typed.connections) if listed and typed else listed

    def server_token(self, machine_identifier: str) -> Optional[ServerToken]:
        """The token that this server accepted for the active user."""
        return next((token for token in self.server_tokens if token.user_id == self.user_id
                     and token.machine_identifier == machine_identifier), None)

    def jwt_refusal(self, machine_identifier: str) -> Optional[JwtRefusal]:
        """This server's last refusal of a JWT."""
        return next((entry for entry in self.jwt_refusals if entry.machine_identifier == machine_identifier), None)

    def with_server_token(self, token: ServerToken) -> Credentials:
        """With ``token`` in place of the one for the same user and server."""
        others = tuple(other for other in self.server_tokens
                       if (other.user_id, other.machine_identifier) != (token.user_id, token.machine_identifier))
        return replace(self, server_tokens=others + (token,))

    def with_refusal(self, refusal: JwtRefusal) -> Credentials:
        """With ``refusal`` in place of an older one by the same server."""
        others = self.without_refusal(refusal.machine_identifier).jwt_refusals
        return replace(self, jwt_refusals=others + (refusal,))

    def without_refusal(self, machine_identifier: str) -> Credentials:
        """Without the server's refusal."""
        return replace(self, jwt_refusals=tuple(
            entry for entry in self.jwt_refusals if entry.machine_identifier != machine_identifier))

    def with_chosen(self, machine_identifiers: Iterable[str]) -> Credentials:
        """With these as the chosen servers. The main one stays that if it is among them; else it is the first."""
        wanted = list(dict.fromkeys(machine_identifiers))
        main = self.machine_identifier if self.machine_identifier in wanted else next(iter(wanted), '')
        return replace(self, machine_identifier=main, others=tuple(one for one in wanted if one != main))

    def with_servers(self, servers: Iterable[ServerResource]) -> Credentials:
        """With the servers of a new answer, without tokens. Chosen servers are kept even if the answer lacks them."""
        listed = tuple(replace(server, access_token='') for server in servers)
        there = {server.machine_identifier for server in listed}
        kept = (_server_by_id(self.servers, one) for one in self.chosen if one not in there)
        return replace(self, servers=listed + tuple(server for server in kept if server))

    def with_manual(self, server: ServerResource) -> Credentials:
        """With ``server``, whose addresses the user typed, in place of an older entry of the same server."""
        others = tuple(other for other in self.manual if other.machine_identifier != server.machine_identifier)
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
            'others': list(self.others),
            'server_tokens': [{'user_id': token.user_id, 'machine_identifier': token.machine_identifier,
                               'kind': token.kind, 'token': token.token} for token in self.server_tokens],
            'servers': [server.to_json() for server in self.servers],
            'manual': [server.to_json() for server in self.manual],
            'jwt_refusals': [{'machine_identifier': entry.machine_identifier, 'version': entry.version, 'at': entry.at}
                             for entry in self.jwt_refusals],
            'protected': list(self.protected),
            'refused': self.refused,
        }


def new_credentials() -> Credentials:
    """Credentials without a sign-in, with two new client identifiers."""
    return Credentials(str(uuid.uuid4()), str(uuid.uuid4()))


def read_credentials(saved: Any) -> Credentials:
    """Credentials from what :meth:`Credentials.to_json` gave.

    Raises :class:`ValueError` when there is no client identifier; anything else that is odd becomes empty.
    """
    entry = saved if isinstance(saved, dict) else {}
    client_identifier = _text(entry, 'client_identifier')
    if not client_identifier:
        raise ValueError('no client identifier')
    main = _text(entry, 'machine_identifier')
    return Credentials(
        client_identifier=client_identifier,
        legacy_client_identifier=_text(entry, 'legacy_client_identifier') or str(uuid.uuid4()),
        account_jwt=_text(entry, 'account_jwt'),
        account_jwt_expires=_number(entry, 'account_jwt_expires'),
        legacy_token=_text(entry, 'legacy_token'),
        user=parse_user(entry.get('user')),
        member=_member(entry.get('member')),
        machine_identifier=main,
        others=tuple(one for one in dict.fromkeys(_texts(entry, 'others')) if main and one not in ('', main)),
        server_tokens=_records(entry, 'server_tokens', _server_token),
        servers=_records(entry, 'servers', parse_server),
        manual=_records(entry, 'manual', parse_server),
        jwt_refusals=_records(entry, 'jwt_refusals', _refusal),
        protected=_texts(entry, 'protected'),
        refused=_text(entry, 'refused'))


def _server_by_id(servers: Iterable[ServerResource], machine_identifier: str) -> Optional[ServerResource]:
    return next((server for server in servers if server.machine_identifier == machine_identifier), None)


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
    records: List[Record] = []
    for each in saved if isinstance(saved, list) else []:
        record = read(each) if isinstance(each, dict) else None
        if record is not None:
            records.append(record)
    return tuple(records)


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ''


def _texts(entry: Mapping[str, Any], name: str) -> Tuple[str, ...]:
    value = entry.get(name)
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _number(entry: Mapping[str, Any], name: str) -> float:
    return number(entry, name) if not isinstance(entry.get(name), bool) else 0.0
