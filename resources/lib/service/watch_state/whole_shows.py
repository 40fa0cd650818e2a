"""Which marks of episodes can be told of a whole show or season at once, because that means the same."""
from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, NamedTuple, Sequence

from ...plex_model import ItemSummary
from ...state_db import Mark

#: Marks of one show from which on its episodes are asked for.
FEWEST = 3


class Together(NamedTuple):
    """One thing to tell: all these marks by marking the item ``key``; '' when the server has them already."""

    key: str
    marks: Sequence[Mark]


def together(show: str, leaves: Sequence[ItemSummary], marks: Iterable[Mark], value: bool) -> Iterator[Together]:
    """What to tell of a show with these episodes at the server, when ``marks`` all say ``value``.

    Marking a season or show counts every episode in it once more, and unmarking it takes every resume point away. So
    all of its episodes must be marked, and none may be what it is to become already.
    """
    wanted = {mark.rating_key: mark for mark in marks}
    there = [leaf for leaf in leaves if leaf.rating_key in wanted and (leaf.view_count > 0) == value]
    yield Together('', [wanted[leaf.rating_key] for leaf in there])
    missing = {leaf.rating_key for leaf in leaves if leaf.rating_key in wanted} - {leaf.rating_key for leaf in there}
    covered = {leaf.rating_key for leaf in leaves if leaf.rating_key in missing or not value and _untouched(leaf)}
    seasons: Dict[str, List[str]] = {}
    for leaf in leaves:
        seasons.setdefault(leaf.parent_key or show, []).append(leaf.rating_key)
    groups = {show: [leaf.rating_key for leaf in leaves]} if len(covered) == len(leaves) else seasons
    for key, keys in groups.items():
        of_group = [one for one in keys if one in missing]
        if len(of_group) > 1 and covered.issuperset(keys):
            yield Together(key, [wanted[one] for one in of_group])


def _untouched(leaf: ItemSummary) -> bool:
    """Whether nothing is lost by marking an episode as not watched."""
    return not leaf.view_count and not leaf.view_offset
