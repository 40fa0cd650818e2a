"""One HTTP session to Plex hosts: keep-alive, gzip, bounded retries with jitter, typed errors.

Shared by the server client (``plex_functions``) and the plex.tv client (``plex_tv``). A token is given per
request and travels in a header only, so it is in no URL, and a redirect is followed on the same host only.
"""
from __future__ import annotations

import json
import logging
import random
import re
import socket
import threading
import time
import weakref
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Sequence, Tuple, TypeVar, Union
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from .plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexRateLimited,
    PlexServerError,
    error_for_status,
)

Params = Union[Mapping[str, Any], Sequence[Tuple[str, Any]], None]
_Body = TypeVar('_Body')

#: (connect, read) in seconds. A PMS on a slow disk may think for many seconds over a big listing.
DEFAULT_TIMEOUT = (6.0, 40.0)
_RETRY_BASE = 0.4
_RETRY_CAP = 20.0
_MAX_REDIRECTS = 3
_PIECE = 1024 * 1024
_JSON = 'application/json'

# urllib3 logs hosts and whole query strings (device JWT, Home PIN) at debug level, hosts in warnings.
logging.getLogger('urllib3').setLevel(logging.ERROR)


@dataclass(frozen=True)
class ClientIdentity:
    """Who we are to Plex: sent as X-Plex-* headers with every request and shown in Authorized Devices."""

    client_identifier: str
    version: str
    device_name: str = 'Kodi'
    platform: str = 'Kodi'
    platform_version: str = ''
    product: str = 'PlexKodiConnect'
    device: str = 'Kodi'
    language: str = 'en'

    def headers(self) -> Dict[str, str]:
        """The X-Plex-* headers; plex.tv answers 422 without the client identifier."""
        pairs = {
            'X-Plex-Client-Identifier': self.client_identifier,
            'X-Plex-Product': self.product,
            'X-Plex-Version': self.version,
            'X-Plex-Platform': self.platform,
            'X-Plex-Platform-Version': self.platform_version,
            'X-Plex-Device': self.device,
            'X-Plex-Device-Name': self.device_name,
            'X-Plex-Language': self.language,
            'X-Plex-Provides': 'player',
        }
        return {name: _latin(value) for name, value in pairs.items() if value}


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
    """A ``requests`` session with the manners that Plex hosts need. Safe to use from several threads.

    ``sleep(seconds)`` is called between retries and returns true when we should give up (Kodi is stopping).
    """

    def __init__(self, identity: ClientIdentity, *, timeout: Tuple[float, float] = DEFAULT_TIMEOUT,
                 retries: int = 3, pool_size: int = 8,
                 sleep: Optional[Callable[[float], Optional[bool]]] = None) -> None:
        self.identity = identity
        self.timeout = timeout
        self.retries = retries
        self.stats = RequestStats()
        #: Called with every answer, refusals included; ``auth`` reads the server's clock from it.
        self.on_answer: Optional[Callable[[requests.Response], None]] = None
        self._sleep = sleep or time.sleep
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
        self._session.headers.update({'Accept-Encoding': 'gzip', 'User-Agent': _latin(
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
                if self._sleep(_pause(attempt, getattr(error, 'retry_after', 0.0))):
                    raise PlexCancelled('%s: given up, stopping' % what) from error

    def get_json(self, url: str, *, method: str = 'GET', **kwargs: Any) -> Any:
        """The decoded JSON body. Raises :class:`PlexBadAnswer` for anything that is not JSON.

        A body cut short by a lost connection counts as a lost connection and is asked for again.
        """
        return self._whole(url, method, kwargs, json.loads)

    def get_body(self, url: str, *, method: str = 'GET', **kwargs: Any) -> bytes:
        """The whole body as it came, for :func:`json.loads` at a better time; as :meth:`get_json` otherwise."""
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
                if self._sleep(_pause(tries - left + 1, 0.0)):
                    raise PlexCancelled('%s %s: given up, stopping' % (method, redacted_path(url))) from None
                continue
            with self._lock:
                self.stats.received += len(body)
            try:
                return decode(body)
            except (ValueError, RecursionError) as error:
                if left and method == 'GET' and body.lstrip()[:1] in (b'', b'{', b'['):
                    continue
                raise PlexBadAnswer('%s %s: not JSON (%d bytes, %s)' % (
                    method, redacted_path(url), len(body),
                    answer.headers.get('Content-Type', 'no type'))) from error
        raise PlexBadAnswer('%s %s: never whole' % (method, redacted_path(url)))

    def get_xml(self, url: str, *, method: str = 'GET', **kwargs: Any) -> Any:
        """The root element of an XML body, read by defusedxml; documents with a DOCTYPE are refused."""
        from xml.etree.ElementTree import ParseError

        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring
        body = self.request(method, url, accept='application/xml', **kwargs).content
        with self._lock:
            self.stats.received += len(body)
        try:
            return fromstring(body, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise PlexBadAnswer('%s %s: not well-formed or not safe XML' % (
                method, redacted_path(url))) from error

    def stream(self, response: requests.Response, size: int = 65536) -> Iterator[bytes]:
        """The body of a ``stream=True`` answer in pieces; lost connections become typed errors."""
        left = _length(response)
        try:
            for piece in response.iter_content(size):
                left -= len(piece)
                yield piece
        except requests.RequestException as error:
            raise PlexConnectionError('answer broke off: %s' % _reason(error)) from None
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
                raise PlexConnectionError('%s: %s' % (what, _reason(error))) from None
            except ValueError:  # requests looks at a redirection's target even where it is not to follow it
                raise PlexBadAnswer('%s: redirected to nonsense' % what) from None
            if self.on_answer is not None:
                self.on_answer(answer)
            self.stats.server_time = server_time(answer) or self.stats.server_time
            if answer.is_redirect:
                target, query = self._redirected(target, answer, what), None
                continue
            if answer.status_code >= 400:
                raise _error(answer, what)
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


def server_time(response: requests.Response) -> Optional[float]:
    """The answer's ``Date`` header as a Unix time in seconds; the clocks of TV boxes lie."""
    try:
        return parsedate_to_datetime(response.headers['Date']).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def redacted_path(url: str) -> str:
    """The path of a URL without host, query, PIN ids and long opaque words: fit for a log."""
    path = urlsplit(url).path
    path = re.sub(r'(/pins/)[^/]+', r'\1…', path)
    path = re.sub(r'(/users/)[^/]+(/switch)', r'\1…\2', path)
    return path if len(path) < 90 else path[:87] + '…'


def _reason(error: BaseException) -> str:
    """Why a request failed, in words without the URL (requests puts host and query into its messages)."""
    if isinstance(error, requests.exceptions.SSLError):
        return 'secure connection failed'
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return 'no connection in time'
    if isinstance(error, requests.exceptions.Timeout):
        return 'no answer in time'
    if isinstance(error, requests.exceptions.ConnectionError):
        return 'connection failed'
    return type(error).__name__


def _error(answer: requests.Response, what: str) -> PlexError:
    code, body = 0, b''
    try:
        body = answer.content[:4096]
        errors = json.loads(body).get('errors') if body[:1] == b'{' else None
        code = int(errors[0].get('code', 0)) if errors else 0
    except (ValueError, AttributeError, TypeError, LookupError, OverflowError, RecursionError,
            requests.RequestException):
        found = re.search(rb'code="?(\d{3,5})', body)
        code = int(found.group(1)) if found else 0
    finally:
        answer.close()
    return error_for_status(answer.status_code, what, code, _retry_after(answer))


def _retry_after(answer: requests.Response) -> float:
    try:
        wanted = float(answer.headers.get('Retry-After', 0))
    except ValueError:
        return 0.0
    return min(wanted, _RETRY_CAP) if wanted > 0 else 0.0


def _pause(attempt: int, wanted: float) -> float:
    """Seconds before the next try: doubling, with full jitter, never below what the server asked for."""
    return max(wanted, random.uniform(0.5, 1.0) * min(_RETRY_CAP, _RETRY_BASE * 2 ** (attempt - 1)))


def _latin(text: str) -> str:
    """Header values are Latin-1; a device called 'Wohnzimmer 📺' must not break the session."""
    return ''.join(c for c in text if c.isprintable()).encode('ascii', 'replace').decode('ascii').strip()
