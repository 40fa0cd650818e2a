"""Handlers by method and path."""

from __future__ import annotations

import re
from typing import Callable, Pattern

from tools.plexsim.http.messages import Answer, Request

Handler = Callable[[Request], Answer]


class Routes:
    """Handlers by method and path pattern, tried in the order of registration."""

    def __init__(self) -> None:
        self.entries: list[tuple[tuple[str, ...], Pattern[str], Handler]] = []

    def add(self, methods: str, pattern: str, handler: Handler) -> None:
        """Register a handler for methods ("GET PUT") and a regular expression over the whole path."""
        names = tuple(methods.split()) + (("HEAD",) if "GET" in methods.split() else ())
        self.entries.append((names, re.compile(pattern + r"/?$"), handler))

    def find(self, request: Request) -> tuple[Handler | None, int]:
        """Return (handler, 200), or (None, 404 or 405); the groups of the pattern go to ``request.match``."""
        status = 404
        for methods, pattern, handler in self.entries:
            match = pattern.match(request.path)
            if match:
                if request.method in methods:
                    request.match = match.groups("")
                    return handler, 200
                status = 405
        return None, status
