"""Commands that the server passes on, for controllers that cannot or may not reach us themselves.

We ask the server for them (``GET /player/proxy/poll``), and it holds the request until it has one: no port of ours is
needed for it. Who may control us decides the server then, which knows its users; it is asked with our own token over
our own connection, so what comes back is the server's.
"""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from ..plex_limits import SMALL
from ..plex_requests import PMSRequests, read_container
from ..plex_values import Raw, children, text
from . import limits
from .identity import CAPABILITIES, DEVICE_CLASS

#: (connect, read) in seconds: the server holds a poll for about twenty seconds.
POLL_TIMEOUT = (6.0, 45.0)
_TIMEOUT = (4.0, 8.0)
_XML = {'Accept': 'application/xml', 'Content-Type': 'text/xml;charset=utf-8'}
_MOST = 16
#: A parameter ``containerKey`` of a controller comes as the attribute ``queryContainerKey``.
_PREFIX = 'query'


class ProxiedCommand(NamedTuple):
    """A command as the server passed it on. ``number`` is the server's, by which it is answered."""

    path: Tuple[str, ...]
    parameters: Mapping[str, str]
    number: str
    controller: str


class CompanionProxy(PMSRequests):
    """The three requests of a player that is controlled through the server. All raise :class:`PlexError`."""

    def poll(self) -> List[ProxiedCommand]:
        """The commands that have come meanwhile, mostly none. Waits until the server answers."""
        answer = self.open('/player/proxy/poll', SMALL, params={
            'deviceClass': DEVICE_CLASS, 'protocolCapabilities': CAPABILITIES, 'protocolVersion': '1', 'timeout': '1',
            'commandID': '0'}, headers=_XML, timeout=POLL_TIMEOUT, retries=0).whole()
        if not answer.strip() or b'MediaContainer' not in answer:
            return []  # nothing came, and it says so in the form of a Response or not at all
        found = [_command(raw) for raw in children(read_container(answer, '/player/proxy/poll'), 'Command')[:_MOST]]
        return [command for command in found if command.path]

    def respond(self, number: str, reply: bytes) -> None:
        """Tell the server, and through it the controller, what became of a command."""
        self._post('/player/proxy/response', number, reply)

    def report(self, body: bytes, number: int) -> None:
        """Send a timeline."""
        self._post('/player/proxy/timeline', str(number), body)

    def _post(self, path: str, number: str, body: bytes) -> None:
        self._asked(lambda access: self.session.send(
            'POST', access.base_url + path, token=access.token, params={'commandID': number}, data=body, headers=_XML,
            retries=0, timeout=_TIMEOUT))


def _command(raw: Raw) -> ProxiedCommand:
    path = text(raw, 'path').partition('?')[0].strip('/').split('/')
    parameters: Dict[str, str] = {}
    for name, value in list(raw.items())[:limits.MAX_PARAMETERS]:
        if name.startswith(_PREFIX) and len(name) > len(_PREFIX) and _is_short(value):
            rest = name[len(_PREFIX):]
            parameters[rest[0].lower() + rest[1:]] = value
    return ProxiedCommand(tuple(path) if len(path) == 3 and path[0] == 'player' else (), parameters,
                          text(raw, 'commandID')[:32], text(raw, 'clientIdentifier')[:limits.MAX_IDENTIFIER])


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= limits.MAX_VALUE
