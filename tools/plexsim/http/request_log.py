"""The log of requests, and counts."""

from __future__ import annotations

import re
import threading
from collections import deque
from contextlib import contextmanager
from typing import Any, Iterator, NamedTuple

KEPT_HEADERS = ("Accept", "Accept-Encoding", "Authorization", "Content-Type", "If-None-Match", "Range", "User-Agent")
KINDS = (
    ("listing", r"/library/sections/\d+/(all|allLeaves|collections|onDeck|recentlyAdded)"),
    ("sections", r"/library/sections"),
    ("collection", r"/library/(collections|metadata)/[^/]+/(items|children|grandchildren|allLeaves)"),
    (
        "image",
        r"(/photo/|/library/(metadata|collections)/\d+/(thumb|art|theme|composite)|/playlists/\d+/composite|/library/media/)",
    ),
    ("metadata", r"/library/metadata/"),
    ("part", r"/library/(parts|streams)/"),
    ("hub", r"/hubs"),
    ("playback", r"/(:/(timeline|scrobble|unscrobble|progress|rate)|playQueues|actions)"),
    ("plextv", r"/(api|link)"),
)


class LogEntry(NamedTuple):
    """One request. ``bytes`` counts the body as sent (after gzip), ``t`` is seconds on the simulated clock."""

    server: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    status: int
    bytes: int
    t: float


def kind_of(path: str) -> str:
    """Return the kind under which a path is counted."""
    for name, pattern in KINDS:
        if re.match(pattern, path):
            return name
    return "other"


class RequestLog:
    """Keeps the last 200,000 requests. Safe to use from any thread; behaves like a sequence of entries."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._entries: deque[LogEntry] = deque(maxlen=200_000)
        self._sums: dict[str, dict[str, int]] = {}

    @contextmanager
    def closed(self) -> Iterator[None]:
        """A context in which other threads wait to read: for a request that is carried out and added in one."""
        with self._lock:
            yield

    def add(self, entry: LogEntry) -> None:
        """Append an entry."""
        with self._lock:
            self._entries.append(entry)
            sums = self._sums.setdefault(kind_of(entry.path), {"requests": 0, "bytes": 0, "errors": 0})
            sums["requests"] += 1
            sums["bytes"] += entry.bytes
            sums["errors"] += entry.status >= 400

    def find(self, pattern: str = "", method: str | None = None) -> list[LogEntry]:
        """Return the entries whose path matches a regular expression (searched) and method."""
        with self._lock:
            entries = list(self._entries)
        return [entry for entry in entries if re.search(pattern, entry.path) and method in (None, entry.method)]

    def stats(self) -> dict[str, Any]:
        """Return ``{"requests", "bytes", "errors", "by_kind": {kind: {…}}}`` since the last reset."""
        with self._lock:
            by_kind = {name: dict(sums) for name, sums in self._sums.items()}
        result: dict[str, Any] = {
            key: sum(sums[key] for sums in by_kind.values()) for key in ("requests", "bytes", "errors")
        }
        result["by_kind"] = by_kind
        return result

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._sums.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def __iter__(self) -> Any:
        return iter(self.find())

    def __getitem__(self, index: Any) -> Any:
        return self.find()[index]
