"""What a port needs to know of the server behind it."""

from __future__ import annotations

from typing import Awaitable, Callable, Protocol

from aiohttp import web as aio

from tools.plexsim.http.messages import Answer, Request

Stream = Callable[[aio.Request], Awaitable[aio.StreamResponse]]


class Site(Protocol):
    """One of the simulated servers. ``name`` stands in the request log and in the rules of ``Faults``."""

    name: str

    def handle(self, request: Request) -> Answer:
        """Answer a request."""
        ...

    def stream(self, request: Request) -> Stream | None:
        """Return what serves a request for as long as the client stays; None when ``handle`` answers it."""
        ...

    def error(self, request: Request, status: int) -> Answer:
        """Return the answer to a request that a simulated fault strikes."""
        ...
