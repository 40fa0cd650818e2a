"""Matching of films and shows with works, and what Plex's cloud knows beside the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.plexsim.items.digests import hexdigest
from tools.plexsim.items.records import Item
from tools.plexsim.library.editing import Editing

MATCHED = ("movie", "show")


@dataclass(frozen=True)
class Match:
    """A work that an item may be."""

    guid: str
    name: str
    year: int | None
    score: int


class Matches(Editing):
    """A library whose items can be matched. ``known_works`` are found for every item whose title is in theirs."""

    known_works: list[Match]

    def add_work(self, name: str, year: int | None = None, guid: str = "", score: int = 90) -> Match:
        """Let a work be known to the agents; returns it."""
        made = Match(guid or f"plex://movie/{hexdigest('work', name, year)[:24]}", name, year, score)
        self.known_works.append(made)
        return made

    def matches(self, item: Item, title: str | None, year: str | None) -> list[Match]:
        """Return candidates for an item, the best first. ``title`` and ``year``: as typed, None for the item's own."""
        words = (title or item.title).casefold()
        own_year = item.fields.get("year")
        found = [] if title else [Match(item.guid, item.title, own_year, 100)]
        found += [one for one in self.known_works
                  if words in one.name.casefold() and one.guid != item.guid and (not year or str(one.year) == year)]
        return sorted(found, key=lambda one: -one.score)

    def match(self, rating_key: Any, guid: str, name: str = "") -> Item:
        """Make an item another work: guid, title and year change."""
        with self.lock:
            item = self.need(rating_key)
            known = next((one for one in self.known_works if one.guid == guid), None)
            changes: dict[str, Any] = {"guid": guid}
            if name or known:
                changes["title"] = name or (known.name if known else item.title)
            if known and known.year:
                changes["year"] = known.year
            return self.update(item.rating_key, **changes)

    def unmatch(self, rating_key: Any) -> Item:
        """Make an item a local one."""
        return self.update(rating_key, guid=f"local://{rating_key}")
