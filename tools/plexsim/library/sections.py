"""Adding, changing and removing the sections of a library."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items.digests import hexdigest
from tools.plexsim.items.records import Section
from tools.plexsim.items.types import PERSONAL
from tools.plexsim.library.store import Store

AGENTS = {
    "movie": ("tv.plex.agents.movie", "Plex Movie"),
    "show": ("tv.plex.agents.series", "Plex TV Series"),
    "artist": ("tv.plex.agents.music", "Plex Music"),
    "photo": (PERSONAL, "Plex Photo Scanner"),
}


class Sections(Store):
    """A store whose sections can be added, changed and removed."""

    def add_section(
        self, type_name: str, title: str, section_id: int | None = None, agent: str | None = None
    ) -> Section:
        """Add a section of type movie, show, artist or photo; with the agent com.plexapp.agents.none of home videos."""
        with self.lock:
            number = section_id if section_id is not None else self._last_section + 1
            self._last_section = max(self._last_section, number)
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
                uuid=self._uuid(number, title),
            )
            self.sections[number] = section
            self._emit("section", section=section, change="created")
            return section

    def of_server(self, machine_identifier: str) -> None:
        """Give the sections uuids of their own: no two servers have the same."""
        with self.lock:
            if machine_identifier != self.server:
                self.server = machine_identifier
                for section in self.sections.values():
                    section.uuid = self._uuid(section.id, section.title)

    def _uuid(self, number: int, title: str) -> str:
        digest = hexdigest(*([self.server] if self.server else []), "section", number, title)
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]))

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
        """Set attributes of a section record: hidden, refreshing, scanned_at, content_changed_at, language, path …"""
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
