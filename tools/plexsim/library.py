"""The simulated library: the truth that tests compare with, and the hands that change it."""

from __future__ import annotations

from typing import Any, Iterable

from tools.plexsim import details
from tools.plexsim.changes import Changes
from tools.plexsim.collecting import Collecting
from tools.plexsim.generate import Generator
from tools.plexsim.items import PERSONAL, SECTION_LEVELS, Item, Section
from tools.plexsim.store import OWNER

AGENTS = {
    "movie": ("tv.plex.agents.movie", "Plex Movie"),
    "show": ("tv.plex.agents.series", "Plex TV Series"),
    "artist": ("tv.plex.agents.music", "Plex Music"),
    "photo": (PERSONAL, "Plex Photo Scanner"),
}


class Library(Changes, Collecting):
    """Sections and items. Every mutator takes ``lock``, bumps what a PMS would bump, and tells the listeners.

    Listeners are called as ``listener(kind, payload)`` with kinds ``item`` (payload: item, state, metadataState),
    ``section`` (section, change) and ``watch`` (item).
    """

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
        """Make up a library; equal arguments give equal libraries.

        ``oddities``: some items have the rarities of real libraries; "more" adds items as ``make_odd`` does.
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
        from tools.plexsim.recorded import load

        return load(cls(), containers)

    def make_odd(self) -> dict[str, Item]:
        """Add items that are odd in every known way (see ``odd``); returns them by the name of their oddity."""
        from tools.plexsim.odd import make_odd

        return make_odd(self)

    # ------------------------------------------------------------------ mutators

    def add_section(
        self, type_name: str, title: str, section_id: int | None = None, agent: str | None = None
    ) -> Section:
        """Add a section of type movie, show, artist or photo; agent com.plexapp.agents.none makes it home videos."""
        with self.lock:
            number = section_id if section_id is not None else self._last_section + 1
            self._last_section = max(self._last_section, number)
            digest = details.hexdigest("section", number, title)
            own_agent, scanner = AGENTS[type_name]
            if agent == PERSONAL and type_name == "movie":
                scanner = "Plex Video Files Scanner"
            section = Section(
                id=number,
                type=type_name,
                title=title,
                agent=agent or own_agent,
                scanner=scanner,
                path="/media/" + title,
                uuid="-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:])),
            )
            self.sections[number] = section
            self._emit("section", section=section, change="created")
            return section

    def rename_section(self, section_id: int, title: str) -> None:
        """Give a section another title."""
        with self.lock:
            section = self.sections[int(section_id)]
            section.title = title
            section.updated_at = self.clock.stamp()
            for item in self.items(section=section.id):
                item.drop_cache()
            self._emit("section", section=section, change="updated")

    def set_section(self, section_id: int, **attributes: Any) -> None:
        """Set attributes of a section record: hidden, refreshing, scanned_at, content_changed_at, language."""
        with self.lock:
            section = self.sections[int(section_id)]
            for name, value in attributes.items():
                if not hasattr(section, name):
                    raise AttributeError(name)
                setattr(section, name, value)

    def remove_section(self, section_id: int) -> None:
        """Remove a section with everything in it."""
        with self.lock:
            section = self.sections.pop(int(section_id))
            for item in [item for item in self.by_key.values() if item.section is section]:
                self._forget(item)
            self._emit("section", section=section, change="deleted")

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
        """Add an episode to a season. As on a real PMS the parents' time stamps do not move."""
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
