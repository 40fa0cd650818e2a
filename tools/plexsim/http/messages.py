"""Requests and answers, independent of the HTTP library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from tools.plexsim.formats.json_text import dumps
from tools.plexsim.formats.query_string import Param, parse_query
from tools.plexsim.http.file_range import FileRange

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
    """One request.

    ``raw_query`` is the undecoded text, ``params`` are its parameters in order, ``values`` the first of each name.
    ``user`` is the account id once it is known (0: none), ``match`` the groups of the route's pattern.
    """

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = b""
    user: int = 0
    match: tuple[str, ...] = ()
    params: list[Param] = field(init=False)
    values: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.params = parse_query(self.raw_query)
        self.values = {}
        for param in self.params:
            self.values.setdefault(param.name, param.value)

    def plex(self, name: str) -> str | None:
        """Return ``X-Plex-<name>`` from the headers or, as Plex allows for all of them, from the query."""
        full = "X-Plex-" + name
        found = self.headers.get(full)
        return found if found is not None else self.values.get(full)

    def flag(self, name: str) -> bool:
        """Whether a parameter is 1."""
        return self.values.get(name, "0") not in ("0", "", "false")

    @property
    def wants_json(self) -> bool:
        """Whether the Accept header asks for JSON; XML is the default of all Plex servers."""
        return "json" in self.headers.get("Accept", "")


@dataclass
class Answer:
    """The result of a handler. The body are the joined ``pieces``, or a part of a ``file``.

    ``records`` is the number of full records in it, on which a slow server works for long.
    """

    status: int = 200
    pieces: list[bytes] = field(default_factory=list)
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    file: FileRange | None = None
    compress: bool = True
    records: int = 0

    def body(self) -> bytes:
        """Return the whole body."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)


def json_answer(value: Any, status: int = 200) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, [dumps(value)], "application/json")


def html_error(status: int) -> Answer:
    """Return the HTML page that a PMS sends for an error, whatever the Accept header."""
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
