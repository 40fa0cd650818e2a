"""What each route of the loopback server takes, and what all connections are bounded by."""
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
#: Connections at a time, one thread each. Kodi keeps a handful open; the rest are its texture threads.
MAX_CONNECTIONS = 48

METHODS = frozenset(('GET', 'HEAD', 'POST'))
#: Values of ``Sec-Fetch-Site``, which browsers send: ``none`` is an address that the user typed. We serve no pages.
NO_WEB_PAGE = frozenset(('none',))


class RouteRules(NamedTuple):
    """What one route takes. Nothing has a default, so that no new route comes without.

    ``read_seconds`` is how long a client may take to read a whole answer; None lets it stand still, which only a
    player may that is paused. ``parallel`` is how many connections the route may keep busy at a time. ``sites`` are
    the values of ``Sec-Fetch-Site`` that are answered; a request with an ``Origin`` header never is.
    """

    methods: FrozenSet[str]
    needs_secret: bool
    sites: FrozenSet[str]
    max_body: int
    read_seconds: Optional[float]
    parallel: int


def check(name: str, route: object) -> None:
    """Raise :class:`TypeError` for a route that does not say what it takes."""
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
