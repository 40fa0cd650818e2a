"""Serves the handlers of the other modules of this package: reads by GET, writes by POST."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Callable, Dict

from tools.plexsim.http.messages import Answer, Request, html_error, json_answer
from tools.plexsim.http.routes import Routes

PREFIX = "/__sim__"
Read = Callable[[Request], Any]
Write = Callable[[Dict[str, Any]], Any]


class ControlApi:
    """Reads and writes by name. ``lock`` is held meanwhile; what they return becomes JSON, None ``{"ok": true}``."""

    def __init__(self, lock: AbstractContextManager[Any]) -> None:
        self._lock = lock
        self._routes = Routes()

    def read(self, name: str, handler: Read) -> None:
        """Answer GET requests; the empty name is the path of the API itself."""
        self._routes.add("GET", f"{PREFIX}/?{name}", partial(self._answer, handler))

    def write(self, name: str, handler: Write) -> None:
        """Answer POST requests; the handler gets their JSON body, an empty one as ``{}``."""

        def with_body(request: Request) -> Any:
            return handler(json.loads(request.body or b"{}"))

        self._routes.add("POST", f"{PREFIX}/{name}", partial(self._answer, with_body))

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        handler, status = self._routes.find(request)
        return html_error(status) if handler is None else handler(request)

    def _answer(self, handler: Read, request: Request) -> Answer:
        try:
            with self._lock:
                result = handler(request)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return json_answer({"ok": False, "error": f"{type(error).__name__}: {error}"}, 400)
        return json_answer(result if result is not None else {"ok": True})
