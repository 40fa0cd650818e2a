"""What has to be done to a playlist of the server until it is the one that was saved in Kodi.

Places have ids (``playlistItemID``); the same item may have several. Nothing is ever missing in between: items are
added first, then superfluous places removed, then the rest put in order with as few moves as possible.
"""
from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import Dict, FrozenSet, List, NamedTuple, Sequence


class Place(NamedTuple):
    """A place in the server's playlist."""

    id: str
    rating_key: str


class Move(NamedTuple):
    """Put a place behind another; ``after`` '' is the beginning."""

    place: str
    after: str


def additions(now: Sequence[Place], wanted: Sequence[str]) -> List[str]:
    """The items to append, in their order."""
    there = Counter(place.rating_key for place in now)
    missing: List[str] = []
    for key in wanted:
        if there[key] > 0:
            there[key] -= 1
        else:
            missing.append(key)
    return missing


def removals(now: Sequence[Place], wanted: Sequence[str]) -> List[str]:
    """The places to remove: of an item that is wanted fewer times, the last ones."""
    left = Counter(wanted)
    superfluous: List[str] = []
    for place in now:
        if left[place.rating_key] > 0:
            left[place.rating_key] -= 1
        else:
            superfluous.append(place.id)
    return superfluous


def moves(now: Sequence[Place], wanted: Sequence[str]) -> List[Move]:
    """The moves, in this order, that put the places in the wanted order; both must have the same items."""
    waiting: Dict[str, List[str]] = {}
    for place in reversed(now):
        waiting.setdefault(place.rating_key, []).append(place.id)
    target = [waiting[key].pop() for key in wanted]
    position = {place: number for number, place in enumerate(target)}
    staying = _longest_rising([position[place.id] for place in now])
    return [Move(place, target[number - 1] if number else '') for number, place in enumerate(target)
            if number not in staying]


def _longest_rising(numbers: Sequence[int]) -> FrozenSet[int]:
    """The numbers of a longest rising subsequence: all others have to be moved."""
    ends: List[int] = []  # the smallest last number of a rising sequence of each length, by its index
    values: List[int] = []
    before: List[int] = [-1] * len(numbers)
    for index, number in enumerate(numbers):
        length = bisect_left(values, number)
        before[index] = ends[length - 1] if length else -1
        ends[length:length + 1] = [index]
        values[length:length + 1] = [number]
    found: List[int] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(numbers[index])
        index = before[index]
    return frozenset(found)
