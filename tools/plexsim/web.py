"""The small web framework of the simulator: request, answer, routes, gzip. Handlers are plain functions."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Pattern

from tools.plexsim.query import Param, parse_query
from tools.plexsim.render import dumps

PIECE = 600  # bytes; rows of this size are compressed once and joined, smaller ones together
REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    416: "Range Not Satisfiable",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    498: "Invalid Token",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass
class Request:
    """One request. ``raw_query`` is untouched text; ``user`` is the account id once it is known (0: nobody)."""

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = b""
    user: int = 0
    token: str = ""
    match: tuple[str, ...] = ()
    params: list[Param] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.params = parse_query(self.raw_query)
        for param in self.params:
            self.values.setdefault(param.name, param.value)

    def plex(self, name: str) -> str | None:
        """Return ``X-Plex-<name>`` from the headers or, as Plex allows for all of them, from the query."""
        full = "X-Plex-" + name
        found = self.headers.get(full)
        return found if found is not None else self.values.get(full)

    def flag(self, name: str) -> bool:
        """Whether a 0/1 parameter is on."""
        return self.values.get(name, "0") not in ("0", "", "false")

    @property
    def wants_json(self) -> bool:
        """Whether the Accept header asks for JSON; XML is the default of all Plex servers."""
        return "json" in self.headers.get("Accept", "")


@dataclass
class Answer:
    """What a handler gives back. ``pieces`` are joined; ``stream`` (path, start, length) sends part of a file."""

    status: int = 200
    pieces: list[bytes] = field(default_factory=list)
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    stream: tuple[str | None, int, int] | None = None
    compress: bool = True

    def body(self) -> bytes:
        """Return the whole body."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)


def json_answer(value: Any, status: int = 200) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, [dumps(value)], "application/json")


def html_error(status: int) -> Answer:
    """Return the HTML page that a PMS sends for an error, whatever was accepted."""
    text = REASONS.get(status, "Error")
    page = f"<html><head><title>{text}</title></head><body><h1>{status} {text}</h1></body></html>"
    return Answer(status, [page.encode("ascii")], "text/html")


def empty(status: int = 200) -> Answer:
    """Return the empty text/html answer of Plex's actions."""
    return Answer(status, [b""], "text/html")


class HttpError(Exception):
    """Raised by handlers to answer with an error page."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


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


class Compressor:
    """Gzip of joined pieces. Large pieces are deflated one by one, each ending on a byte boundary, and remembered;
    the joined stream is one valid gzip member. So a page of already seen items costs a join and a checksum.
    """

    def __init__(self, limit: int = 40_000) -> None:
        self._known: dict[bytes, bytes] = {}
        self._limit = limit

    def gzip(self, pieces: list[bytes]) -> bytes:
        """Return the gzip form of the joined pieces (level 1)."""
        result = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"]
        checksum, size = 0, 0
        small: list[bytes] = []
        for piece in pieces:
            checksum = zlib.crc32(piece, checksum)
            size += len(piece)
            if len(piece) < PIECE:
                small.append(piece)
                continue
            if small:
                between = b"".join(small)
                result.append(self._remembered(between) if len(between) < 16 else _deflate(between))
                small = []
            result.append(self._remembered(piece))
        if small:
            result.append(_deflate(b"".join(small)))
        result.append(b"\x03\x00" + struct.pack("<II", checksum, size & 0xFFFFFFFF))
        return b"".join(result)

    def _remembered(self, piece: bytes) -> bytes:
        """Return the deflated form of a piece that is likely to come again."""
        known = self._known.get(piece)
        if known is None:
            if len(self._known) >= self._limit:
                self._known.clear()
            known = self._known[piece] = _deflate(piece)
        return known


def _deflate(data: bytes) -> bytes:
    """Return a raw deflate fragment without final block, padded to a byte boundary."""
    engine = zlib.compressobj(1, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush(zlib.Z_FULL_FLUSH)
