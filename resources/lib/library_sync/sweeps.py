"""The listings that are read to their end, and the first pages of those that follow.

A busy server answers a page only after the batches of items that wait before it; a sync that asks for one page after
the other would run out of items to fetch.
"""
from __future__ import annotations

from functools import partial
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..plex_functions import PMSClient, SweepPage
from ..plex_model import Section
from .kinds import Kind, Kinds
from .pipeline import later

#: Listings whose first page is asked for ahead.
_AHEAD = 4


class _Begun(NamedTuple):
    """A listing of which the first page is coming (None: it has none)."""

    first: Callable[[], Optional[SweepPage]]
    others: Iterator[SweepPage]


class Sweeps:
    """Reads listings. Used by the plan's thread, but :meth:`read` may be iterated in another one."""

    def __init__(self, client: PMSClient) -> None:
        self._client = client
        self._waiting: List[Tuple[Section, Kind]] = []
        self._begun: Dict[Tuple[str, str], _Begun] = {}

    def plan(self, sections: Sequence[Section], kinds: Kinds) -> None:
        """Set the listings that will be read, in this order."""
        self._waiting = [(section, kind) for section in sections for kind in kinds.of_library(section.plex_type)]

    def read(self, section: Section, kind: Kind) -> Iterator[SweepPage]:
        """The pages of one listing. Raises :class:`PlexError`."""
        key = section.key, kind.name
        while self._waiting and len(self._begun) <= _AHEAD:
            self._begin(*self._waiting.pop(0))
        begun = self._begun.pop(key, None)
        if begun is None:
            yield from self._client.sweep(section.key, kind.plex)
            return
        first = begun.first()
        if first is not None:
            yield first
            yield from begun.others

    def _begin(self, section: Section, kind: Kind) -> None:
        pages = self._client.sweep(section.key, kind.plex)
        self._begun[section.key, kind.name] = _Begun(later(partial(_next, pages), True), pages)


def _next(pages: Iterator[SweepPage]) -> Optional[SweepPage]:
    return next(pages, None)
