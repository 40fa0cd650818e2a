"""Clients of the chosen server, made when they are needed and anew when address, token or user change."""
from __future__ import annotations

import threading
import time
from typing import Callable, List, NamedTuple, Optional, Tuple

from ..auth.manager import AuthManager, ServerConnection
from ..cancellation import Cancellation
from ..kodi import addon as kodi_addon
from ..plex_errors import PlexConnectionError, PlexError, PlexForbidden, PlexUnauthorized
from ..plex_functions import PMSClient
from ..plex_http import PlexSession
from ..plex_identity import ClientIdentity
from ..plex_notifications import NotificationSocket
from ..plex_requests import Access
from ..remote_control.proxy import CompanionProxy
from .events import EventBus, ServerLost, ServerReachable
from .viewer import Viewer

#: (connect, read) in seconds for what the user waits for.
_QUICK_TIMEOUT = (4.0, 12.0)
#: Seconds after the beginning of a connection in which nobody needs to ask again who answers there.
_IDENTIFIED = 5.0
#: Where a server is: in our network, on the internet, on the internet behind Plex's relay.
LOCAL, REMOTE, RELAYED = 'local', 'remote', 'relayed'


class Sessions:
    """All HTTP sessions of the service, which end with ``stopping``.

    ``is_player()``: whether Plex apps may control this Kodi.
    """

    def __init__(self, version: str, stopping: Cancellation, is_player: Callable[[], bool]) -> None:
        self._version = version
        self._stopping = stopping
        self._is_player = is_player
        self._all: List[PlexSession] = []

    def patient(self, client_identifier: str) -> PlexSession:
        """A session that tries again."""
        return self._made(PlexSession(self._identity(client_identifier), cancellation=self._stopping))

    def quick(self, client_identifier: str) -> PlexSession:
        """A session for what somebody waits for in front of the screen: it gives up early."""
        return self._made(PlexSession(self._identity(client_identifier), cancellation=self._stopping,
                                      timeout=_QUICK_TIMEOUT, retries=1))

    def end(self, session: PlexSession) -> None:
        """Close a session before the others."""
        session.close()
        self._all = [one for one in self._all if one is not session]

    def close(self) -> None:
        """Wake whoever still waits for an answer."""
        sessions, self._all = self._all, []
        for session in sessions:
            session.close()

    def _identity(self, client_identifier: str) -> ClientIdentity:
        return ClientIdentity(client_identifier, self._version, kodi_addon.device_name(), kodi_addon.platform_name(),
                              kodi_addon.kodi_version(), is_player=self._is_player)

    def _made(self, session: PlexSession) -> PlexSession:
        self._all.append(session)
        return session


class _Renewal:
    """Gets the clients of one user at one server another token (:class:`~..plex_requests.Renewal`)."""

    def __init__(self, clients: ServerClients, connection: ServerConnection, user_id: str) -> None:
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


class ServerClients:
    """Safe to use from several threads. All methods that give a client may raise :class:`PlexError`.

    They raise :class:`~..auth.errors.UserNotChosen` as long as it is not known who watches.
    """

    def __init__(self, auth: AuthManager, sessions: Sessions, viewer: Viewer, events: EventBus) -> None:
        self._viewer = viewer
        self._events = events
        self._lost = False
        self._auth = auth
        self._sessions = sessions
        self._lock = threading.Lock()
        self._clients: Optional[_Clients] = None
        self._began = 0.0
        self._patient: Optional[PlexSession] = None
        self._quick: Optional[PlexSession] = None
        self._socket_access: Optional[Access] = None

    def connect(self) -> Tuple[PMSClient, str]:
        """A patient client of the chosen server, and its machineIdentifier."""
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

    def of_server(self, machine_identifier: str) -> PMSClient:
        """The quick client of the server that a URL names. Raises LookupError for another one than the chosen."""
        return self.of_user(machine_identifier)[0]

    def of_user(self, machine_identifier: str) -> Tuple[PMSClient, str]:
        """As :meth:`of_server`, with the id of the Plex user whose token it has, '' while that is being changed."""
        clients = self._current()
        if machine_identifier != clients.connection.machine_identifier:
            raise LookupError('not the chosen server')
        return clients.quick, clients.user_id

    def in_use(self) -> Optional[ServerConnection]:
        """The connection that is used now; None before the first one, and as long as the server is lost. No request."""
        clients = self._clients
        return None if clients is None or self._lost else clients.connection

    def identified(self) -> bool:
        """Whether it was checked a moment ago that the chosen server answers at the address in use."""
        return self.in_use() is not None and time.monotonic() - self._began < _IDENTIFIED

    def distance(self) -> str:
        """How far away the server in use is: :data:`LOCAL`, :data:`REMOTE` or :data:`RELAYED`; no request is sent."""
        clients = self._clients
        if clients is None or clients.connection.is_local:
            return LOCAL
        return RELAYED if clients.connection.is_relayed else REMOTE

    def of_this_user(self) -> Callable[[str], PMSClient]:
        """As :meth:`of_server`, for as long as the same user of Plex watches; :class:`PlexForbidden` afterwards."""
        user_id = self._auth.status().user_id

        def of_server(machine_identifier: str) -> PMSClient:
            client, owner = self.of_user(machine_identifier)
            if owner != user_id:
                raise PlexForbidden(403, 'another user watches now')
            return client
        return of_server

    def notification_socket(self) -> NotificationSocket:
        """A websocket to the server, not connected yet."""
        connection = self._current().connection
        self._socket_access = Access(connection.base_url, connection.token)
        return NotificationSocket(connection.base_url, connection.token, self._auth.client_identifier)

    def player_session(self) -> PlexSession:
        """A session for what a player that is controlled sends; its owner ends it (:meth:`end_session`)."""
        return self._sessions.quick(self._auth.client_identifier)

    def end_session(self, session: PlexSession) -> None:
        """Close it; whoever waits for an answer over it is woken."""
        self._sessions.end(session)

    def companion(self, session: PlexSession) -> CompanionProxy:
        """The requests of a player that the chosen server passes commands on to. They wait for long."""
        clients = self._current()
        connection = clients.connection
        return CompanionProxy(session, connection.base_url, connection.token,
                              _Renewal(self, connection, clients.user_id))

    def own_server(self) -> Optional[PMSClient]:
        """The quick client of the chosen server if it belongs to this account, else None."""
        clients = self._current()
        return clients.quick if clients.connection.owned else None

    def token_refused(self, error: PlexUnauthorized) -> bool:
        """The server refused the token of the last websocket: whether there is another one for the next.

        Raises :class:`PlexError` when there is none to be had now.
        """
        return self._socket_access is not None and self.renewed(self._socket_access, error) is not None

    def try_at_once(self) -> None:
        """The network may be another one: an unreachable server is looked for at the next chance."""
        self._auth.try_at_once()

    def failed(self, error: Exception) -> None:
        """The next client may have another address or token."""
        with self._lock:
            current = self._clients
        if current is not None and isinstance(error, PlexError):
            self._auth.report_failure(current.connection, error)
            if isinstance(error, (PlexConnectionError, PlexUnauthorized)) and not self._lost:
                self._lost = True
                self._events.publish(ServerLost())

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

    def report_failure(self, _machine_identifier: str, error: PlexError) -> None:
        """As :meth:`failed`, for those who know the server by its name."""
        self.failed(error)

    def _current(self) -> _Clients:
        self._viewer.require()
        before = self._auth.status().user_id
        connection = self._auth.connection()
        if self._lost:
            self._lost = False
            self._events.publish(ServerReachable())
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
