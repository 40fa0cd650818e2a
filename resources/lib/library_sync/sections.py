"""The server's libraries: choosing those to sync, and removing those that are no longer synced."""
from __future__ import annotations

import logging
from typing import Collection, Dict, List, Sequence, Set, Tuple

from ..batches import chunks
from ..kodi_db.writer import LibraryWriter
from ..plex_functions import BATCH_SIZE, PMSClient
from ..plex_model import Section
from ..state_db import SectionState, StateDb
from .kinds import Kinds
from .options import SyncServer
from .removal import Removals

LOG = logging.getLogger('pkc.sync')


def split_sections(offered: Sequence[Section], excluded: Sequence[str],
                   kinds: Kinds) -> Tuple[List[Section], List[Section]]:
    """(wanted libraries, excluded ones), of those with items of these kinds. ``excluded`` holds uuids or keys."""
    usable = [section for section in offered if kinds.of_library(section.plex_type)]
    wanted = [section for section in usable if not is_named(section, excluded)]
    return wanted, [section for section in usable if section not in wanted]


def told_apart(offered: Sequence[Section], taken: Collection[str], server_name: str) -> List[Section]:
    """Libraries with titles that none of another server has (``taken``): their titles are tags and nodes in Kodi."""
    there = {title.casefold() for title in taken}
    return [section._replace(title='%s (%s)' % (section.title, server_name))
            if server_name and section.title.casefold() in there else section for section in offered]


def is_named(section: Section, names: Collection[str]) -> bool:
    """Whether a library's uuid or key is in ``names``."""
    return section.uuid in names or section.key in names


def by_key(sections: Sequence[Section]) -> Dict[str, Section]:
    """Sections by their key."""
    return {section.key: section for section in sections}


class KnownSections:
    """The synced libraries in our database."""

    def __init__(self, writer: LibraryWriter, state: StateDb, server: SyncServer) -> None:
        self._writer = writer
        self._state = state
        self._server = server

    def remember(self, wanted: Sequence[Section]) -> Set[str]:
        """Store the libraries to sync, if they changed. Returns the keys of those that were not synced before."""
        known = self._state.sections(self._server.server_id)
        rows = [SectionState(s.key, s.uuid, s.plex_type, s.title, 0) for s in wanted]
        changed = [row for row in rows if known.get(row.section_key) != row]
        if changed:
            with self._writer.transaction():
                for row in changed:
                    self._state.put_section(self._server.server_id, row)
                    old = known.get(row.section_key)
                    if old and old.title != row.title:
                        # Every item has the library's title as a tag.
                        self._state.expire_section(self._server.server_id, row.section_key)
        return {row.section_key for row in rows}.difference(known)

    def drop(self, wanted: Sequence[Section], unwanted: Sequence[Section], offered: Sequence[Section],
             removals: Removals) -> List[str]:
        """Libraries that the user deselected go at once; those that the server lacks, when it is seen twice.

        Returns the keys of those that it lacks for the first time.
        """
        doubted: List[str] = []
        present, deselected = by_key(wanted), by_key(unwanted)
        for key, section in self._state.sections(self._server.server_id).items():
            if key in present:
                continue
            if key not in deselected and (section.missing < 1 or not offered):
                LOG.warning('library %s is missing at the server, kept until that is seen again', key)
                with self._writer.transaction():
                    self._state.put_section(self._server.server_id, section._replace(
                        missing=section.missing + (1 if offered else 0)))
                if offered:
                    doubted.append(key)
                continue
            removals.section(section)
            with self._writer.transaction():
                self._state.drop_section(self._server.server_id, key)
        return doubted

    def drop_leftovers(self, client: PMSClient, unwanted: Sequence[Section], removals: Removals) -> None:
        """Remove items taken over from Kodi's rows that are in no synced library: gone, or of a deselected one."""
        elsewhere = by_key(unwanted)
        for kind in reversed(self._server.kinds):
            keys = list(self._state.known(self._server.server_id, '', kind.name))
            gone: List[str] = []
            for chunk in chunks(keys, BATCH_SIZE):
                section_of = {item.rating_key: item.section_key for item in client.summaries(chunk)}
                gone += [key for key in chunk if key not in section_of or section_of[key] in elsewhere]
            if keys:
                removals.confirmed('', kind, gone, len(keys))
