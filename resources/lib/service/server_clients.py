"""The clients of all chosen servers, by machineIdentifier.

One server is the main one: where nothing names a server, it is meant, and '' stands for it. A part that knows to which
server an item belongs asks for that one's client; a part that has to look at all of them goes through
:meth:`ServerClients.machines`.
"""
from __future__ import annotations

import threading
from typing import Callable, Dict, List, Optional, Tuple

from ..auth.errors import UnknownServer
from ..auth.manager import AuthManager, ServerConnection
from ..plex_errors import PlexError, PlexForbidden, PlexUnauthorized
from ..plex_functions import PMSClient
from ..plex_http import PlexSession
from ..plex_notifications import NotificationSocket
from ..remote_control.proxy import CompanionProxy
from .events import EventBus, ServerChosen, SignedOut
from .one_server import Account, Asker, OneServer
from .sessions import Sessions
from .viewer import Viewer


class ServerClients:
    """Safe to use from several threads. Methods that give a client raise as those of :class:`OneServer`.

    ``machine`` is the machineIdentifier of a chosen server, '' for the main one. For another one clients are refused
    (:class:`UnknownServer`; a LookupError where a URL names it), and what is told of it is ignored.
    """

    def __init__(self, auth: AuthManager, sessions: Sessions, viewer: Viewer, events: EventBus) -> None:
        self._auth = auth
        self._sessions = sessions
        self._account = Account(auth, sessions, viewer, events)
        self._main = OneServer(self._account)
        self._lock = threading.Lock()
        self._others: Dict[str, OneServer] = {}
        for event in (ServerChosen, SignedOut):
            events.subscribe(event, lambda _event: self._forget_others())

    # ---- which there are -----------------------------------------------------------------------------------------

    def machines(self) -> List[str]:
        """All chosen servers: '' for the main one, which comes first, also while none is chosen yet."""
        return ['', *self._auth.status().machine_identifiers[1:]]

    def machine_of(self, machine_identifier: str) -> str:
        """'' for the main server, which others name by its machineIdentifier; that itself for another one."""
        return '' if machine_identifier == self._auth.status().machine_identifier else machine_identifier

    def ready(self, machine: str = '') -> bool:
        """Whether a server can be used as far as is known. No request is sent."""
        server = self._known(machine)
        return server is not None and server.ready

    def away(self, machine: str = '') -> bool:
        """Whether a server could not be reached when that was tried last. No request is sent."""
        server = self._known(machine)
        return server is None or server.away

    # ---- clients -------------------------------------------------------------------------------------------------

    def connect(self, machine: str = '') -> Tuple[PMSClient, str]:
        """A patient client of a server, and its machineIdentifier."""
        return self._of(machine).connect()

    def connect_quick(self, machine: str = '') -> Tuple[PMSClient, str]:
        """A client for what somebody waits for in front of the screen: it gives up early."""
        return self._of(machine).connect_quick()

    def asker(self, machine: str = '') -> Asker:
        """The client of :meth:`connect_quick`, and in whose name it asks."""
        return self._of(machine).asker()

    def of_server(self, machine_identifier: str) -> PMSClient:
        """The quick client of the server that a URL names. Raises LookupError for one that is not chosen."""
        return self.of_user(machine_identifier)[0]

    def of_user(self, machine_identifier: str) -> Tuple[PMSClient, str]:
        """As :meth:`of_server`, with the id of the Plex user whose token it has, '' while that is being changed."""
        return (self._known(machine_identifier) or self._main).of_user(machine_identifier)

    def of_this_user(self) -> Callable[[str], PMSClient]:
        """As :meth:`of_server`, for as long as the same user of Plex watches; :class:`PlexForbidden` afterwards."""
        user_id = self._auth.status().user_id

        def of_server(machine_identifier: str) -> PMSClient:
            client, owner = self.of_user(machine_identifier)
            if owner != user_id:
                raise PlexForbidden(403, 'another user watches now')
            return client
        return of_server

    def own_server(self) -> Optional[PMSClient]:
        """The quick client of the main server if it belongs to this account, else None."""
        return self._main.own_server()

    # ---- other ways to talk to one -------------------------------------------------------------------------------

    def notification_socket(self, machine: str = '') -> NotificationSocket:
        """A websocket to a server, not connected yet."""
        return self._of(machine).notification_socket()

    def token_refused(self, error: PlexUnauthorized, machine: str = '') -> bool:
        """See :meth:`OneServer.token_refused`."""
        return self._of(machine).token_refused(error)

    def player_session(self) -> PlexSession:
        """A session for what a player that is controlled sends; its owner ends it (:meth:`end_session`)."""
        return self._sessions.quick(self._auth.client_identifier)

    def end_session(self, session: PlexSession) -> None:
        """Close it; whoever waits for an answer over it is woken."""
        self._sessions.end(session)

    def companion(self, session: PlexSession) -> CompanionProxy:
        """The requests of a player that the main server passes commands on to. They wait for long."""
        return self._main.companion(session)

    # ---- the connection ------------------------------------------------------------------------------------------

    def in_use(self, machine: str = '') -> Optional[ServerConnection]:
        """The connection that is used now; None before the first one, and as long as the server is lost. No request."""
        server = self._known(machine)
        return server.in_use() if server is not None else None

    def identified(self, machine: str = '') -> bool:
        """Whether it was checked a moment ago that the server answers at the address in use. No request is sent."""
        server = self._known(machine)
        return server is not None and server.identified()

    def distance(self, machine: str = '') -> str:
        """How far away a server in use is: ``LOCAL``, ``REMOTE`` or ``RELAYED``; no request is sent."""
        return (self._known(machine) or self._main).distance()

    def try_at_once(self, machine: str = '') -> None:
        """The network may be another one: an unreachable server is looked for at the next chance."""
        self._of(machine).try_at_once()

    def failed(self, error: Exception, machine: str = '') -> None:
        """The next client of a server may have another address or token."""
        server = self._known(machine)
        if server is not None:
            server.failed(error)

    def report_failure(self, machine_identifier: str, error: PlexError) -> None:
        """As :meth:`failed`, for those who know the server by its name."""
        self.failed(error, machine_identifier)

    def _of(self, machine: str) -> OneServer:
        server = self._known(machine)
        if server is None:
            raise UnknownServer('not one of the chosen servers')
        return server

    def _known(self, machine: str) -> Optional[OneServer]:
        """None for a server that is not chosen."""
        status = self._auth.status()
        if machine in ('', status.machine_identifier):
            return self._main
        if machine not in status.machine_identifiers:
            return None
        with self._lock:
            if machine not in self._others:
                self._others[machine] = OneServer(self._account, machine)
            return self._others[machine]

    def _forget_others(self) -> None:
        """Other servers are chosen: those that are not any more are let go."""
        chosen = self._auth.status().machine_identifiers[1:]
        with self._lock:
            left = [self._others.pop(one) for one in list(self._others) if one not in chosen]
        for server in left:
            server.close()
