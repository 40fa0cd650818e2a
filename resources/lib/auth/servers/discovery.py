"""Finding Plex Media Servers in our own network when plex.tv cannot be asked: GDM, Plex's UDP question to all.

Nothing in an answer is proof: whoever is in the network can answer. What is found is only tried, and the server's own
id and, over https, its certificate decide (:mod:`.connections`).
"""
from __future__ import annotations

import logging
import socket
import time
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

log = logging.getLogger('pkc.auth')

#: Where Plex Media Servers listen: Plex's multicast group, and everybody, for networks without multicast.
TARGETS: Tuple[Tuple[str, int], ...] = (('239.0.0.250', 32414), ('255.255.255.255', 32414))
_QUESTION = b'M-SEARCH * HTTP/1.0\r\n\r\n'
_LONGEST = 4096
_MOST = 64


class Found(NamedTuple):
    """A server that answered. ``certificate_host`` is what its certificate's names end in; '' when it did not say."""

    machine_identifier: str
    name: str
    number: str
    port: int
    certificate_host: str


#: Asks the network for servers, as :func:`search` does.
Discover = Callable[[], List[Found]]


def search(seconds: float = 2.0) -> List[Found]:
    """Ask the network and collect answers for so many seconds. Never raises; empty without a network."""
    found: Dict[str, Found] = {}
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            if not _ask(sock):
                return []
            ends = time.monotonic() + seconds
            while len(found) < _MOST:
                left = ends - time.monotonic()
                if left <= 0:
                    break
                sock.settimeout(left)
                try:
                    answer, (number, _) = sock.recvfrom(_LONGEST)
                except socket.timeout:
                    break
                server = parse(answer, number)
                if server is not None:
                    found.setdefault(server.machine_identifier, server)
    except OSError as error:
        log.info('the network cannot be asked for servers (errno %s)', error.errno)
    log.info('%d servers answered in our network', len(found))
    return list(found.values())


def parse(answer: bytes, number: str) -> Optional[Found]:
    """A server from its answer; nothing for players and nonsense."""
    lines = answer.decode('utf-8', 'replace').splitlines()
    if not lines or '200 OK' not in lines[0]:
        return None
    fields = {name.strip().lower(): value.strip() for name, colon, value in
              (line.partition(':') for line in lines[1:]) if colon}
    identifier, port = fields.get('resource-identifier', ''), fields.get('port', '')
    if fields.get('content-type') != 'plex/media-server' or not identifier:
        return None
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        return None
    return Found(identifier, fields.get('name', ''), number, int(port), fields.get('host', '').lower())


def _ask(sock: socket.socket) -> bool:
    sent = False
    for target in TARGETS:
        try:
            sock.sendto(_QUESTION, target)
            sent = True
        except OSError as error:
            log.debug('GDM: errno %s', error.errno)
    return sent
