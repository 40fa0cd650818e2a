"""Limits of all connections of the loopback server, and the rules by which a route accepts requests."""
from __future__ import annotations

from typing import FrozenSet, NamedTuple, Optional

#: Bytes of a request line: a file name of 255 bytes is at most 765 when quoted.
MAX_LINE = 4096
#: Bytes of a request line and headers together. Kodi sends some 300, a browser up to 2,000.
MAX_HEAD = 8192
MAX_HEADERS = 40
#: Bytes of the largest body that a route may ask for.
MAX_BODY = 64 * 1024
#: Requests in a row that a client may send without having waited for an answer. Kodi sends none.
MAX_PIPELINED = 4
#: Seconds that a connection may stay open without a request.
IDLE_SECONDS = 30.0
#: Seconds from the first byte of a request to its last.
REQUEST_SECONDS = 10.0
#: Connections at a time, each with a thread. Kodi keeps a few open, and more for its texture threads.
MAX_CONNECTIONS = 48

METHODS = frozenset(('GET', 'HEAD', 'POST'))
#: Accepted values of ``Sec-Fetch-Site``, a header of browsers: ``none`` is an address that the user typed.
NO_WEB_PAGE = frozenset(('none',))


class RouteRules(NamedTuple):
    """Which requests a route accepts. No field has a default, so that every route must decide.

    ``read_seconds``: how long a client may take to read a whole answer; None (no limit) is for players, which may be
    paused. ``parallel``: how many requests the route answers at a time. ``sites``: accepted values of
    ``Sec-Fetch-Site``; a request with an ``Origin`` header is never accepted.
    """

    methods: FrozenSet[str]
    needs_secret: bool
    sites: FrozenSet[str]
    max_body: int
    read_seconds: Optional[float]
    parallel: int


def check(name: str, route: object) -> None:
    """Raise :class:`TypeError` for a route without valid rules."""
    rules = getattr(route, 'rules', None)
    if not isinstance(rules, RouteRules):
        raise TypeError('route %s has no rules' % name)
    if not rules.methods or not rules.methods <= METHODS:
        raise TypeError('route %s: methods' % name)
    if not rules.sites <= NO_WEB_PAGE:
        raise TypeError('route %s: sites' % name)
    if not 0 <= rules.max_body <= MAX_BODY:
        raise TypeError('route %s: max_body' % name)
    if not 0 < rules.parallel < MAX_CONNECTIONS:
        raise TypeError('route %s: parallel' % name)
    if rules.read_seconds is not None and not 0 < rules.read_seconds <= 60:
        raise TypeError('route %s: read_seconds' % name)
