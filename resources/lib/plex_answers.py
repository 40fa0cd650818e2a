"""Parsing answers of Plex hosts: bodies, errors, the server's time, and texts that may be logged."""
from __future__ import annotations

import json
import re
from email.utils import parsedate_to_datetime
from typing import Any, Optional
from urllib.parse import urlsplit

import requests

from .plex_errors import PlexHttpError, error_for_status
from .plex_limits import MOST_VALUES
from .plex_xml import loads_xml

#: Limit in seconds of a server's Retry-After.
_LONGEST_RETRY_AFTER = 20.0
#: A JSON document of fewer bytes takes less than 100 MB of memory in any case.
_HARMLESS = 4 * 1024 * 1024


def loads(body: bytes) -> Any:
    """The value of a JSON document, or of the XML that old and starting servers send in spite of ``Accept``.

    Raises :class:`ValueError` for anything else and for too many values, RecursionError for JSON that is nested too
    deeply.
    """
    if body.lstrip()[:1] == b'<':
        return loads_xml(body)
    if len(body) > _HARMLESS and body.count(b',') + body.count(b'[') + body.count(b'{') > MOST_VALUES:
        raise ValueError('too many values')
    return json.loads(body)


def server_time(response: requests.Response) -> Optional[float]:
    """The answer's ``Date`` header as Unix time in seconds; None without a valid one."""
    try:
        return parsedate_to_datetime(response.headers['Date']).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def redacted_path(url: str) -> str:
    """The path of a URL without PIN ids and user ids, cut to 90 characters; may be logged."""
    path = urlsplit(url).path
    path = re.sub(r'(/pins/)[^/]+', r'\1…', path)
    path = re.sub(r'(/users/)[^/]+(/switch)', r'\1…\2', path)
    return path if len(path) < 90 else path[:87] + '…'


def reason(error: BaseException) -> str:
    """Why a request failed, without the URL (messages of requests contain host and query)."""
    if isinstance(error, requests.exceptions.SSLError):
        return 'secure connection failed'
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return 'no connection in time'
    if isinstance(error, requests.exceptions.Timeout):
        return 'no answer in time'
    if isinstance(error, requests.exceptions.ConnectionError):
        return 'connection failed'
    return type(error).__name__


def error_of(answer: requests.Response, body: bytes, what: str) -> PlexHttpError:
    """The typed error for an answer with a status of 400 or above; ``what`` names the request.

    Plex's own error number is in the body: ``{"errors": [{"code": 1001}]}``, or the same in XML.
    """
    code = 0
    try:
        code = int(loads(body)['errors'][0]['code'])
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        pass  # an HTML page of a proxy, or no body
    return error_for_status(answer.status_code, what, code, _retry_after(answer))


def _retry_after(answer: requests.Response) -> float:
    try:
        wanted = float(answer.headers.get('Retry-After', 0))
    except ValueError:
        return 0.0
    return min(wanted, _LONGEST_RETRY_AFTER) if wanted > 0 else 0.0
