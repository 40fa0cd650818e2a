"""The items of a library and their indices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, Callable, Dict

from tools.plexsim.config import Clock
from tools.plexsim.items.digests import hexdigest
from tools.plexsim.items.elements import build_elements
from tools.plexsim.items.records import Item, Playlist, Section

STATE_CREATED, STATE_PROCESSED, STATE_DELETED = 0, 5, 9
Listener = Callable[[str, Dict[str, Any]], None]


class Store:
    """Sections and items with their indices, and the listeners to changes.

    Listeners are called as ``listener(kind, payload)`` with kinds ``item`` (payload: item, state, metadata),
    ``section`` (section, change), ``watch`` (item) and ``playlist`` (playlist, state).
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.lock = threading.RLock()
        self.sections: dict[int, Section] = {}
        self.by_key: dict[int, Item] = {}
        self.by_guid: dict[str, list[Item]] = {}
        self.collections_of: dict[int, list[Item]] = {}
        self.extra_parts: dict[int, Item] = {}
        self.extras_of: dict[int, list[Item]] = {}
        self.playlists: dict[int, Playlist] = {}
        self.listeners: list[Listener] = []
        self.revision = 0
        self.server = ""
        self._last_key = 0
        self._last_entry = 500
        self._last_section = 0

    # ------------------------------------------------------------------ reading

    def get(self, rating_key: Any) -> Item | None:
        """Return the item with this rating key (number or text), None when there is none."""
        try:
            return self.by_key.get(int(rating_key))
        except (TypeError, ValueError):
            return None

    def need(self, rating_key: Any) -> Item:
        """Return the item with this rating key. Raises KeyError when there is none."""
        item = self.get(rating_key)
        if item is None:
            raise KeyError(f"no item {rating_key!r}")
        return item

    def items(self, type_name: str | None = None, section: int | None = None) -> Iterator[Item]:
        """Yield items in the order of rating keys, optionally of one type or section only."""
        for key in sorted(self.by_key):
            item = self.by_key[key]
            if (type_name is None or item.type == type_name) and (section is None or item.section.id == section):
                yield item

    def stored(self, item: Item) -> dict[str, Any]:
        """Return the stored child elements of an item, in full."""
        return item.elements if item.elements is not None else build_elements(item)

    def medias(self, item: Item) -> list[dict[str, Any]]:
        """Return the Media elements of an item."""
        found: list[dict[str, Any]] = self.stored(item).get("Media", [])
        return found

    # ------------------------------------------------------------------ low level

    def insert(
        self,
        type_name: str,
        section: Section,
        fields: dict[str, Any],
        parent: Item | None = None,
        elements: dict[str, Any] | None = None,
        rating_key: int | None = None,
    ) -> Item:
        """Put an item into the indices without telling listeners; without a rating key it gets the next one."""
        key = rating_key if rating_key is not None else self._last_key + 1
        item = Item(key, type_name, section, fields, parent)
        item.elements = elements
        if parent is not None:
            parent.children.append(item)
            parent.children.sort(key=lambda child: (child.fields.get("index") or 0, child.rating_key))
            parent.drop_cache()
        section.by_type.setdefault(type_name, {})[key] = item
        return self._indexed(item)

    def insert_extra(self, owner: Item, fields: dict[str, Any]) -> Item:
        """Put an extra into the indices without telling listeners; it is in no listing, only with its owner."""
        extra = Item(self._last_key + 1, "clip", owner.section, fields)
        extra.owner = owner
        self.extras_of.setdefault(owner.rating_key, []).append(extra)
        return self._indexed(extra)

    def _indexed(self, item: Item) -> Item:
        """Index an item by its rating key and its guid."""
        self._last_key = max(self._last_key, item.rating_key)
        self.by_key[item.rating_key] = item
        self.by_guid.setdefault(item.guid, []).append(item)
        self.revision += 1
        return item

    def reserve_keys(self, highest: int) -> None:
        """Give new items rating keys above this one."""
        self._last_key = max(self._last_key, highest)

    def _forget(self, item: Item) -> None:
        """Remove an item from all indices."""
        self.by_key.pop(item.rating_key, None)
        item.section.by_type.get(item.type, {}).pop(item.rating_key, None)
        for family in (
            self.by_guid.get(item.guid, []),
            item.parent.children if item.parent is not None else [],
            self.extras_of.get(item.owner.rating_key, []) if item.owner is not None else [],
        ):
            if item in family:
                family.remove(item)
        self.extras_of.pop(item.rating_key, None)
        for collection in self.collections_of.pop(item.rating_key, []):
            collection.members.remove(item.rating_key)
            collection.drop_cache()
        for member in item.members:
            if item in self.collections_of.get(member, []):
                self.collections_of[member].remove(item)
                self.by_key[member].drop_cache()
        item.drop_cache(family=True)
        self.revision += 1

    def _emit(self, kind: str, **payload: Any) -> None:
        for listener in list(self.listeners):
            listener(kind, payload)

    def announce_watched(self, item: Item) -> None:
        """Tell listeners that a watch state of an item changed."""
        self.revision += 1
        self._emit("watch", item=item)

    def _bump(self, item: Item) -> None:
        """Set updatedAt to now; the clock is advanced if the last change was in this second."""
        now = self.clock.stamp()
        last = item.updated_at or 0
        if now <= last:
            self.clock.advance(last + 1 - now)
            now = last + 1
        item.fields["updatedAt"] = now
        item.section.content_changed_at += 1
        item.section.scanned_at = now
        item.drop_cache(family=True)
        self.revision += 1

    def _announce_new(self, item: Item) -> Item:
        self._bump(item)
        self._emit("item", item=item, state=STATE_CREATED, metadata="created")
        self._emit("item", item=item, state=STATE_PROCESSED, metadata="")
        return item

    def _new_fields(self, kind: str, title: str, fields: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {
            "guid": f"plex://{kind}/{hexdigest(kind, self._last_key + 1, title)[:24]}",
            "title": title,
            "summary": "Added while running.",
            "addedAt": self.clock.stamp(),
        }
        result.update(fields)
        return result
