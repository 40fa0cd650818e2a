"""The account, the server and the connection, on the status page."""
from __future__ import annotations

import time
from typing import List, Optional
from urllib.parse import urlsplit

from ...auth.manager import SIGN_IN_AGAIN, SIGNED_IN, SIGNED_OUT, AuthStatus, ServerConnection
from ...kodi import texts
from ...kodi.texts import account as account_texts
from ...kodi.texts import errors as error_texts
from ...kodi.texts import status as status_texts
from ...plex_errors import PlexError
from ..error_texts import sign_in_text_name, text_name
from ..one_server import LOCAL, RELAYED, REMOTE
from ..shared import Shared
from ..status_board import Group, StatusLine

_DISTANCES = {LOCAL: status_texts.DISTANCE_LOCAL, REMOTE: status_texts.DISTANCE_REMOTE,
              RELAYED: status_texts.DISTANCE_RELAYED}
#: The first request may open a connection, which is not what is to be measured.
_REQUESTS = 2


class AccountStatus:
    """Adds its lines to the status page. The response time is that of the last :meth:`measure`."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._response_s: Optional[float] = None
        self._trouble = ''
        self._measuring = False
        shared.status.add(Group.ACCOUNT, self._account)
        shared.status.add(Group.SERVER, self._server)
        shared.status.add_measure(self.measure)

    def measure(self) -> None:
        """Ask the server for its name and look at the clock. Takes some seconds when the server is away."""
        shared = self._shared
        if not shared.auth.status().usable or shared.viewer.locked:
            return
        self._measuring = True
        try:
            client = shared.clients.connect_quick()[0]
            for _ in range(_REQUESTS):
                began = time.perf_counter()
                client.identity()
                self._response_s, self._trouble = time.perf_counter() - began, ''
        except PlexError as error:
            shared.clients.failed(error)
            self._response_s, self._trouble = None, text_name(error)
        finally:
            self._measuring = False

    # ---- account -------------------------------------------------------------------------------------------------

    def _account(self) -> List[StatusLine]:
        status = self._shared.auth.status()
        if not status.usable:
            trouble = sign_in_text_name(status.message_key) if status.state == SIGN_IN_AGAIN else ''
            words = self._named(trouble) if trouble else self._text(status_texts.NOBODY)
            return [StatusLine(self._text(status_texts.SIGNED_IN_AS), words, True)]
        lines = [StatusLine(self._text(status_texts.SIGNED_IN_AS), status.user_name)]
        problem = self._account_problem(status)
        if problem:
            lines.append(StatusLine(self._text(status_texts.PROBLEM), problem, True))
        return lines

    def _account_problem(self, status: AuthStatus) -> str:
        if self._shared.viewer.locked:
            return self._text(error_texts.USER_NOT_CHOSEN)
        if status.state == SIGN_IN_AGAIN:
            return self._named(sign_in_text_name(status.message_key))
        return ''

    # ---- server --------------------------------------------------------------------------------------------------

    def _server(self) -> List[StatusLine]:
        status = self._shared.auth.status()
        if status.state == SIGNED_OUT:
            return []
        if not status.machine_identifier:
            return [StatusLine(self._text(status_texts.SERVER_NAME), self._text(error_texts.NO_SERVER), True)]
        connection = self._shared.clients.in_use()
        lines = [StatusLine(self._text(status_texts.SERVER_NAME), self._name(status, connection))]
        if connection is None:
            trouble = sign_in_text_name(status.message_key) if status.state == SIGNED_IN else ''
            words = self._named(trouble or self._trouble) if trouble or self._trouble else self._text(
                status_texts.NOT_CONNECTED)
            lines.append(StatusLine(self._text(status_texts.CONNECTION), words, not self._measuring))
        else:
            lines += self._connection(connection)
        return lines + [line for machine in self._shared.clients.machines()[1:] for line in self._other(machine)]

    def _other(self, machine: str) -> List[StatusLine]:
        """A server beside the main one."""
        auth, connection = self._shared.auth, self._shared.clients.in_use(machine)
        name = auth.server_name(machine)
        if connection is None:
            trouble = sign_in_text_name(auth.problem_of(machine))
            words = self._named(trouble) if trouble else self._text(status_texts.NOT_CONNECTED)
            return [StatusLine(self._text(status_texts.SERVER_NAME), '%s: %s' % (name, words), True)]
        words = ', '.join((name, self._text(_DISTANCES[self._shared.clients.distance(machine)]),
                           shown_address(connection.base_url)))
        return [StatusLine(self._text(status_texts.SERVER_NAME), words)]

    def _name(self, status: AuthStatus, connection: Optional[ServerConnection]) -> str:
        """The server's name and version, and whose it is."""
        known = next((one for one in self._shared.auth.known_servers()
                      if one.machine_identifier == status.machine_identifier), None)
        version = (connection.version if connection else '') or (known.version if known else '')
        words = ['%s %s' % (status.server_name, version) if version else status.server_name]
        if connection or known:
            owned = connection.owned if connection else known is not None and known.owned
            if owned:
                words.append(self._text(account_texts.OWN_SERVER))
            elif known and known.source_title:
                words.append(self._text(status_texts.SHARED_BY, known.source_title))
            else:
                words.append(self._text(account_texts.SHARED_SERVER))
        return ', '.join(words)

    def _connection(self, connection: ServerConnection) -> List[StatusLine]:
        secure = connection.base_url.startswith('https://')
        distance = self._shared.clients.distance()
        words = '%s, %s' % (self._text(_DISTANCES[distance]),
                            self._text(status_texts.ENCRYPTED if secure else status_texts.NOT_ENCRYPTED))
        return [StatusLine(self._text(status_texts.CONNECTION), words, distance == RELAYED),
                StatusLine(self._text(status_texts.ADDRESS), shown_address(connection.base_url)),
                StatusLine(self._text(status_texts.RESPONSE_TIME), self._response(), bool(self._trouble))]

    def _response(self) -> str:
        if self._trouble:
            return self._named(self._trouble)
        if self._response_s is None:
            return self._text(status_texts.MEASURING)
        return self._text(status_texts.MILLISECONDS, '%.0f' % max(1.0, self._response_s * 1000.0))

    def _named(self, name: str) -> str:
        return self._text(texts.by_name(name))

    def _text(self, text_id: int, *values: object) -> str:
        return self._shared.addon.text(text_id, *values)


def shown_address(base_url: str) -> str:
    """Host and port of a server. Of a name in ``plex.direct`` the address that it stands for, which people know."""
    parts = urlsplit(base_url)
    host = parts.hostname or ''
    if host.endswith('.plex.direct'):
        first = host.partition('.')[0]
        host = first.replace('-', '.') if first.count('-') == 3 else first.replace('-', ':')
    if ':' in host:
        host = '[%s]' % host
    return '%s:%d' % (host, parts.port) if parts.port else host
