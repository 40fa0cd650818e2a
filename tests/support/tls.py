"""Https for the simulated Plex: a TLS proxy before its port, certificates, and plex.direct host names."""
from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, List, Optional

import pytest

from tools.plexsim.http import certificates

HASH = '0123456789abcdef0123456789abcdef'
NAME = '127-0-0-1.%s.plex.direct' % HASH


def certificate(folder: Path, host: str = '*.%s.plex.direct' % HASH, start: Optional[datetime] = None) -> str:
    """Create a certificate for ``host`` (valid for ten years), and its CA's in ``ca.pem``; returns the folder."""
    certificates.make(str(folder), host, start or datetime(2024, 1, 1, tzinfo=timezone.utc))
    return str(folder)


def trust(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """Trust the CA in that folder and no other."""
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', os.path.join(folder, 'ca.pem'))


def names_lead_here(monkeypatch: pytest.MonkeyPatch, known: bool = True) -> None:
    """Resolve plex.direct names to this machine, or (``known`` false) not at all, as some routers do."""
    real = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if not str(host).endswith('.plex.direct'):
            return real(host, *arguments, **options)
        if not known:
            raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')
        return real('127.0.0.1', *arguments, **options)
    monkeypatch.setattr(socket, 'getaddrinfo', look_up)


class TlsProxy:
    """Accepts TLS connections and passes their data to a plain port of this machine."""

    def __init__(self, folder: str, target: str) -> None:
        self._target = ('127.0.0.1', int(target.rsplit(':', 1)[1]))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(os.path.join(folder, 'server.pem'), os.path.join(folder, 'server.key'))
        self._server = socket.create_server(('127.0.0.1', 0))
        self._open: List[socket.socket] = []
        #: The decrypted data of all clients.
        self.heard = b''
        self._thread = threading.Thread(target=self._accept, name='secure-front', daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    @property
    def url(self) -> str:
        return 'https://%s:%d' % (NAME, self.port)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        for sock in [self._server] + self._open:
            with contextlib.suppress(OSError):
                sock.close()
        self._thread.join(20)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            client = self._context.wrap_socket(connection, server_side=True)
            server = socket.create_connection(self._target)
            self._open += [client, server]
            back = threading.Thread(target=self._pass_on, args=(server, client), daemon=True)
            back.start()
            self._pass_on(client, server, listen=True)
            back.join(20)

    def _pass_on(self, source: socket.socket, sink: socket.socket, listen: bool = False) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if listen:
                    self.heard += data
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
