"""Changing and deleting items."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items.elements import build_elements
from tools.plexsim.items.records import Item
from tools.plexsim.library.sections import Sections
from tools.plexsim.library.store import STATE_DELETED, STATE_PROCESSED

NAMING = frozenset(("title", "year", "index"))  # the fields that generated file names contain


class Editing(Sections):
    """A library whose items can be changed and deleted."""

    def update(self, rating_key: Any, **attributes: Any) -> Item:
        """Change attributes (None removes one) or, by capitalised name, child elements; bumps updatedAt.

        A picture that was set is kept only for collections (a chosen poster); others get the URL with the new stamp.
        """
        with self.lock:
            item = self.need(rating_key)
            if NAMING & attributes.keys():
                self._keep_files(item)
            for name, value in attributes.items():
                if name[:1].isupper():
                    item.elements = dict(self.stored(item))
                    item.elements[name] = value
                elif name == "guid":
                    self.by_guid[item.guid].remove(item)
                    item.fields["guid"] = value
                    self.by_guid.setdefault(item.guid, []).append(item)
                else:
                    item.fields[name] = value
            for member in item.members:
                self.need(member).drop_cache()
            for picture in ("thumb", "art"):
                if item.type != "collection" and picture not in attributes:
                    item.fields.pop(picture, None)
            if "updatedAt" in attributes:
                item.drop_cache(family=True)
                self.revision += 1
            else:
                self._bump(item)
            self._emit("item", item=item, state=STATE_PROCESSED, metadata="")
            return item

    def _keep_files(self, item: Item) -> None:
        """Store the generated elements of an item and all below it: another title must not rename its files."""
        for leaf in item.leaves():
            if leaf.elements is None:
                leaf.elements = build_elements(leaf)

    def delete(self, rating_key: Any) -> None:
        """Delete an item with everything below it and its extras; an empty season or show is deleted too."""
        with self.lock:
            item = self.need(rating_key)
            for below in [*self.extras_of.get(item.rating_key, []), *item.children]:
                self.delete(below.rating_key)
            if item.rating_key not in self.by_key:
                return
            parent = item.parent
            self._remove(item)
            if parent is not None and not parent.children:
                self.delete(parent.rating_key)

    def _remove(self, item: Item) -> None:
        """Remove one item and tell the listeners."""
        self._forget(item)
        item.section.content_changed_at += 1
        self._emit("item", item=item, state=STATE_DELETED, metadata="deleted")
