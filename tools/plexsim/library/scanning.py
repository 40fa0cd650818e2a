"""Changes that a scan of the server's disks makes: moved files, other versions, trailers."""

from __future__ import annotations

import copy
from typing import Any

from tools.plexsim.items.records import Item, Section
from tools.plexsim.items.types import EXTRA_TYPES, SECTION_LEVELS
from tools.plexsim.library import files
from tools.plexsim.library.editing import Editing
from tools.plexsim.library.store import STATE_PROCESSED

IVA = "iva://api.internetvideoarchive.com/2.0/DataService/VideoAssets(%d)?lang=en"


class Scanning(Editing):
    """A library whose files can be moved, added and shared."""

    def move(
        self,
        rating_key: Any,
        section_id: int | None = None,
        addedAt: int | None = None,  # noqa: N803 - Plex's name, as in all fields
        added_at: int | None = None,
    ) -> Item:
        """Give an item with all below it and its extras new rating keys, as a PMS does when its files moved.

        The guids are kept, and with them the watch state, which a PMS stores by guid; memberships in collections are
        lost. ``section_id`` moves a film or a show into another section of the same type; ``addedAt`` (or
        ``added_at``) is its new addedAt, by default now. Raises ValueError for another type of section.
        """
        with self.lock:
            old = self.need(rating_key)
            section = self.sections[int(section_id)] if section_id is not None else old.section
            if old.type not in SECTION_LEVELS[section.type]:
                raise ValueError(f"{old!r} cannot be in a section of type {section.type}")
            if old.parent is not None and section is not old.section:
                raise ValueError("only films and shows change their section")
            given = addedAt if addedAt is not None else added_at
            gone = self._tree(old)
            new = self._copy(old, section, old.parent, given if given is not None else self.clock.stamp())
            for item in reversed(gone):
                self._remove(item)
            for item in self._tree(new):
                self._announce_new(item)
            return new

    def _tree(self, item: Item) -> list[Item]:
        """Return an item, its extras and all below it, parents first."""
        found = [item, *self.extras_of.get(item.rating_key, [])]
        for child in item.children:
            found.extend(self._tree(child))
        return found

    def _copy(self, old: Item, section: Section, parent: Item | None, stamp: int) -> Item:
        """Insert a copy of an item and all that belongs to it."""
        new = self._filled(self.insert(old.type, section, _kept(old, stamp), parent), old)
        for extra in self.extras_of.get(old.rating_key, []):
            self._filled(self.insert_extra(new, _kept(extra, stamp)), extra)
        for child in list(old.children):
            self._copy(child, section, new, stamp)
        return new

    def _filled(self, new: Item, old: Item) -> Item:
        """Give a copy the elements of the original; its files get new ids and the new section's folder."""
        elements = copy.deepcopy(self.stored(old))
        medias = elements.pop("Media", None)
        new.elements, new.seed = elements, old.seed
        for media in medias or []:
            elements.setdefault("Media", []).append(files.renumbered(self, new, media))
        if new.section is not old.section:
            for part in [part for media in elements.get("Media", []) for part in media.get("Part", [])]:
                if str(part.get("file", "")).startswith(old.section.path + "/"):
                    part["file"] = new.section.path + part["file"][len(old.section.path) :]
        return new

    # ------------------------------------------------------------------ versions

    def _playable(self, rating_key: Any) -> Item:
        item = self.need(rating_key)
        if item.type not in ("movie", "episode"):
            raise ValueError(f"{item!r} has no files")
        return item

    def _changed(self, item: Item) -> Item:
        self._bump(item)
        self._emit("item", item=item, state=STATE_PROCESSED, metadata="")
        return item

    def add_version(self, rating_key: Any, width: int = 3840, height: int = 2160, **media_fields: Any) -> Item:
        """Add another version (a Media element with its own file) to a film or an episode."""
        with self.lock:
            item = self._playable(rating_key)
            media = files.version_of(self, item, width, height, media_fields)
            item.elements = dict(self.stored(item), Media=[*self.medias(item), media])
            return self._changed(item)

    def split_file(self, rating_key: Any, count: int = 2) -> Item:
        """Cut the file of the first version of a film or an episode into several parts, which are played as one."""
        with self.lock:
            item = self._playable(rating_key)
            first, *others = self.medias(item)
            item.elements = dict(self.stored(item), Media=[dict(first, Part=files.in_parts(first, count)), *others])
            return self._changed(item)

    def share_file(self, rating_key: Any, other_key: Any) -> Item:
        """Put an episode (or film) into the file of another: its Media becomes a copy with its own ids.

        A PMS lists a file with two episodes in this way: with each of them, the same file and size, different parts.
        Returns the other item, whose time stamp is updated.
        """
        with self.lock:
            item, other = self._playable(rating_key), self._playable(other_key)
            media = self.medias(item)[0]
            other.elements = dict(self.stored(other), Media=[])
            other.elements["Media"] = [files.renumbered(self, other, media)]
            return self._changed(other)

    # ------------------------------------------------------------------ extras

    def add_extra(self, rating_key: Any, title: str, subtype: str = "trailer", **fields: Any) -> Item:
        """Add a trailer or another extra to an item; it is in no listing, only with its owner or by its own key.

        With a guid ``file://<path>`` it is a file of the server, else one of Plex's trailer service. Subtypes are
        those of the official description. Raises ValueError for another one.
        """
        with self.lock:
            owner = self.need(rating_key)
            if subtype not in EXTRA_TYPES:
                raise ValueError("subtype is one of " + ", ".join(EXTRA_TYPES))
            values: dict[str, Any] = {
                "guid": IVA % ((self._last_key + 1) * 100),
                "subtype": subtype,
                "extraType": EXTRA_TYPES[subtype],
                "duration": 120_000,
                "summary": "",
            }
            values.update(fields)
            extra = self.insert_extra(owner, self._new_fields("clip", title, values))
            extra.elements = {"Media": [files.extra_media(extra)]}
            self._announce_new(extra)
            self._changed(owner)
            return extra


def _kept(old: Item, stamp: int) -> dict[str, Any]:
    """Return the attributes that a copy of an item keeps."""
    fields = {name: value for name, value in old.fields.items() if not _stale(name, value)}
    fields.update(addedAt=stamp, guid=old.guid)
    return fields


def _stale(name: str, value: Any) -> bool:
    """Whether an attribute refers to keys or pictures of the old item or its old section."""
    if name in ("thumb", "art", "updatedAt") or (name == "primaryExtraKey" and value):
        return True
    return name.startswith(("parent", "grandparent", "librarySection")) and name != "parentIndex"
