"""HTTP sessions to Plex hosts: keep-alive, gzip, limited answers, retries with jitter, typed errors.

Used by the server client (``plex_functions``) and the plex.tv client (``plex_tv``). The token is an argument of each
request and sent in a header, never in a URL; redirects to other hosts are not followed. The limits of a body are a row
of ``plex_limits``, by default the smallest one.
"""
from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple, TypeVar, Union
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from .cancellation import Cancellation
from .plex_answers import error_of, loads, reason, redacted_path, server_time
from .plex_body import Answer
from .plex_connections import watched_pool
from .plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexRateLimited,
    PlexServerError,
    PlexTooSlow,
)
from .plex_identity import ClientIdentity, header_text, provides
from .plex_limits import ERROR, SMALL, Limits
from .plex_watchdog import Watchdog
from .retry import RetryPolicy

Params = Union[Mapping[str, Any], Sequence[Tuple[str, Any]], None]
_Body = TypeVar('_Body')

#: (connect, read) in seconds. A PMS with a slow disk may take many seconds for a large listing.
DEFAULT_TIMEOUT = (6.0, 40.0)
_RETRY = RetryPolicy(0.4, 20.0)
_MAX_REDIRECTS = 3
_PROXIES_SECONDS = 30.0
_JSON = 'application/json'
_HERE = ('127.0.0.1', 'localhost', '::1')

# urllib3 logs hosts and whole query strings (device JWT, Home PIN) at debug level, hosts in warnings.
logging.getLogger('urllib3').setLevel(logging.ERROR)


@dataclass
class RequestStats:
    """Counts since the session was created. ``received`` are bytes of decompressed bodies.

    ``server_time`` is the ``Date`` of the newest answer in Unix seconds, 0.0 while none had one.
    """

    requests: int = 0
    retries: int = 0
    received: int = 0
    server_time: float = 0.0


class _Session(requests.Session):
    """A session that keeps no cookies, sends no password of a ``.netrc`` file, and follows no redirects (requests would
    first read their bodies, of any length).
    """

    def __init__(self) -> None:
        super().__init__()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.auth = _unchanged
        self._settings: Dict[str, Tuple[float, Any]] = {}

    def merge_environment_settings(self, url: Any, *args: Any) -> Any:
        """The system's proxy settings, cached for some seconds, since reading them takes a fifth of a request."""
        origin = '%s://%s' % urlsplit(url)[:2]
        known = self._settings.get(origin)
        if known is None or time.monotonic() - known[0] > _PROXIES_SECONDS:
            known = self._settings[origin] = (time.monotonic(), super().merge_environment_settings(url, *args))
        return dict(known[1])

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: no redirect is followed here."""


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No authentication. Without it, requests would look for a password in the user's files each time."""
    return request


def _is_here(url: str) -> bool:
    """Whether a server is on this machine, where compression costs both sides more than copying the bytes does.

    In a network it pays: at 100 Mbit/s the bytes of a batch take five times as long without it.
    """
    parts = urlsplit(url)
    return parts.scheme == 'http' and (parts.hostname or '') in _HERE


class PlexSession:
    """A session with the retries, headers and errors for Plex hosts. Safe to use from all threads.

    After ``cancellation`` is cancelled there are no further tries; :meth:`close` also ends running requests.
    """

    def __init__(self, identity: ClientIdentity, *, timeout: Tuple[float, float] = DEFAULT_TIMEOUT,
                 retries: int = 3, pool_size: int = 8,
                 cancellation: Optional[Cancellation] = None) -> None:
        self.identity = identity
        self.timeout = timeout
        self.retries = retries
        self.stats = RequestStats()
        #: Called with every answer, including errors; ``auth`` takes the server's time from it.
        self.on_answer: Optional[Callable[[requests.Response], None]] = None
        self._cancellation = cancellation or Cancellation()
        self._lock = threading.Lock()
        self._closed = False
        self._watchdog = Watchdog()
        self._session = _Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=pool_size, max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = {
            scheme: watched_pool(pool, self._watchdog)
            for scheme, pool in adapter.poolmanager.pool_classes_by_scheme.items()}
        self._session.mount('https://', adapter)
        self._session.mount('http://', adapter)
        self._session.headers.clear()
        self._session.headers.update({'Accept-Encoding': 'gzip', 'User-Agent': header_text(
            '%s/%s' % (identity.product, identity.version)), 'Connection': 'keep-alive'})
        self._session.headers.update(identity.headers())

    def request(self, method: str, url: str, *, token: str = '', params: Params = None,
                headers: Optional[Mapping[str, str]] = None, json_body: Any = None, data: Any = None,
                accept: str = _JSON, retries: Optional[int] = None, timeout: Optional[Tuple[float, float]] = None,
                limits: Limits = SMALL) -> Answer:
        """Send a request; returns the answer (status below 400), which the caller must read and close.

        It is repeated after 429 and 5xx, and after a lost connection unless it is a POST, which may have been done.
        ``retries`` and ``timeout`` (connect, read; in seconds) override the session's.
        Raises a subclass of :class:`PlexError`.
        """
        what = '%s %s' % (method, redacted_path(url))
        sent = {'Accept': accept, 'Accept-Encoding': 'gzip' if limits.gzip and not _is_here(url) else 'identity',
                **provides(self.identity.is_player())}
        if token:
            sent['X-Plex-Token'] = token
        sent.update(headers or {})
        arguments: Dict[str, Any] = {'params': params, 'headers': sent, 'json': json_body, 'data': data,
                                    'timeout': timeout or self.timeout}
        tries = (self.retries if retries is None else retries) + 1
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(method, url, arguments, limits, what)
            except (PlexConnectionError, PlexRateLimited, PlexServerError) as error:
                if attempt >= tries or (method == 'POST' and isinstance(error, PlexConnectionError)):
                    raise
                with self._lock:
                    self.stats.retries += 1
                if self._cancellation.wait(_RETRY.pause(attempt, getattr(error, 'retry_after', 0.0))):
                    raise PlexCancelled('%s: given up, stopping' % what) from error

    def send(self, method: str, url: str, **kwargs: Any) -> None:
        """Send a request as :meth:`request`, and drop the body of the answer."""
        self.request(method, url, **kwargs).drain()

    def get_json(self, url: str, *, method: str = 'GET', **kwargs: Any) -> Any:
        """The parsed body, XML in the form of JSON. Raises :class:`PlexBadAnswer` for anything else.

        After a body that is cut short a GET is repeated.
        """
        return self._whole(url, method, kwargs, loads)

    def get_body(self, url: str, *, method: str = 'GET', **kwargs: Any) -> bytes:
        """As :meth:`get_json`, but the body is not parsed; do so later with :func:`plex_answers.loads`."""
        return self._whole(url, method, kwargs, bytes)

    def _whole(self, url: str, method: str, kwargs: Dict[str, Any], decode: Callable[[bytes], _Body]) -> _Body:
        tries = self.retries if kwargs.get('retries') is None else kwargs['retries']
        for left in range(tries, -1, -1):
            answer = self.request(method, url, **kwargs)
            try:
                body = answer.whole()
            except PlexConnectionError as error:
                if not left or method != 'GET' or isinstance(error, PlexTooSlow):
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

    def close(self) -> None:
        """Close all connections. Running requests of other threads fail at once, later ones are refused."""
        self._closed = True
        self._watchdog.close()
        self._session.close()

    def _once(self, method: str, url: str, arguments: Mapping[str, Any], limits: Limits, what: str) -> Answer:
        target = url
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._asked(method, target, arguments, what)
            if self.on_answer is not None:
                self.on_answer(response)
            self.stats.server_time = server_time(response) or self.stats.server_time
            if response.is_redirect:
                response.close()
                target, arguments = self._redirected(target, response, what), dict(arguments, params=None)
                continue
            if response.status_code >= 400:
                raise error_of(response, self._error_body(response, limits.gzip, what), what)
            return Answer(response, limits, self._watchdog, what)
        raise PlexBadAnswer('%s: redirected too often' % what)

    def _asked(self, method: str, url: str, arguments: Mapping[str, Any], what: str) -> requests.Response:
        if self._closed:
            raise PlexCancelled('%s: not sent, stopping' % what)
        with self._lock:
            self.stats.requests += 1
        try:
            return self._session.request(method, url, stream=True, allow_redirects=False, **arguments)
        except requests.RequestException as error:
            raise PlexConnectionError('%s: %s' % (what, reason(error))) from None
        except ValueError:  # requests refuses the URL
            raise PlexBadAnswer('%s: no address' % what) from None

    def _error_body(self, response: requests.Response, gzip: bool, what: str) -> bytes:
        """The body of an error; b'' when it cannot be read."""
        try:
            return Answer(response, ERROR._replace(gzip=gzip), self._watchdog, what).whole()
        except (PlexBadAnswer, PlexConnectionError):
            return b''

    @staticmethod
    def _redirected(url: str, answer: requests.Response, what: str) -> str:
        try:
            target = urljoin(url, answer.headers['location'])
            old, new = urlsplit(url), urlsplit(target)
        except ValueError:
            raise PlexBadAnswer('%s: redirected to nonsense' % what) from None
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise PlexBadAnswer('%s: redirected to another host, not followed' % what)
        return target
