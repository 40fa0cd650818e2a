"""Clients of one chosen server, made when they are needed and anew when address, token or user change."""
from __future__ import annotations

import threading
import time
from typing import NamedTuple, Optional, Tuple

from ..auth.manager import AuthManager, ServerConnection
from ..plex_errors import PlexConnectionError, PlexError, PlexUnauthorized
from ..plex_functions import PMSClient
from ..plex_http import PlexSession
from ..plex_notifications import NotificationSocket
from ..plex_requests import Access
from ..remote_control.proxy import CompanionProxy
from .events import EventBus, ServerLost, ServerReachable
from .sessions import Sessions
from .viewer import Viewer

#: Seconds after the beginning of a connection in which nobody needs to ask again who answers there.
_IDENTIFIED = 5.0
#: Where a server is: in our network, on the internet, on the internet behind Plex's relay.
LOCAL, REMOTE, RELAYED = 'local', 'remote', 'relayed'


class _Renewal:
    """Gets the clients of one user at one server another token (:class:`~..plex_requests.Renewal`)."""

    def __init__(self, clients: OneServer, connection: ServerConnection, user_id: str) -> None:
        self._clients = clients
        self._connection = connection
        self._user_id = user_id

    def renewed(self, refused: Access, error: PlexUnauthorized) -> Optional[Access]:
        """The token that is in use now, or a new one; None when it is the same, another user's or server's."""
        now = self._clients.renewed(refused, error)
        if now is None or not self._user_id or (now.connection.machine_identifier, now.user_id) != (
                self._connection.machine_identifier, self._user_id):
            return None
        return Access(now.connection.base_url, now.connection.token)


class Asker(NamedTuple):
    """Who asks which server. ``user_id`` is the Plex user whose token the client has, '' while that is changing."""

    client: PMSClient
    machine_identifier: str
    user_id: str


class _Clients(NamedTuple):
    connection: ServerConnection
    patient: PMSClient
    quick: PMSClient
    user_id: str


class Account(NamedTuple):
    """What all servers have in common."""

    auth: AuthManager
    sessions: Sessions
    viewer: Viewer
    events: EventBus


class OneServer:
    """Safe to use from several threads. All methods that give a client may raise :class:`PlexError`.

    ``machine_identifier`` is '' for the main server, whichever that is, and else that of one beside it.
    They raise :class:`~..auth.errors.UserNotChosen` as long as it is not known who watches.
    """

    def __init__(self, account: Account, machine_identifier: str = '') -> None:
        self._auth, self._sessions, self._viewer, self._events = account
        self._machine = machine_identifier
        self._lost = False
        self._unreached = bool(machine_identifier)
        self._failed = False
        self._lock = threading.Lock()
        self._clients: Optional[_Clients] = None
        self._began = 0.0
        self._patient: Optional[PlexSession] = None
        self._quick: Optional[PlexSession] = None
        self._socket_access: Optional[Access] = None

    @property
    def ready(self) -> bool:
        """Whether it can be used as far as is known: the last try to connect was no failure."""
        return not self._lost and not self._unreached

    @property
    def away(self) -> bool:
        """Whether it could not be reached when that was tried last."""
        return self._lost or self._failed

    def close(self) -> None:
        """It is not chosen any more: whoever still waits for an answer is woken."""
        with self._lock:
            sessions, self._clients = (self._patient, self._quick), None
            self._patient = self._quick = None
        for session in sessions:
            if session is not None:
                self._sessions.end(session)

    def connect(self) -> Tuple[PMSClient, str]:
        """A patient client of the server, and its machineIdentifier."""
        clients = self._current()
        return clients.patient, clients.connection.machine_identifier

    def connect_quick(self) -> Tuple[PMSClient, str]:
        """A client for what somebody waits for in front of the screen: it gives up early."""
        clients = self._current()
        return clients.quick, clients.connection.machine_identifier

    def asker(self) -> Asker:
        """The client of :meth:`connect_quick`, and in whose name it asks."""
        clients = self._current()
        return Asker(clients.quick, clients.connection.machine_identifier, clients.user_id)

    def of_user(self, machine_identifier: str) -> Tuple[PMSClient, str]:
        """The quick client with the id of the Plex user whose token it has, '' while that is being changed.

        Raises LookupError when a URL names another server than this one.
        """
        clients = self._current()
        if machine_identifier != clients.connection.machine_identifier:
            raise LookupError('not a chosen server')
        return clients.quick, clients.user_id

    def in_use(self) -> Optional[ServerConnection]:
        """The connection that is used now; None before the first one, and as long as the server is lost. No request."""
        clients = self._clients
        return None if clients is None or self._lost else clients.connection

    def identified(self) -> bool:
        """Whether it was checked a moment ago that this server answers at the address in use."""
        return self.in_use() is not None and time.monotonic() - self._began < _IDENTIFIED

    def distance(self) -> str:
        """How far away the server in use is: :data:`LOCAL`, :data:`REMOTE` or :data:`RELAYED`; no request is sent."""
        clients = self._clients
        if clients is None or clients.connection.is_local:
            return LOCAL
        return RELAYED if clients.connection.is_relayed else REMOTE

    def notification_socket(self) -> NotificationSocket:
        """A websocket to the server, not connected yet."""
        connection = self._current().connection
        self._socket_access = Access(connection.base_url, connection.token)
        return NotificationSocket(connection.base_url, connection.token, self._auth.client_identifier)

    def companion(self, session: PlexSession) -> CompanionProxy:
        """The requests of a player that the server passes commands on to. They wait for long."""
        clients = self._current()
        connection = clients.connection
        return CompanionProxy(session, connection.base_url, connection.token,
                              _Renewal(self, connection, clients.user_id))

    def own_server(self) -> Optional[PMSClient]:
        """The quick client of the server if it belongs to this account, else None."""
        clients = self._current()
        return clients.quick if clients.connection.owned else None

    def token_refused(self, error: PlexUnauthorized) -> bool:
        """The server refused the token of the last websocket: whether there is another one for the next.

        Raises :class:`PlexError` when there is none to be had now.
        """
        return self._socket_access is not None and self.renewed(self._socket_access, error) is not None

    def try_at_once(self) -> None:
        """The network may be another one: an unreachable server is looked for at the next chance."""
        self._auth.try_at_once(self._machine)

    def failed(self, error: Exception) -> None:
        """The next client may have another address or token."""
        with self._lock:
            current = self._clients
        if current is not None and isinstance(error, PlexError):
            self._auth.report_failure(current.connection, error)
            if isinstance(error, (PlexConnectionError, PlexUnauthorized)) and not self._lost:
                self._lost = True
                self._events.publish(ServerLost(self._machine))

    def renewed(self, refused: Access, error: PlexUnauthorized) -> Optional[_Clients]:
        """The clients to go on with after the server refused a token; None when there is nothing better than that.

        Whoever comes first has one looked for, the others wait for it or find it. It may be the same one, when the
        server takes it after all. Raises :class:`PlexError`.
        """
        with self._lock:
            current = self._clients
        looked = False
        if current is None or current.connection.token == refused.token:
            looked = current is None or self._auth.report_failure(current.connection, error)
            current = self._current()
        return current if looked or current.connection.token != refused.token else None

    def _current(self) -> _Clients:
        self._viewer.require()
        before = self._auth.status().user_id
        connection = self._connection()
        with self._lock:
            if self._clients is not None and self._clients.connection == connection:
                return self._clients
            after = self._auth.status().user_id
            if self._patient is None or self._quick is None:
                identifier = self._auth.client_identifier
                self._patient, self._quick = self._sessions.patient(identifier), self._sessions.quick(identifier)
            user_id = after if before == after else ''
            renewal = _Renewal(self, connection, user_id)
            clients = _Clients(connection, PMSClient(self._patient, connection.base_url, connection.token, renewal),
                               PMSClient(self._quick, connection.base_url, connection.token, renewal), user_id)
            if clients.user_id:
                self._clients, self._began = clients, time.monotonic()
            return clients

    def _connection(self) -> ServerConnection:
        try:
            connection = self._auth.connection(machine_identifier=self._machine)
        except PlexError:
            self._unreached = self._failed = True
            raise
        if self._lost or self._unreached and self._machine:
            self._lost = self._unreached = False
            self._events.publish(ServerReachable(self._machine))
        self._unreached = self._failed = False
        return connection
