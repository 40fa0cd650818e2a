"""Simulated faults: statuses, dropped connections, truncated or wrong bodies, delays, slow lines."""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

_LOOK_AGAIN = 0.02  # seconds
KINDS = ("status", "drop", "truncate", "html", "delay", "slow")


@dataclass
class Fault:
    """One rule. ``times`` counts down to 0 (None: for ever).

    ``value`` is a status, a delay in seconds, or bytes a second.
    """

    path: str
    kind: str
    value: float = 0
    times: int | None = None
    probability: float = 1.0
    server: str = ""
    method: str = ""
    hits: int = 0


class Faults:
    """The rules; the first that matches a request is applied."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []
        self._random = random.Random(0)

    def seed(self, seed: int) -> None:
        """Seed the random generator of all probabilities."""
        self._random.seed(seed)

    def add(
        self,
        path_regex: str,
        kind: Any,
        times: int | None = None,
        probability: float = 1.0,
        value: float = 0,
        server: str = "",
        method: str = "",
    ) -> Fault:
        """Add a rule for paths that match (searched). ``kind``: a status number such as 503, "status" with value,
        "drop" (connection closed without an answer), "truncate" (half of the body, then closed), "html" (an HTML
        page with status 200), "delay" (value seconds or until the rules are removed, then the normal answer) or "slow"
        (a file with value bytes a second). ``server``: "pms" or "plextv".
        """
        if isinstance(kind, int) or str(kind).isdigit():
            kind, value = "status", int(kind)
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}")
        rule = Fault(path_regex, kind, value, times, probability, server, method)
        re.compile(path_regex)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules.clear()

    def pick(self, server: str, method: str, path_qs: str) -> Fault | None:
        """Return the rule to apply to this request, None for a normal answer."""
        with self._lock:
            for rule in self._rules:
                if (
                    rule.times == 0
                    or (rule.server and rule.server != server)
                    or (rule.method and rule.method != method)
                ):
                    continue
                if re.search(rule.path, path_qs) and self._random.random() < rule.probability:
                    rule.times = rule.times - 1 if rule.times is not None else None
                    rule.hits += 1
                    return rule
        return None

    async def delay(self, rule: Fault) -> None:
        """Wait for the seconds of a rule, not longer than it is there."""
        end = time.monotonic() + rule.value
        while time.monotonic() < end and self._has(rule):
            await asyncio.sleep(min(_LOOK_AGAIN, max(end - time.monotonic(), 0.0)))

    def _has(self, rule: Fault) -> bool:
        with self._lock:
            return any(one is rule for one in self._rules)

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the rules for the control API."""
        with self._lock:
            return [dict(vars(rule)) for rule in self._rules]
