"""Addresses of servers besides those that plex.tv lists: typed by the user, or found in the network.

A server's certificate is for names like ``192-168-1-2.HASH.plex.direct``, where HASH is the server's own. With the
HASH of a listed address, a bare IP address can be reached by https.
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


class TypedAddress(NamedTuple):
    """An address that the user typed. ``scheme`` is '' when none was typed."""

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


def parse_typed(text: str) -> TypedAddress:
    """Read ``host``, ``host:port``, ``[IPv6]:port`` or a URL. Raises :class:`BadAddress`."""
    text = text.strip()
    scheme, separator, rest = text.partition('://')
    if not separator:
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
    return TypedAddress(scheme.lower(), host, port)


def typed_addresses(typed: TypedAddress, servers: Iterable[ServerResource]) -> List[ServerAddress]:
    """The URLs to try for a typed address, with the certificate names of ``servers``. Resolves host names (blocks)."""
    ips = [typed.host] if _is_ip(typed.host) else _looked_up(typed.host)
    local = bool(ips) and all(is_private(ip) for ip in ips)
    ip = ips[0] if ips else typed.host
    addresses: List[ServerAddress] = []
    if not _is_ip(typed.host) and typed.scheme != 'http':
        addresses.append(_address('https://%s:%d' % (typed.host, typed.port), ip, typed.port, local))
    if ips:
        for suffix in sorted(certificate_suffixes(servers)):
            addresses.append(_address(secure_url(ip, typed.port, suffix), ip, typed.port, local))
        if local and typed.scheme != 'https':
            addresses.append(_address('', ip, typed.port, local))
    return addresses


def certificate_suffixes(servers: Iterable[ServerResource]) -> Set[str]:
    """The common suffixes of the host names in the servers' certificates, with a leading dot."""
    matches = (_CERTIFICATE.match(address.uri) for server in servers for address in server.connections)
    return {match.group(1) for match in matches if match}


def secure_url(ip: str, port: int, suffix: str) -> str:
    """The https URL of a server's IP address; ``suffix`` is that of its certificate's names, with a leading dot."""
    return 'https://%s%s:%d' % (ip.replace('.', '-').replace(':', '-'), suffix, port)


def found_addresses(ip: str, port: int, certificate_host: str) -> List[ServerAddress]:
    """The URLs to try for a server that answered in our own network (:mod:`.discovery`)."""
    addresses = [_address('', ip, port, True)]
    if re.match(r'^[0-9a-f]{32}\.plex\.direct$', certificate_host):
        addresses.insert(0, _address(secure_url(ip, port, '.' + certificate_host), ip, port, True))
    return addresses


def _address(uri: str, ip: str, port: int, local: bool) -> ServerAddress:
    return ServerAddress(uri, ip, port, 'https' if uri else 'http', local, False, ':' in ip)


def _looked_up(host: str) -> List[str]:
    try:
        return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)},
                      key=lambda ip: ':' in ip)
    except (OSError, UnicodeError):
        return []


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
