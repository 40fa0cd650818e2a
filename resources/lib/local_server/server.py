"""Starting and stopping the loopback HTTP/1.1 server.

It listens on 127.0.0.1 only; ``handler`` checks requests, the routes answer them.
"""
from __future__ import annotations

import errno
import logging
import os
import socket
import threading
import time
from typing import Mapping, Optional

from ..retry import RetryPolicy
from . import endpoint as endpoint_file
from . import rules
from .callers import Callers
from .connections import HOST, ConnectionServer
from .endpoint import Endpoint
from .exchange import Route
from .handler import RequestHandler
from .service_file import ServiceFile

LOG = logging.getLogger('pkc.local')

_PORT_RETRY = RetryPolicy(1.0, 2.0)
#: Seconds after which ``service.json`` is written again when that failed.
_FILE_RETRY = 5.0
_STOP_SECONDS = 0.4


class LocalServer:
    """The loopback server. ``routes`` maps the first segment of a path to its route.

    With ``port`` 0 it takes a free port (tests). While another process holds the port, for instance the add-on's old
    instance that is still closing, :attr:`running` is False and binding is tried again in the background. Each binding
    makes a new secret, which is written to ``file`` (None in tests).
    """

    def __init__(self, port: int, routes: Mapping[str, Route], file: Optional[ServiceFile] = None,
                 max_connections: int = rules.MAX_CONNECTIONS) -> None:
        for name, route in routes.items():
            rules.check(name, route)
        self._port = port
        self._routes = dict(routes)
        self._file = file
        self._max_connections = max_connections
        self._http: Optional[ConnectionServer] = None
        self._thread: Optional[threading.Thread] = None
        self._stopping = threading.Event()

    @property
    def port(self) -> int:
        """The port in use; while not running, the configured one."""
        return self._http.server_port if self._http else self._port

    @property
    def running(self) -> bool:
        """Whether requests are being answered."""
        return self._http is not None and not self._stopping.is_set()

    @property
    def endpoint(self) -> Optional[Endpoint]:
        """Port and secret for the plugin; None while the port is not bound."""
        http = self._http
        return Endpoint(http.server_port, http.callers.secret) if http else None

    def start(self) -> None:
        """Bind the port and answer requests in the background. Returns at once; see :attr:`running`."""
        self._stopping = threading.Event()
        if not self._bind():
            LOG.warning('Port %d is busy, trying again', self._port)
            if self._file is not None:
                self._file.clear()
        self._thread = threading.Thread(target=self._run, args=(self._stopping,), name='pkc-local-server',
                                        daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection; returns within half a second."""
        self._stopping.set()
        deadline = time.monotonic() + _STOP_SECONDS
        self._withdraw()
        http, thread = self._http, self._thread
        if http is not None:
            http.stopping = True
            _poke(http.server_port)
        if thread is not None:
            thread.join(_STOP_SECONDS / 2)
        self._withdraw()  # that thread may just have bound the port
        if http is not None:
            http.server_close()
            http.abort_all()
            http.wait_idle(deadline)
        self._http = self._thread = None

    def _bind(self) -> bool:
        try:
            self._http = ConnectionServer(self._port, RequestHandler, Callers(endpoint_file.new_secret()),
                                          self._routes, self._max_connections)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES) and os.name != 'nt':
                LOG.error('Cannot listen on port %d: %s', self._port, os.strerror(error.errno or 0))
            return False
        LOG.info('Listening on port %d', self._http.server_port)
        self._publish()
        return True

    def _publish(self) -> None:
        http, endpoint = self._http, self.endpoint
        if self._file is not None and http is not None and endpoint is not None:
            http.timeout = None if self._file.publish(endpoint) else _FILE_RETRY

    def _withdraw(self) -> None:
        endpoint = self.endpoint
        if self._file is not None and endpoint is not None:
            self._file.withdraw(endpoint)

    def _run(self, stopping: threading.Event) -> None:
        failures = 0
        while self._http is None:
            failures += 1
            if stopping.wait(_PORT_RETRY.pause(failures)):
                return
            self._bind()
        http = self._http
        while not stopping.is_set():
            try:
                http.handle_request()
                if http.timeout is not None and not stopping.is_set():
                    self._publish()
            except (OSError, ValueError) as error:  # ValueError: closed meanwhile
                if not stopping.is_set():
                    LOG.warning('Accepting a connection failed: %s', type(error).__name__)
                    stopping.wait(0.5)
        http.server_close()


def _poke(port: int) -> None:
    """Wake the accepting thread by connecting to it."""
    try:
        socket.create_connection((HOST, port), 0.2).close()
    except OSError:
        pass  # it accepts no connections any more
