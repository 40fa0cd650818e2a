"""One HTTP session to Plex hosts: keep-alive, gzip, bounded retries with jitter, typed errors.

Shared by the server client (``plex_functions``) and the plex.tv client (``plex_tv``). A token is given per
request and travels in a header only, so it is in no URL, and a redirect is followed on the same host only.
"""
from __future__ import annotations

import logging
import socket
import threading
import weakref
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Sequence, Tuple, TypeVar, Union
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from .cancellation import Cancellation
from .plex_answers import error_of, loads, reason, redacted_path, server_time
from .plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexRateLimited,
    PlexServerError,
)
from .plex_identity import ClientIdentity, header_text
from .retry import RetryPolicy

Params = Union[Mapping[str, Any], Sequence[Tuple[str, Any]], None]
_Body = TypeVar('_Body')

#: (connect, read) in seconds. A PMS on a slow disk may think for many seconds over a big listing.
DEFAULT_TIMEOUT = (6.0, 40.0)
_RETRY = RetryPolicy(0.4, 20.0)
_MAX_REDIRECTS = 3
_PIECE = 1024 * 1024
_JSON = 'application/json'

# urllib3 logs hosts and whole query strings (device JWT, Home PIN) at debug level, hosts in warnings.
logging.getLogger('urllib3').setLevel(logging.ERROR)


@dataclass
class RequestStats:
    """What went over the wire since the session was made. ``received`` counts decoded body bytes.

    ``server_time`` is the ``Date`` of the newest answer in Unix seconds, 0.0 while none had one.
    """

    requests: int = 0
    retries: int = 0
    received: int = 0
    server_time: float = 0.0


class PlexSession:
    """A ``requests`` session with the retries, headers and errors that Plex hosts need. Safe to use from all threads.

    A cancelled session makes no further tries; :meth:`close` also ends the requests that are under way.
    """

    def __init__(self, identity: ClientIdentity, *, timeout: Tuple[float, float] = DEFAULT_TIMEOUT,
                 retries: int = 3, pool_size: int = 8,
                 cancellation: Optional[Cancellation] = None) -> None:
        self.identity = identity
        self.timeout = timeout
        self.retries = retries
        self.stats = RequestStats()
        #: Called with every answer, refusals included; ``auth`` reads the server's clock from it.
        self.on_answer: Optional[Callable[[requests.Response], None]] = None
        self._cancellation = cancellation or Cancellation()
        self._lock = threading.Lock()
        self._closed = False
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=pool_size, max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = {
            scheme: _watched_pool(pool, self._open)
            for scheme, pool in adapter.poolmanager.pool_classes_by_scheme.items()}
        self._session.mount('https://', adapter)
        self._session.mount('http://', adapter)
        self._session.headers.clear()
        self._session.headers.update({'Accept-Encoding': 'gzip', 'User-Agent': header_text(
            '%s/%s' % (identity.product, identity.version)), 'Connection': 'keep-alive'})
        self._session.headers.update(identity.headers())

    def request(self, method: str, url: str, *, token: str = '', params: Params = None,
                headers: Optional[Mapping[str, str]] = None, json_body: Any = None, data: Any = None,
                stream: bool = False, accept: str = _JSON, retries: Optional[int] = None,
                timeout: Optional[Tuple[float, float]] = None) -> requests.Response:
        """Send one request and return the answer, which has a status below 400.

        Retried: 429 and 5xx, and lost connections except for POST, which may have been carried out.
        ``retries`` overrides how often; ``timeout`` is (connect, read) in seconds.
        Raises a subclass of :class:`PlexError`.
        """
        what = '%s %s' % (method, redacted_path(url))
        tries = (self.retries if retries is None else retries) + 1
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(method, url, token, params, headers, json_body, data, stream, accept,
                                  timeout or self.timeout, what)
            except (PlexConnectionError, PlexRateLimited, PlexServerError) as error:
                if attempt >= tries or (method == 'POST' and isinstance(error, PlexConnectionError)):
                    raise
                with self._lock:
                    self.stats.retries += 1
                if self._cancellation.wait(_RETRY.pause(attempt, getattr(error, 'retry_after', 0.0))):
                    raise PlexCancelled('%s: given up, stopping' % what) from error

    def get_json(self, url: str, *, method: str = 'GET', **kwargs: Any) -> Any:
        """The decoded body, XML in the shape of JSON. Raises :class:`PlexBadAnswer` for anything else.

        A body cut short by a lost connection counts as a lost connection and is asked for again.
        """
        return self._whole(url, method, kwargs, loads)

    def get_body(self, url: str, *, method: str = 'GET', **kwargs: Any) -> bytes:
        """The whole body as it came, for :func:`plex_answers.loads` at a better time; as :meth:`get_json` otherwise."""
        return self._whole(url, method, kwargs, bytes)

    def _whole(self, url: str, method: str, kwargs: Dict[str, Any], decode: Callable[[bytes], _Body]) -> _Body:
        tries = self.retries if kwargs.get('retries') is None else kwargs['retries']
        for left in range(tries, -1, -1):
            answer = self.request(method, url, stream=True, **kwargs)
            try:
                # In few large pieces: each one is a moment in which all threads want to go on at once.
                body = b''.join(self.stream(answer, _PIECE))
            except PlexConnectionError:
                if not left or method != 'GET':
                    raise
                if self._cancellation.wait(_RETRY.pause(tries - left + 1)):
                    raise PlexCancelled('%s %s: given up, stopping' % (method, redacted_path(url))) from None
                continue
            with self._lock:
                self.stats.received += len(body)
            try:
                return decode(body)
            except (ValueError, RecursionError) as error:
                if left and method == 'GET' and body.lstrip()[:1] in (b'', b'{', b'['):
                    continue
                raise PlexBadAnswer('%s %s: neither JSON nor XML (%d bytes, %s)' % (
                    method, redacted_path(url), len(body),
                    answer.headers.get('Content-Type', 'no type'))) from error
        raise PlexBadAnswer('%s %s: never whole' % (method, redacted_path(url)))

    def stream(self, response: requests.Response, size: int = 65536) -> Iterator[bytes]:
        """The body of a ``stream=True`` answer in pieces; lost connections become typed errors."""
        left = _length(response)
        try:
            for piece in response.iter_content(size):
                left -= len(piece)
                yield piece
        except requests.RequestException as error:
            raise PlexConnectionError('answer broke off: %s' % reason(error)) from None
        finally:
            response.close()
        if left > 0:  # urllib3 1.x does not notice
            raise PlexConnectionError('answer broke off: %d bytes are missing' % left)

    def close(self) -> None:
        """Close all connections. Requests under way in other threads fail at once, later ones are refused."""
        self._closed = True
        for connection in list(self._open):
            if connection.sock is not None:
                try:
                    connection.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # closed by the other side already
        self._session.close()

    def _once(self, method: str, url: str, token: str, params: Params, headers: Optional[Mapping[str, str]],
              json_body: Any, data: Any, stream: bool, accept: str, timeout: Tuple[float, float],
              what: str) -> requests.Response:
        sent = {'Accept': accept}
        if token:
            sent['X-Plex-Token'] = token
        sent.update(headers or {})
        target, query = url, params
        for _ in range(_MAX_REDIRECTS + 1):
            if self._closed:
                raise PlexCancelled('%s: not sent, stopping' % what)
            with self._lock:
                self.stats.requests += 1
            try:
                answer = self._session.request(method, target, params=query, headers=sent, json=json_body,
                                               data=data, stream=stream, timeout=timeout,
                                               allow_redirects=False)
            except requests.RequestException as error:
                raise PlexConnectionError('%s: %s' % (what, reason(error))) from None
            except ValueError:  # requests looks at a redirection's target even where it is not to follow it
                raise PlexBadAnswer('%s: redirected to nonsense' % what) from None
            if self.on_answer is not None:
                self.on_answer(answer)
            self.stats.server_time = server_time(answer) or self.stats.server_time
            if answer.is_redirect:
                target, query = self._redirected(target, answer, what), None
                continue
            if answer.status_code >= 400:
                raise error_of(answer, what)
            return answer
        raise PlexBadAnswer('%s: redirected too often' % what)

    @staticmethod
    def _redirected(url: str, answer: requests.Response, what: str) -> str:
        try:
            target = urljoin(url, answer.headers['Location'])
            old, new = urlsplit(url), urlsplit(target)
        except ValueError:
            raise PlexBadAnswer('%s: redirected to nonsense' % what) from None
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise PlexBadAnswer('%s: redirected to another host, not followed' % what)
        return target


def _length(response: requests.Response) -> int:
    """The promised length of a body that is not compressed, 0 when none was promised."""
    if response.headers.get('Content-Encoding', 'identity') != 'identity':
        return 0
    try:
        return int(response.headers.get('Content-Length', 0))
    except ValueError:
        return 0


def _watched_pool(pool: Any, opened: Any) -> Any:
    """A pool class of urllib3's whose connections are noted in ``opened`` while they live."""
    def connect(self: Any) -> None:
        pool.ConnectionCls.connect(self)
        opened.add(self)

    connection = type('WatchedConnection', (pool.ConnectionCls,), {'connect': connect})
    return type('WatchedPool', (pool,), {'ConnectionCls': connection})


