"""Generates libraries: the same seed gives the same library, including rare oddities."""

from __future__ import annotations

import random
from typing import Any

from tools.plexsim.items import words
from tools.plexsim.items.digests import hexdigest
from tools.plexsim.items.records import Item, Section
from tools.plexsim.library.store import Store

FIRST_DAY = 1_577_836_800  # 2020-01-01, the earliest addedAt
LAST_DAY = 1_760_000_000  # the latest; far enough in the past for cursors to be tested


class Generator:
    """Fills sections of a store with generated items."""

    def __init__(self, seed: int, oddities: bool, store: Store) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        # Items of libraries without oddities have seed 0, with which build_media makes none either.
        self.item_seed = seed if oddities else 0
        self.last_guid = ""
        self.oddities = oddities
        self.store = store

    def insert(self, kind: str, section: Section, fields: dict[str, Any], parent: Item | None = None) -> Item:
        """Put an item into the store whose child elements are derived from the seed."""
        item = self.store.insert(kind, section, fields, parent)
        item.seed = self.item_seed
        return item

    def chance(self, probability: float) -> bool:
        """Return True with the given probability, never when oddities are off."""
        return self.oddities and self.rng.random() < probability

    def title(self, number: int) -> str:
        """Return a title; one in a hundred is in another script."""
        rng = self.rng
        if self.chance(0.01):
            return f"{rng.choice(words.STRANGE_TITLES)} {number}"
        return rng.choice(
            (
                f"The {rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)}",
                f"{rng.choice(words.NOUNS)} of {rng.choice(words.PLACES)}",
                f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)} {number}",
            )
        )

    def common(self, kind: str, title: str, year: int, added: int | None = None) -> dict[str, Any]:
        """Return the attributes that all kinds of items share."""
        rng = self.rng
        added = added if added is not None else rng.randrange(FIRST_DAY, LAST_DAY)
        digest = hexdigest(kind, self.seed, title, rng.random())[:24]
        fields: dict[str, Any] = {
            "guid": f"plex://{kind}/{digest}",
            "title": title,
            "summary": " ".join(rng.sample(words.SENTENCES, rng.randrange(1, 5))),
            "year": year,
            "audienceRating": round(rng.uniform(1, 10), 1),
            "audienceRatingImage": "themoviedb://image.rating",
            "originallyAvailableAt": f"{year:04d}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            "addedAt": added,
            "updatedAt": added + rng.randrange(60, 20_000_000),
        }
        if title.startswith("The "):
            fields["titleSort"] = title[4:]
        if self.chance(0.02):
            fields["updatedAt"] = added - rng.randrange(100, 1_000_000)
        elif self.chance(0.04 if kind == "episode" else 0.01):
            del fields["updatedAt"]
        if self.chance(0.005):
            fields["audienceRating"] = rng.choice((2049, 1521628))
        if self.chance(0.005):
            del fields["originallyAvailableAt"]
        if self.chance(0.01):
            del fields["year"]
        if self.chance(0.005):
            del fields["summary"]
        return fields

    def movie(self, section: Section, number: int) -> Item:
        """Make one movie."""
        rng = self.rng
        title = self.title(number)
        fields = self.common("movie", title, rng.randrange(1925, 2026))
        fields.update(
            slug=f"movie-{number}",
            studio=rng.choice(words.STUDIOS),
            contentRating=rng.choice(words.MOVIE_RATINGS),
            rating=round(rng.uniform(1, 10), 1),
            ratingImage="rottentomatoes://image.rating.ripe",
            tagline=rng.choice(words.SENTENCES),
            duration=rng.randrange(70 * 60_000, 190 * 60_000),
            chapterSource="media",
        )
        if self.chance(0.02):
            fields["guid"] = f"com.plexapp.agents.imdb://tt{number:07d}?lang=en"
        elif self.chance(0.01):
            fields["guid"] = f"local://{number + 1}"
        elif self.last_guid and self.chance(0.005):
            fields["guid"] = self.last_guid
        self.last_guid = fields["guid"]
        if self.chance(0.02):
            fields["editionTitle"] = rng.choice(("Director's Cut", "Extended", "Theatrical"))
        if self.chance(0.05):
            fields["originalTitle"] = rng.choice(words.STRANGE_TITLES)
        if self.chance(0.01):
            del fields["contentRating"]
        return self.insert("movie", section, fields)

    def show(self, section: Section, number: int, seasons: int, episodes: int) -> Item:
        """Make one show with its seasons and episodes; one show in eight has specials."""
        rng = self.rng
        title = self.title(number)
        year = rng.randrange(1965, 2026)
        fields = self.common("show", title, year)
        fields.update(
            slug=f"show-{number}",
            studio=rng.choice(words.STUDIOS),
            index=1,
            contentRating=rng.choice(words.SHOW_RATINGS),
            duration=rng.choice((25, 45, 60)) * 60_000,
            tagline=rng.choice(words.SENTENCES),
            theme=True,
        )
        show = self.insert("show", section, fields)
        for index in range(0 if self.chance(0.125) else 1, seasons + 1):
            self.season(show, index, year + max(index - 1, 0), 2 if index == 0 else episodes)
        return show

    def season(self, show: Item, index: int, year: int, episodes: int) -> Item:
        """Make one season with its episodes."""
        added = int(show.added_at or FIRST_DAY) + index * 86_400
        fields = self.common("season", f"Season {index}" if index else "Specials", year, added)
        for name in ("audienceRating", "audienceRatingImage", "originallyAvailableAt", "year", "titleSort"):
            fields.pop(name, None)
        fields.update(index=index, summary="")
        season = self.insert("season", show.section, fields, show)
        for number in range(1, episodes + 1):
            self.episode(season, number, year, added)
        return season

    def episode(self, season: Item, index: int, year: int, added: int) -> Item:
        """Make one episode. A few have no parentIndex, as seen with badly matched files."""
        fields = self.common("episode", self.title(index), year, added + index)
        show = season.root()
        fields.update(index=index, duration=max(60_000, show.duration + self.rng.randrange(-300_000, 300_000)))
        if show.fields.get("contentRating"):
            fields["contentRating"] = show.fields["contentRating"]
        if self.chance(0.002):
            fields["parentIndex"] = None
        return self.insert("episode", season.section, fields, season)
