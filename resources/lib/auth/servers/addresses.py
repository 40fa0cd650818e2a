"""Addresses of servers beside those that plex.tv lists: typed by the user, or found in the network.

A server's certificate is for names like ``192-168-1-2.HASH.plex.direct``, where HASH is the server's. Whoever knows
it from another address can reach a bare IP address by https.
"""
from __future__ import annotations

import ipaddress
import re
import socket
from typing import Iterable, List, NamedTuple, Set
from urllib.parse import urlsplit

from ...plex_tv import ServerAddress, ServerResource
from ..errors import BadAddress

PORT = 32400
_HTTPS_PORT = 443
_CERTIFICATE = re.compile(r'^https://[\w-]+(\.[0-9a-f]{32}\.plex\.direct)(?::|/|$)')


class Typed(NamedTuple):
    """What the user typed. ``scheme`` is '' when he left it open."""

    scheme: str
    host: str
    port: int


def is_private(host: str) -> bool:
    """Whether ``host`` is an address in a private network (or this machine), to which plain http may go."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == 'localhost'
    return address.is_private or address.is_link_local


def parse_typed(text: str) -> Typed:
    """Read ``host``, ``host:port``, ``[IPv6]:port`` or a URL. Raises :class:`BadAddress`."""
    text = text.strip()
    scheme, found, rest = text.partition('://')
    if not found:
        scheme, rest = '', text
    if rest.count(':') > 1 and not rest.startswith('['):
        rest = '[%s]' % rest
    try:
        parts = urlsplit('//' + rest)
        host, port = parts.hostname or '', parts.port
    except ValueError:
        raise BadAddress('not an address') from None
    if scheme.lower() not in ('', 'http', 'https') or '@' in rest or not re.match(r'^[\w.:%-]+$', host) or port == 0:
        raise BadAddress('not an address')
    if port is None:
        port = _HTTPS_PORT if scheme.lower() == 'https' and not _is_ip(host) else PORT
    return Typed(scheme.lower(), host, port)


def typed_addresses(typed: Typed, servers: Iterable[ServerResource]) -> List[ServerAddress]:
    """The ways to try to a typed address, with the certificates of ``servers``. Looks names up (blocks)."""
    numbers = [typed.host] if _is_ip(typed.host) else _looked_up(typed.host)
    local = bool(numbers) and all(is_private(number) for number in numbers)
    number = numbers[0] if numbers else typed.host
    found: List[ServerAddress] = []
    if not _is_ip(typed.host) and typed.scheme != 'http':
        found.append(_address('https://%s:%d' % (typed.host, typed.port), number, typed.port, local))
    if numbers:
        for name in sorted(certificate_names(servers)):
            found.append(_address(secure_url(number, typed.port, name), number, typed.port, local))
        if local and typed.scheme != 'https':
            found.append(_address('', number, typed.port, local))
    return found


def certificate_names(servers: Iterable[ServerResource]) -> Set[str]:
    """The ends of the host names in the servers' certificates, with a leading dot."""
    found = (_CERTIFICATE.match(address.uri) for server in servers for address in server.connections)
    return {match.group(1) for match in found if match}


def secure_url(number: str, port: int, name: str) -> str:
    """The https URL of an IP address on a server whose certificate is for names that end in ``name``."""
    return 'https://%s%s:%d' % (number.replace('.', '-').replace(':', '-'), name, port)


def found_addresses(number: str, port: int, certificate_host: str) -> List[ServerAddress]:
    """The ways to a server that told of itself in our own network."""
    found = [_address('', number, port, True)]
    if re.match(r'^[0-9a-f]{32}\.plex\.direct$', certificate_host):
        found.insert(0, _address(secure_url(number, port, '.' + certificate_host), number, port, True))
    return found


def _address(uri: str, number: str, port: int, local: bool) -> ServerAddress:
    return ServerAddress(uri, number, port, 'https' if uri else 'http', local, False, ':' in number)


def _looked_up(host: str) -> List[str]:
    try:
        return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)},
                      key=lambda number: ':' in number)
    except (OSError, UnicodeError):
        return []


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
