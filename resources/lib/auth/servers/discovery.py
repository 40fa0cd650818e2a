"""Finding Plex Media Servers in our own network when plex.tv cannot be asked: GDM, Plex's multicast over UDP.

Any machine in the network can answer, so an answer proves nothing: its address is only tried, and the id that answers
there and, over https, the certificate decide (:mod:`.connections`).
"""
from __future__ import annotations

import logging
import socket
import time
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from ...plex_limits import whole_number
from ...socket_timeouts import own_timeouts

log = logging.getLogger('pkc.auth')

#: Where Plex Media Servers listen: Plex's multicast group, and the broadcast address for networks without multicast.
TARGETS: Tuple[Tuple[str, int], ...] = (('239.0.0.250', 32414), ('255.255.255.255', 32414))
_QUESTION = b'M-SEARCH * HTTP/1.0\r\n\r\n'
_LONGEST = 4096
_MOST = 64


class FoundServer(NamedTuple):
    """A server that answered. Its certificate's names end in ``certificate_host``; '' when the answer has none."""

    machine_identifier: str
    name: str
    ip: str
    port: int
    certificate_host: str


#: A function like :func:`search`.
Discover = Callable[[], List[FoundServer]]


def search(seconds: float = 2.0) -> List[FoundServer]:
    """Ask the network and collect the answers that come within ``seconds``. Never raises; empty without a network."""
    found: Dict[str, FoundServer] = {}
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
                    with own_timeouts():
                        answer, (ip, _) = sock.recvfrom(_LONGEST)
                except socket.timeout:
                    break
                server = parse(answer, ip)
                if server is not None:
                    found.setdefault(server.machine_identifier, server)
    except OSError as error:
        log.info('the network cannot be asked for servers (errno %s)', error.errno)
    log.info('%d servers answered in our network', len(found))
    return list(found.values())


def parse(answer: bytes, ip: str) -> Optional[FoundServer]:
    """The server that sent this answer; None for players and for anything malformed."""
    lines = answer.decode('utf-8', 'replace').splitlines()
    if not lines or '200 OK' not in lines[0]:
        return None
    fields = {name.strip().lower(): value.strip() for name, colon, value in
              (line.partition(':') for line in lines[1:]) if colon}
    identifier, port = fields.get('resource-identifier', ''), whole_number(fields.get('port', '')) or 0
    if fields.get('content-type') != 'plex/media-server' or not identifier:
        return None
    if not 0 < port < 65536:
        return None
    return FoundServer(identifier, fields.get('name', ''), ip, port, fields.get('host', '').lower())


def _ask(sock: socket.socket) -> bool:
    sent = False
    for target in TARGETS:
        try:
            sock.sendto(_QUESTION, target)
            sent = True
        except OSError as error:
            log.debug('GDM: errno %s', error.errno)
    return sent
