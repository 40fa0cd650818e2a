"""The plugin's client for the API of the service.

Kodi starts the plugin for every call, and most of its time goes into imports: ``http.client`` (email, ssl) takes longer
to import than the whole call, hence the few lines of HTTP here. Another program may listen on the port: so the secret
is never sent, and an answer is accepted only if it proves knowledge of the secret (:mod:`.proof`).
"""
from __future__ import annotations

import _socket  # socket itself makes enumerations of hundreds of constants first
import time

from .. import quick_json
from . import endpoint as endpoint_file
from . import proof

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

_HOST = '127.0.0.1'
_CONNECT_SECONDS = 2.0
#: Seconds from the first byte of an answer to its last.
_ANSWER_SECONDS = 20.0
_MAX_ANSWER = 64 * 1024 * 1024
_HEAD = ('POST %s HTTP/1.1\r\nHost: %s:%d\r\n%s: %s\r\nContent-Type: application/json\r\n'
         'Content-Length: %d\r\nConnection: close\r\n\r\n')


class ServiceUnavailable(Exception):
    """The service is not running."""


class ServiceError(Exception):
    """The service refused or failed. ``key`` names a text, ``detail`` is English without secrets."""

    def __init__(self, key: str, detail: str = '') -> None:
        super().__init__('%s: %s' % (key, detail) if detail else key)
        self.key = key
        self.detail = detail


class ServiceClient:
    """Calls the API of the service whose ``service.json`` is in ``profile_dir``."""

    def __init__(self, profile_dir: str) -> None:
        self._profile_dir = profile_dir

    def call(self, name: str, args: Dict[str, Any], timeout: float = 30.0) -> Dict[str, Any]:
        """The answer of ``POST /api/<name>``.

        ``timeout``: seconds to wait for the service. Raises :class:`ServiceUnavailable` when it is not running,
        :class:`ServiceError` with its own key when it refuses, and with the key ``timeout`` when it does not answer.
        """
        return self.begin(name, args, timeout).answer()

    def begin(self, name: str, args: Dict[str, Any], timeout: float = 30.0) -> Pending:
        """Send the request of :meth:`call`; :meth:`Pending.answer` waits for the answer."""
        endpoint = endpoint_file.read(self._profile_dir)
        if endpoint is None:
            raise ServiceUnavailable('not running')
        return Pending(endpoint, name, quick_json.dumps(args), timeout)


class Pending:
    """A request that was sent and whose answer has not been read yet."""

    def __init__(self, endpoint: endpoint_file.Endpoint, name: str, body: bytes, timeout: float) -> None:
        self._timeout = timeout
        self._secret = endpoint.secret
        target = '/api/' + name
        self._nonce, proven = proof.ask(endpoint.secret, 'POST', target, body)
        head = _HEAD % (target, _HOST, endpoint.port, proof.HEADER, proven, len(body))
        try:
            self._connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
            self._connection.settimeout(_CONNECT_SECONDS)
            self._connection.connect((_HOST, endpoint.port))
            self._connection.settimeout(timeout)
            self._connection.sendall(head.encode('ascii') + body)
        except OSError as error:
            raise ServiceUnavailable(type(error).__name__) from None

    def answer(self) -> Dict[str, Any]:
        """Wait for the answer. Returns and raises as :meth:`ServiceClient.call`."""
        status, body = self._receive()
        try:
            answer = quick_json.loads(body)
        except ValueError:
            raise ServiceError('internal_error', 'no JSON, status %d' % status) from None
        if not isinstance(answer, dict):
            raise ServiceError('internal_error', 'no object, status %d' % status)
        if status != 200 or 'error' in answer:
            raise ServiceError(str(answer.get('error', 'internal_error')), str(answer.get('detail', '')))
        return answer

    def _receive(self) -> Tuple[int, bytes]:
        """The status and body of the answer. Raises :class:`ServiceUnavailable` unless its proof is right."""
        try:
            status, given, body = _parse(self._read_all())
        except OSError as error:
            if type(error).__name__ in ('timeout', 'TimeoutError'):  # perhaps another interpreter's: socket_timeouts
                raise ServiceError('timeout', 'no answer in %d s' % self._timeout) from None
            raise ServiceUnavailable(type(error).__name__) from None
        finally:
            self._connection.close()
        # Not compared in constant time: each nonce allows one try only.
        if given != proof.of_answer(self._secret, self._nonce, status, body):
            raise ServiceUnavailable('another service listens there, or its answer broke off')
        return status, body

    def _read_all(self) -> bytes:
        """Everything up to the end of the connection."""
        pieces = [self._connection.recv(262144)]
        size, end = len(pieces[0]), time.monotonic() + _ANSWER_SECONDS
        while pieces[-1] and size <= _MAX_ANSWER:
            self._connection.settimeout(max(end - time.monotonic(), 0.001))
            pieces.append(self._connection.recv(262144))
            size += len(pieces[-1])
        return b''.join(pieces)


def _parse(raw: bytes) -> Tuple[int, str, bytes]:
    """Status, proof and body of an answer; 0 and '' where it has none. The proof covers the whole body."""
    head, _, body = raw.partition(b'\r\n\r\n')
    lines = head.split(b'\r\n')
    status = lines[0][9:12]
    prefix = proof.HEADER.encode() + b': '
    for line in lines[1:]:
        if line.startswith(prefix):
            return int(status) if status.isdigit() else 0, line[len(prefix):].decode('latin-1'), body
    return 0, '', body
