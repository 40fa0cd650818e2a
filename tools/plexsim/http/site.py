"""The interface of a simulated server for its port."""

from __future__ import annotations

from typing import Awaitable, Callable, Protocol

from aiohttp import web as aio

from tools.plexsim.http.messages import Answer, Request

Stream = Callable[[aio.Request], Awaitable[aio.StreamResponse]]


class Site(Protocol):
    """One of the simulated servers. ``name`` is used in the request log and in the rules of ``Faults``."""

    name: str

    def handle(self, request: Request) -> Answer:
        """Answer a request."""
        ...

    def stream(self, request: Request) -> Stream | None:
        """Return a function that serves a long-lived connection; None when ``handle`` answers the request."""
        ...

    def error(self, request: Request, status: int) -> Answer:
        """Return the answer with the status of a simulated fault."""
        ...
