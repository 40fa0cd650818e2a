"""Odd behaviours of Plex Media Servers that can be switched on through ``SimConfig``."""

from __future__ import annotations

from tools.plexsim.config import SimConfig
from tools.plexsim.formats.query_string import Param
from tools.plexsim.library.conditions import NAME

DATES = frozenset(("updatedAt", "addedAt", "lastViewedAt", "lastRatedAt"))


class Switches:
    """Applies the switches of a configuration, which may change at any time, to queries, totals and attributes."""

    def __init__(self, config: SimConfig) -> None:
        self.config = config
        self._grown = 0

    def filters(self, params: list[Param]) -> list[Param] | None:
        """Return the conditions to evaluate, None when the answer is an empty list (``ignore_filters``)."""
        if not self.config.ignore_filters:
            return params
        if self.config.ignore_filters not in ("dates", "empty"):
            raise ValueError("ignore_filters is '', 'dates' or 'empty'")
        kept = [param for param in params if not _is_date(param)]
        return None if self.config.ignore_filters == "empty" and len(kept) < len(params) else kept

    def omitted(self, full: bool) -> frozenset[str]:
        """Return the attributes to leave out (``omit_fields`` in listings, ``watched_without_count``)."""
        names = frozenset() if full else frozenset(self.config.omit_fields)
        return names | {"viewCount"} if self.config.watched_without_count else names

    def total(self, total: int, size: int) -> int | None:
        """Return the totalSize of a page of ``size`` (``no_totals``, ``moving_total``)."""
        limit = self.config.moving_total
        self._grown = min(self._grown + (1 if size else 0), limit)
        return None if self.config.no_totals else total + self._grown


def _is_date(param: Param) -> bool:
    """Whether a parameter is a condition on a time stamp."""
    match = NAME.match(param.name)
    return match is not None and match.group(1).rpartition(".")[2] in DATES
