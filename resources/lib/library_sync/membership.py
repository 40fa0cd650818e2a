"""Which items are in which collections. An item's stamp does not show that reliably, so the collections are listed."""
from __future__ import annotations

import logging
from typing import Container, Dict, List, NamedTuple, Optional, Set, Tuple

from ..plex_errors import PlexBadAnswer, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ..plex_functions import PMSClient
from ..plex_model import PlexItem, Section
from ..state_db import CollectionState, StateDb
from .kinds import Kinds
from .tasks import CollectionIndex

LOG = logging.getLogger('pkc.sync')

_REFUSED = (PlexNotFound, PlexForbidden, PlexServerError, PlexRejected, PlexBadAnswer)


class LibraryCollections(NamedTuple):
    """``changed``: ratingKeys of items that entered or left a collection, or that are in one with a new title."""

    items: Optional[Tuple[PlexItem, ...]]
    collections: CollectionIndex
    changed: Set[str]


class Membership:
    """Compares a library's collections with what we last knew of them. ``named`` ones are listed in any case."""

    def __init__(self, client: PMSClient, state: StateDb, server_id: int, kinds: Kinds,
                 named: Container[str] = ()) -> None:
        self._client = client
        self._state = state
        self._server_id = server_id
        self._kinds = kinds
        self._named = named

    def look(self, section: Section, thorough: bool) -> LibraryCollections:
        """List all collections of a library. ``thorough``: list the items of all smart ones too, since these may change
        without any change of the collection.
        """
        known = self._state.collections(self._server_id, section.key)
        try:
            items: Optional[Tuple[PlexItem, ...]] = tuple(
                item for item in self._client.collections(section.key) if item.title)
        except _REFUSED as error:
            LOG.warning('no collections of library %s: %s', section.key, error)
            return LibraryCollections(None, self._remembered(known), set())
        first = not known and not any(self._state.counts(self._server_id, section.key, kind.name).total
                                      for kind in self._kinds.of_library(section.plex_type) if kind.in_collections)
        by_title: Dict[str, str] = {}
        smart: Dict[str, List[PlexItem]] = {}
        changed: Set[str] = set()
        unsure = False  # if true, nothing is stored, so that the next sync compares again
        for item in items or ():
            by_title.setdefault(item.title, item.rating_key)
            old = known.pop(item.rating_key, None)
            before = self._state.members(self._server_id, item.rating_key)
            now = before
            different = not _same(item, old) or item.rating_key in self._named
            if item.smart and (different or thorough) or different and not first:
                members = self._members(item)
                unsure = unsure or members is None
                now = before if members is None else members
                changed |= now ^ before
            if old is not None and old.title != item.title:
                changed |= now | before
            if item.smart:
                for key in now:
                    smart.setdefault(key, []).append(item)
        for key in known:
            changed |= self._state.members(self._server_id, key)
        return LibraryCollections(None if unsure else items, CollectionIndex(
            by_title, {key: tuple(item.rating_key for item in items) for key, items in smart.items()},
            {key: tuple(item.title for item in items) for key, items in smart.items()}), changed)

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


def remembered(section: Section, item: PlexItem) -> CollectionState:
    """A collection's row of the state database."""
    return CollectionState(item.rating_key, section.key, item.title, item.stamp, item.child_count, item.smart)


def _same(item: PlexItem, old: Optional[CollectionState]) -> bool:
    return old is not None and (old.stamp, old.title, old.item_count, old.smart) == (
        item.stamp, item.title, item.child_count, item.smart)
