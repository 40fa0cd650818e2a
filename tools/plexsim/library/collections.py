"""Collections: plain ones, whose title is a tag of their members, and smart ones, which are saved searches."""

from __future__ import annotations

from typing import Any, Iterable

from tools.plexsim.items.digests import hexdigest
from tools.plexsim.items.records import Item
from tools.plexsim.library.editing import Editing
from tools.plexsim.library.store import STATE_PROCESSED


class Collections(Editing):
    """A library that has collections."""

    def add_collection(
        self, section_id: int, title: str, members: Iterable[Any] = (), smart: str | None = None
    ) -> Item:
        """Add a collection; ``smart`` is a filter query such as ``type=1&year=1999``, evaluated at each request.

        Members of a smart collection have no tag of it, and its own time stamp does not change with them.
        Raises ValueError for a smart collection with members.
        """
        with self.lock:
            keys = list(members)
            if smart is not None and keys:
                raise ValueError("a smart collection finds its members itself")
            section = self.sections[int(section_id)]
            fields = self._new_fields("collection", title, {"guid": f"collection://{hexdigest(title, section_id)}"})
            fields["updatedAt"] = fields["addedAt"]
            item = self.insert("collection", section, fields, elements={})
            item.smart = smart
            for member in keys:
                self._join(item, self.need(member))
            self._emit("item", item=item, state=STATE_PROCESSED, metadata="")
            return item

    def set_collection(self, collection_key: Any, **fields: Any) -> Item:
        """Change a collection's title, titleSort, summary, …; its members are not stamped.

        ``thumb=True`` and ``art=True`` choose a poster and a background (None removes them): without a chosen
        poster the picture is a composite. Raises ValueError when the key is not that of a collection.
        """
        with self.lock:
            if self.need(collection_key).type != "collection":
                raise ValueError(f"{collection_key} is no collection")
            return self.update(collection_key, **fields)

    def _plain(self, collection_key: Any) -> Item:
        item = self.need(collection_key)
        if item.type != "collection" or item.smart is not None:
            raise ValueError(f"{collection_key} takes no members")
        return item

    def _join(self, collection: Item, item: Item) -> None:
        if item.rating_key not in collection.members:
            collection.members.append(item.rating_key)
            self.collections_of.setdefault(item.rating_key, []).append(collection)
            item.drop_cache()
            collection.drop_cache()

    def add_to_collection(self, collection_key: Any, rating_key: Any) -> None:
        """Put an item into a plain collection; both are stamped as changed."""
        with self.lock:
            collection, item = self._plain(collection_key), self.need(rating_key)
            self._join(collection, item)
            for changed in (collection, item):
                self._bump(changed)
                self._emit("item", item=changed, state=STATE_PROCESSED, metadata="")

    def remove_from_collection(self, collection_key: Any, rating_key: Any) -> None:
        """Take an item out of a plain collection; both are stamped as changed."""
        with self.lock:
            collection, item = self._plain(collection_key), self.need(rating_key)
            collection.members.remove(item.rating_key)
            self.collections_of[item.rating_key].remove(collection)
            for changed in (collection, item):
                self._bump(changed)
                self._emit("item", item=changed, state=STATE_PROCESSED, metadata="")
