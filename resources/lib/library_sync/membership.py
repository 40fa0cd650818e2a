"""Which items are in which collections. An item's stamp does not show that reliably, so the collections are listed."""
from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Container, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import PMSClient
from ..plex_kinds import COLLECTION
from ..plex_model import PlexItem, Section
from ..state_db import CollectionState, StateDb
from .kinds import Kinds
from .pipeline import together
from .tasks import CollectionIndex

LOG = logging.getLogger('pkc.sync')

_REFUSED = (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer)


class LibraryCollections(NamedTuple):
    """``changed``: ratingKeys of items that entered or left a collection, or that are in one with a new title."""

    items: Optional[Tuple[PlexItem, ...]]
    collections: CollectionIndex
    changed: Set[str]


class Membership:
    """Compares a library's collections with what we last knew of them. ``named`` ones are listed in any case.

    ``parallel`` allows several requests at a time.
    """

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, kinds: Kinds,
                 named: Container[str] = (), parallel: bool = False) -> None:
        self._client = client
        self._state = state
        self._server_id = server_id
        self._kinds = kinds
        self._named = named
        self._parallel = parallel
        self._several = _SeveralLibraries(client)

    def expect(self, sections: Sequence[Section], thorough: bool) -> None:
        """These libraries will be asked for: one request may do for all. ``thorough`` as for :meth:`look`."""
        self._several.expect({section.key: bool(self._state.collections(self._server_id, section.key))
                              for section in sections}, thorough)

    def listed(self, section: Section) -> Optional[Tuple[PlexItem, ...]]:
        """All collections of a library; None when the server does not tell. Reads no database."""
        try:
            items = self._several.collections(section.key)
            if items is None:
                items = self._client.collections(section.key)
            return tuple(item for item in items if item.title)
        except _REFUSED as error:
            LOG.warning('no collections of library %s: %s', section.key, error)
            return None

    def look(self, section: Section, items: Optional[Tuple[PlexItem, ...]], thorough: bool) -> LibraryCollections:
        """Compare a library's collections (:meth:`listed`). ``thorough``: list the items of all smart ones too, since
        these may change without any change of the collection.
        """
        known = self._state.collections(self._server_id, section.key)
        if items is None:
            return LibraryCollections(None, self._remembered(known), set())
        first = not known and not any(self._state.counts(self._server_id, section.key, kind.name).total
                                      for kind in self._kinds.of_library(section.plex_type) if kind.in_collections)
        different = {item.rating_key for item in items
                     if not _same(item, known.get(item.rating_key)) or item.rating_key in self._named}
        listed = self._all_members([item for item in items if item.smart and thorough or (
            item.smart or not first) and item.rating_key in different])
        by_title: Dict[str, str] = {}
        smart: Dict[str, List[PlexItem]] = {}
        changed: Set[str] = set()
        for item in items:
            by_title.setdefault(item.title, item.rating_key)
            old = known.pop(item.rating_key, None)
            before = self._state.members(self._server_id, item.rating_key)
            members = listed.get(item.rating_key)
            now = before if members is None else members
            changed |= now ^ before
            if old is not None and old.title != item.title:
                changed |= now | before
            if item.smart:
                for key in now:
                    smart.setdefault(key, []).append(item)
        for key in known:
            changed |= self._state.members(self._server_id, key)
        unsure = None in listed.values()  # then nothing is stored, so that the next sync compares again
        return LibraryCollections(None if unsure else items, CollectionIndex(
            by_title, {key: tuple(item.rating_key for item in items) for key, items in smart.items()},
            {key: tuple(item.title for item in items) for key, items in smart.items()}), changed)

    def _all_members(self, items: Sequence[PlexItem]) -> Dict[str, Optional[Set[str]]]:
        """The members of collections, by ratingKey; None for one whose members the server does not tell."""
        return dict(zip((item.rating_key for item in items),
                        together([partial(self._members, item) for item in items], self._parallel)))

    def _members(self, item: PlexItem) -> Optional[Set[str]]:
        try:
            return set(self._client.members(item.rating_key))
        except _REFUSED as error:
            LOG.warning('the items of collection %s are not known: %s', item.rating_key, error)
            return None

    def _remembered(self, known: Dict[str, CollectionState]) -> CollectionIndex:
        keys: Dict[str, List[CollectionState]] = {}
        for row in known.values():
            for key in self._state.members(self._server_id, row.rating_key) if row.smart else ():
                keys.setdefault(key, []).append(row)
        return CollectionIndex(
            {row.title: row.rating_key for row in known.values()},
            {key: tuple(row.rating_key for row in rows) for key, rows in keys.items()},
            {key: tuple(row.title for row in rows) for key, rows in keys.items()})


class _SeveralLibraries:
    """The collections of several libraries by one request, as far as its answer can be believed. Safe to use from
    several threads.

    A server that does not know such a listing may answer with nothing, or with all its items. So a library that had
    collections is asked itself when they seem to be gone, and where none are known, a sweep asks each library.
    """

    def __init__(self, client: PMSClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._expected: Dict[str, bool] = {}
        self._found: Optional[Dict[str, List[PlexItem]]] = None

    def expect(self, libraries: Dict[str, bool], thorough: bool) -> None:
        """The keys of the libraries, and whether they are known to have collections."""
        self._expected = libraries if len(libraries) > 1 and (any(libraries.values()) or not thorough) else {}

    def collections(self, section_key: str) -> Optional[List[PlexItem]]:
        """The collections of a library; None when it must be asked for them itself."""
        with self._lock:
            if self._found is None and self._expected:
                self._found = self._asked()
            if self._found is None or section_key not in self._expected:
                return None
            found = self._found.get(section_key, [])
            return found if found or not self._expected[section_key] else None

    def _asked(self) -> Optional[Dict[str, List[PlexItem]]]:
        items: Optional[List[PlexItem]] = None
        try:
            items = self._client.all_collections()
        except _REFUSED as error:
            LOG.info('each library is asked for its collections: %s', error)
        if items is None or not items and any(self._expected.values()) or not all(
                item.section_key and item.plex_type == COLLECTION.name for item in items):
            self._expected = {}
            return None
        found: Dict[str, List[PlexItem]] = {}
        for item in items:
            found.setdefault(item.section_key, []).append(item)
        return found


def remembered(section: Section, item: PlexItem) -> CollectionState:
    """A collection's row of the state database."""
    return CollectionState(item.rating_key, section.key, item.title, item.stamp, item.child_count, item.smart)


def _same(item: PlexItem, old: Optional[CollectionState]) -> bool:
    return old is not None and (old.stamp, old.title, old.item_count, old.smart) == (
        item.stamp, item.title, item.child_count, item.smart)
