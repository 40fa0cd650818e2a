"""A small look at the server for what it does not push.

Marking in Plex Web may push nothing, unwatching leaves no stamp, and some users get no notifications at all. So each
library is asked, for each kind of items, how many there are, how many were watched, begun and rated, and which of each
has the newest stamp: one row for each question, however large the library is. What differs from the last look is
synchronised; the first look compares with what the last sync left. What a look costs is in docs/benchmarks.md.
"""
from __future__ import annotations

from typing import Any, Collection, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from ...library_sync.delta import OVERLAP
from ...library_sync.kinds import VIDEO, Kind
from ...library_sync.sections import is_named
from ...plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ...plex_functions import PMSClient
from ...plex_looks import NewestItem, newest
from .known import KnownListing, KnownListings

#: Errors of one question that say nothing about the others.
_REFUSED = (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer)

#: The order that a question asks for, and its filter.
_Question = Tuple[str, Dict[str, Any]]
_CONTENT: _Question = ('updatedAt', {})
_RATED: _Question = ('lastRatedAt', {'userRating>>': 0})
_WATCH: Tuple[_Question, ...] = (('lastViewedAt', {'unwatched': 0}), ('lastViewedAt', {'viewOffset>>': 0}))


class Differences(NamedTuple):
    """Keys of libraries in which something changed. ``unrated``: also such that nothing but a full listing tells.

    ``as_known`` are libraries in which nothing changed, and which are as the last sync left them.
    """

    stale: Set[str]
    unrated: Set[str]
    as_known: Set[str]


class LightLook:
    """Compares what a server tells now with what it told the last time."""

    def __init__(self) -> None:
        self._seen: Dict[str, List[NewestItem]] = {}
        self._as_known: Set[str] = set()

    def forget(self) -> None:
        """Another server or user: what was seen says nothing any more."""
        self._seen = {}
        self._as_known = set()

    def differences(self, client: PMSClient, excluded: Collection[str], known: KnownListings) -> Differences:
        """Look. ``excluded`` libraries (by uuid or key) are left out. Raises :class:`PlexError`."""
        found = Differences(set(), set(), set())
        now: Dict[str, List[NewestItem]] = {}
        for section in client.sections():
            kinds = VIDEO.of_library(section.plex_type)
            if not kinds or is_named(section, excluded):
                continue
            answers = {kind: _asked(client, section.key, kind) for kind in kinds}
            seen = now[section.key] = [answer for kind in kinds for answer in answers[kind]]
            before = self._seen.get(section.key)
            if seen == before and section.key in self._as_known or before in (None, seen) and _are_as_known(
                    answers, known.of_library(section.key, kinds), client.session.stats.server_time):
                found.as_known.add(section.key)
                continue
            if seen != before:
                found.stale.add(section.key)
                if before is not None and _fewer_rated(before, seen):
                    found.unrated.add(section.key)
        found.stale.update(self._seen.keys() - now.keys())
        self._seen, self._as_known = now, found.as_known
        return found


def _asked(client: PMSClient, section_key: str, kind: Kind) -> List[NewestItem]:
    answers: List[NewestItem] = []
    for stamp, filters in (_CONTENT, _RATED) + (_WATCH if kind.watch_state else ()):
        try:
            answers.append(newest(client, section_key, kind.plex, stamp, **filters))
        except _REFUSED:
            answers.append(NewestItem(-1, None, stamp))
    return answers


def _are_as_known(answers: Mapping[Kind, Sequence[NewestItem]], known: Mapping[str, KnownListing],
                  server_time: float) -> bool:
    return all(_is_as_known(found, known.get(kind.name), server_time) for kind, found in answers.items())


def _is_as_known(answers: Sequence[NewestItem], known: Optional[KnownListing], server_time: float) -> bool:
    """Whether there are as many as the server counted before, and no item has a newer stamp, nor perhaps the same."""
    if known is None or known.stamp + OVERLAP > server_time:
        return False
    content, _, *watch = answers
    totals = tuple(answer.total for answer in (content, *watch))
    return totals == known.counts[:len(totals)] and all(answer.time <= known.stamp for answer in answers)


def _fewer_rated(before: List[NewestItem], now: List[NewestItem]) -> bool:
    return any(new.stamp == 'lastRatedAt' and new.total < old.total for old, new in zip(before, now))
