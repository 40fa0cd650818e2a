"""``POST /api/<name>``: JSON in, JSON out, for the plugin."""
from __future__ import annotations

import json
import logging
import math
from typing import Any, Callable, Dict, Mapping, Tuple, Union

from ..plex_errors import PlexError
from .exchange import Exchange
from .rules import MAX_BODY, NO_WEB_PAGE, RouteRules

LOG = logging.getLogger('pkc.local')

#: A function that returns an object, or the JSON of one.
Handler = Callable[[Dict[str, Any]], Union[Dict[str, Any], bytes]]


class ApiError(Exception):
    """Raised by a handler. ``key`` names a text, ``detail`` is English without secrets, ``status`` 400, 409 or 500."""

    def __init__(self, key: str, detail: str = '', status: int = 409) -> None:
        super().__init__(key)
        self.key = key
        self.detail = detail
        self.status = status


class ApiRoute:
    """Calls the handler whose name is in the path.

    ``text_name(error)`` names the text for an exception that a handler raised.
    """

    rules = RouteRules(frozenset(('POST',)), needs_secret=True, sites=NO_WEB_PAGE, max_body=MAX_BODY,
                       read_seconds=20.0, parallel=24)

    def __init__(self, handlers: Mapping[str, Handler], text_name: Callable[[Exception], str]) -> None:
        self._handlers = handlers
        self._text_name = text_name

    def answer(self, exchange: Exchange) -> None:
        """Answer with the handler's result, or with ``{"error": key, "detail": text}``."""
        status, answer = self._call(exchange)
        body = answer if isinstance(answer, bytes) else json.dumps(answer, separators=(',', ':')).encode()
        exchange.reply(status, {'Content-Type': 'application/json', 'Cache-Control': 'no-store'}, body)

    def _call(self, exchange: Exchange) -> Tuple[int, Union[Dict[str, Any], bytes]]:
        name = exchange.segments[0] if len(exchange.segments) == 1 else ''
        handler = self._handlers.get(name)
        if handler is None:
            return 404, _error('unknown_call', '')
        try:
            args = _DECODER.decode((exchange.body or b'{}').decode('utf-8'))
        except (ValueError, RecursionError):
            return 400, _error('bad_request', 'no JSON, or numbers out of bounds')
        if not isinstance(args, dict):
            return 400, _error('bad_request', 'not an object')
        try:
            return 200, handler(args)
        except ApiError as error:
            return error.status, _error(error.key, error.detail)
        except PlexError as error:
            return 500, _error(self._text_name(error), str(error))
        except Exception as error:  # top of a request: the service must live on
            LOG.exception('Call %s failed', name)
            return 500, _error(self._text_name(error), type(error).__name__)


def _error(key: str, detail: str) -> Dict[str, Any]:
    return {'error': key, 'detail': detail}


def _reject_constant(name: str) -> float:
    raise ValueError('%s is no JSON' % name)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError('too large')
    return value


def _whole(digits: str) -> int:
    """An int of 64 bits at most, as SQLite and Kodi have. Raises ValueError."""
    if len(digits) > 20 or not -2 ** 63 <= int(digits) < 2 ** 63:
        raise ValueError('too large')
    return int(digits)


_DECODER = json.JSONDecoder(parse_float=_finite, parse_int=_whole, parse_constant=_reject_constant)
