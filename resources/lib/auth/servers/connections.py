"""Testing which of a server's addresses can be reached, and whether the server accepts a token."""
from __future__ import annotations

import enum
import logging
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Dict, List, NamedTuple, Optional
from urllib.parse import urlsplit

from ...plex_errors import (
    PlexBadAnswer,
    PlexError,
    PlexForbidden,
    PlexServerError,
    PlexTokenExpired,
    PlexUnauthorized,
)
from ...plex_http import PlexSession
from ...plex_limits import PROBE
from ...plex_tv import ServerAddress, ServerResource
from ...redaction import hide
from ..errors import ServerUnreachable
from .addresses import is_private

log = logging.getLogger('pkc.auth')

#: (connect, read) in seconds. All addresses are tried at the same time, so a dead one does not delay the others.
_PROBE_TIMEOUT = (3.0, 5.0)
_ACCEPT_TIMEOUT = (4.0, 20.0)
#: After the first answer, better addresses get this many seconds more; after that of a relay, until ``_DEADLINE``.
_GRACE = 0.8
_DEADLINE = 9.0
_MOST = 16

LOCAL_HTTPS, LOCAL_HTTP, REMOTE_HTTPS, RELAY = range(4)
_RANKS = ('local https', 'local http', 'remote https', 'relay')


class Verdict(enum.Enum):
    """A server's answer to a token."""

    ACCEPTED = 'accepted'
    REFUSED = 'refused'
    EXPIRED = 'expired'


class Candidate(NamedTuple):
    """An address worth trying; lower ranks are better."""

    rank: int
    ipv6: bool
    url: str


class Reached(NamedTuple):
    """An address that answered as the server, with the server's version and id."""

    candidate: Candidate
    version: str
    machine_identifier: str


@dataclass(frozen=True)
class ServerConnection:
    """What is needed to send requests to a server. ``rank`` is one of ``LOCAL_HTTPS`` … ``RELAY``."""

    base_url: str = field(repr=False)
    token: str = field(repr=False)
    machine_identifier: str
    name: str
    owned: bool
    version: str
    rank: int = LOCAL_HTTPS

    def __post_init__(self) -> None:
        hide(self.token)

    @property
    def is_local(self) -> bool:
        """Whether the address is in our network."""
        return self.rank in (LOCAL_HTTPS, LOCAL_HTTP)

    @property
    def is_relayed(self) -> bool:
        """Whether it is one of Plex's relay, which is slow."""
        return self.rank == RELAY


def candidates(server: ServerResource, allow_http: bool = True) -> List[Candidate]:
    """The server's addresses in order: local https, local http (private addresses only), remote https, relay.

    Plain http is left out when the server requires https, when ``allow_http`` is false, and for a shared server that is
    not in our network: its private addresses belong to other machines here.
    """
    plain = allow_http and not server.https_required and (server.owned or server.public_address_matches)
    found: Dict[str, Candidate] = {}
    for address in server.connections:
        rank = RELAY if address.relay else LOCAL_HTTPS if address.local else REMOTE_HTTPS
        if address.uri.startswith('https://'):
            _add(found, rank, address, address.uri.rstrip('/'))
        if plain and not address.relay:
            url = _plain_url(address)
            if url:
                _add(found, LOCAL_HTTP, address, url)
    return sorted(found.values())[:_MOST]


class ConnectionProbe:
    """Tries addresses and tokens over ``session``, which is used for nothing else."""

    def __init__(self, session: PlexSession) -> None:
        self._session = session

    def reach(self, server: ServerResource, allow_http: bool = True) -> Reached:
        """The best address that answers ``GET /identity`` with the server's machineIdentifier ('': with any).

        Raises :class:`PlexServerError` when the server is just starting, else :class:`ServerUnreachable`.
        """
        waiting = candidates(server, allow_http)
        if not waiting:
            raise ServerUnreachable('the server has no usable address')
        answers: queue.Queue[_Answer] = queue.Queue()
        for candidate in waiting:
            # Not daemon threads: with one running, Python aborts when it ends a sub-interpreter.
            threading.Thread(target=self._try, args=(candidate, server.machine_identifier, answers),
                             name='pkc-probe').start()
        answer = self._best(waiting, answers)
        if answer.reached is None:
            if isinstance(answer.error, PlexServerError):
                raise answer.error
            raise ServerUnreachable('none of %d addresses of the server answered' % len(waiting))
        log.info('the server answers by %s', _RANKS[answer.reached.candidate.rank])
        return answer.reached

    def verdict(self, base_url: str, token: str) -> Verdict:
        """Whether the server accepts ``token``: asks ``GET /library/sections``, as ``/identity`` needs no token.

        Raises :class:`PlexError` when the server gives no clear answer.
        """
        try:
            answer = self._session.get_json(base_url + '/library/sections', token=token, retries=1,
                                            timeout=_ACCEPT_TIMEOUT)
        except PlexTokenExpired:
            return Verdict.EXPIRED
        except (PlexUnauthorized, PlexForbidden):
            return Verdict.REFUSED
        _container(answer, 'GET /library/sections')
        return Verdict.ACCEPTED

    def _try(self, candidate: Candidate, machine_identifier: str, answers: queue.Queue[_Answer]) -> None:
        answer = _Answer(candidate, None, None)
        try:
            identity = _container(self._session.get_json(candidate.url + '/identity', retries=0, timeout=_PROBE_TIMEOUT,
                                                         limits=PROBE), 'GET /identity')
            reported = str(identity.get('machineIdentifier') or '')
            if reported and machine_identifier in ('', reported):
                answer = answer._replace(reached=Reached(candidate, str(identity.get('version') or ''), reported))
        except PlexError as error:
            answer = answer._replace(error=error)
        finally:
            answers.put(answer)

    def _best(self, waiting: List[Candidate], answers: queue.Queue[_Answer]) -> _Answer:
        """Wait for the best answer; returns as soon as no better one can come, or after the deadline."""
        left = set(waiting)
        best = _Answer(waiting[-1], None, None)
        ends = time.monotonic() + _DEADLINE
        while left:
            try:
                answer = answers.get(timeout=max(0.0, ends - time.monotonic()))
            except queue.Empty:
                break
            left.discard(answer.candidate)
            if _better(answer, best):
                best = answer
            if best.reached:
                better = [candidate for candidate in left if candidate < best.candidate]
                if not better:
                    break
                if best.candidate.rank != RELAY:
                    ends = min(ends, time.monotonic() + _GRACE)
        return best


class _Answer(NamedTuple):
    candidate: Candidate
    reached: Optional[Reached]
    error: Optional[PlexError]


def _better(answer: _Answer, best: _Answer) -> bool:
    if best.reached is None:
        return answer.reached is not None or isinstance(answer.error, PlexServerError)
    return answer.reached is not None and answer.candidate < best.candidate


def _container(answer: Any, what: str) -> Dict[str, Any]:
    container = answer.get('MediaContainer') if isinstance(answer, dict) else None
    if not isinstance(container, dict):
        raise PlexBadAnswer('%s: no MediaContainer in the answer' % what)
    return container


def _add(found: Dict[str, Candidate], rank: int, address: ServerAddress, url: str) -> None:
    candidate = Candidate(rank, address.ipv6, url)
    found[url] = min(candidate, found.get(url, candidate))


def _plain_url(address: ServerAddress) -> str:
    """The http URL of an address in a private network; empty for any other."""
    host, port = address.address, address.port
    if address.uri.startswith('http://'):
        try:
            parts = urlsplit(address.uri)
            host, port = parts.hostname or '', parts.port or 80
        except ValueError:
            return ''
    if not is_private(host) or not 0 < port < 65536:
        return ''
    return 'http://%s:%d' % ('[%s]' % host if ':' in host else host, port)
