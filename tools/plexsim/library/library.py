"""The simulated library, which tests change and compare with."""

from __future__ import annotations

from typing import Any, Iterable

from tools.plexsim.config import OWNER, Clock
from tools.plexsim.items.records import Item, Section
from tools.plexsim.items.types import SECTION_LEVELS
from tools.plexsim.library import odd, recorded
from tools.plexsim.library.augmentation import Augmentations
from tools.plexsim.library.collections import Collections
from tools.plexsim.library.fields import listed
from tools.plexsim.library.generator import Generator
from tools.plexsim.library.matches import Match, Matches
from tools.plexsim.library.members import Members
from tools.plexsim.library.playlists import Playlists
from tools.plexsim.library.rendering import FULL, Renderer
from tools.plexsim.library.subtitles import OnlineSubtitles
from tools.plexsim.library.watch_states import WatchBook


class Library(Augmentations, Collections, Playlists, Matches, OnlineSubtitles):
    """Sections, items and the users' watch states.

    Every changing method takes ``lock``, updates the time stamps that a PMS would update, and tells the listeners.
    ``renderer`` makes the metadata of a PMS's answers.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.known_works: list[Match] = []
        self.online_extras: dict[int, list[str]] = {}
        self.online_subtitles = {}
        self.subtitle_candidates = {}
        self.subtitle_downloads = []
        self.watch = WatchBook(self)
        self.members = Members(self, self.watch)
        self.renderer = Renderer(self, self.watch, self.members)

    @classmethod
    def empty(cls) -> Library:
        """Return a library without sections."""
        return cls()

    @classmethod
    def generate(
        cls,
        seed: int = 1,
        movies: int = 100,
        shows: int = 10,
        seasons: int = 2,
        episodes: int = 5,
        oddities: bool | str = True,
        collections: int = 2,
    ) -> Library:
        """Generate a library; equal arguments give equal libraries.

        ``oddities``: some items have the rare oddities of real libraries; "more" adds items as ``make_odd`` does.
        """
        library = cls()
        maker = Generator(seed, bool(oddities), library)
        films = library.add_section("movie", "Movies")
        series = library.add_section("show", "TV Shows")
        for number in range(movies):
            maker.movie(films, number)
        for number in range(shows):
            maker.show(series, number, seasons, episodes)
        keys = [item.rating_key for item in films.items("movie")]
        for number in range(collections if movies else 0):
            library.add_collection(films.id, f"Collection {number + 1}", keys[number :: max(collections * 5, 1)][:30])
        if oddities == "more":
            library.make_odd()
        for section in (films, series):
            section.content_changed_at = 1000 + library._last_key
        return library

    @classmethod
    def from_recorded(cls, containers: Iterable[dict[str, Any]]) -> Library:
        """Build a library from recorded ``{"MediaContainer": …}`` answers of listings or metadata."""
        library = cls()
        recorded.load(library, library.watch, containers)
        return library

    def make_odd(self) -> dict[str, Item]:
        """Add items with all known oddities (see ``odd``); returns them by the name of the oddity."""
        return odd.make_odd(self)

    def truth(self, rating_key: Any, user: int = OWNER) -> dict[str, Any]:
        """Return the full metadata of an item that a PMS should answer, as a dictionary."""
        with self.lock:
            return self.renderer.item_dict(self.need(rating_key), user, FULL)

    def similar(self, item: Item) -> list[Item]:
        """Return the items of the same type and section with a common genre, those with most common genres first."""

        def genres(candidate: Item) -> set[str]:
            return {str(tag.get("tag")) for tag in listed(self.stored(candidate).get("Genre", []))}

        own = genres(item)
        shared = [(len(own & genres(other)), other) for other in item.section.items(item.type) if other is not item]
        return [other for count, other in sorted(shared, key=lambda pair: (-pair[0], pair[1].rating_key)) if count]

    # ------------------------------------------------------------------ new items

    def _default_section(self, type_name: str, section_id: int | None) -> Section:
        if section_id is not None:
            return self.sections[int(section_id)]
        for section in self.sections.values():
            if type_name in SECTION_LEVELS.get(section.type, []):
                return section
        return self.add_section(
            "movie" if type_name == "movie" else "show", "Movies" if type_name == "movie" else "TV Shows"
        )

    def add_movie(self, title: str, section_id: int | None = None, **fields: Any) -> Item:
        """Add a film to a section (default: the first film section)."""
        with self.lock:
            section = self._default_section("movie", section_id)
            values = {"year": 2024, "duration": 5_400_000, "contentRating": "PG", "originallyAvailableAt": "2024-05-01"}
            values.update(fields)
            return self._announce_new(self.insert("movie", section, self._new_fields("movie", title, values)))

    def add_show(self, title: str, section_id: int | None = None, **fields: Any) -> Item:
        """Add a show without seasons."""
        with self.lock:
            section = self._default_section("show", section_id)
            values = {"year": 2024, "duration": 2_700_000, "index": 1, "contentRating": "TV-14"}
            values.update(fields)
            return self._announce_new(self.insert("show", section, self._new_fields("show", title, values)))

    def add_season(self, show_key: Any, index: int, title: str | None = None, **fields: Any) -> Item:
        """Add a season to a show."""
        with self.lock:
            show = self.need(show_key)
            values = dict(fields, index=index)
            values = self._new_fields("season", title or (f"Season {index}" if index else "Specials"), values)
            return self._announce_new(self.insert("season", show.section, values, parent=show))

    def add_episode(self, season_key: Any, index: int, title: str | None = None, **fields: Any) -> Item:
        """Add an episode to a season. As on a real PMS the parents' time stamps do not change."""
        with self.lock:
            season = self.need(season_key)
            values: dict[str, Any] = {"duration": 2_700_000, "year": 2024, "originallyAvailableAt": "2024-06-01"}
            values.update(fields, index=index)
            values = self._new_fields("episode", title or f"Episode {index}", values)
            return self._announce_new(self.insert("episode", season.section, values, parent=season))

    # ------------------------------------------------------------------ watch state

    def scrobble(self, rating_key: Any, user: int = OWNER) -> None:
        """Mark as watched."""
        with self.lock:
            self.watch.scrobble(user, self.need(rating_key))

    def unscrobble(self, rating_key: Any, user: int = OWNER) -> None:
        """Mark as unwatched."""
        with self.lock:
            self.watch.unscrobble(user, self.need(rating_key))

    def set_progress(self, rating_key: Any, milliseconds: int, user: int = OWNER) -> None:
        """Set the position, in milliseconds."""
        with self.lock:
            self.watch.set_progress(user, self.need(rating_key), int(milliseconds))

    def rate(self, rating_key: Any, rating: float, user: int = OWNER) -> None:
        """Set the user's rating, 0 to 10; -1 removes it."""
        with self.lock:
            self.watch.rate(user, self.need(rating_key), float(rating))

    def remove_from_continue_watching(self, rating_key: Any, user: int = OWNER) -> None:
        """Hide from Continue Watching until watched again."""
        with self.lock:
            self.watch.remove_from_continue_watching(user, self.need(rating_key))

    def continue_watching(self, user: int = OWNER) -> list[Item]:
        """Return the items of Continue Watching in their order."""
        with self.lock:
            return self.watch.continue_watching(user)
