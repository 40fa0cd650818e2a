"""Making Plex metadata of items: dictionaries, and of those cached JSON rows.

Listings have Media and Part but no streams, at most three roles, two genres, writers and countries, with the tag's
name only (as recorded listings); /library/metadata has everything.
"""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple

from tools.plexsim.config import OWNER
from tools.plexsim.formats.json_text import dumps
from tools.plexsim.items.elements import chapters, images, markers
from tools.plexsim.items.records import Item
from tools.plexsim.items.types import EXTRA_TYPES, SECTION_LEVELS
from tools.plexsim.library.artwork import artwork
from tools.plexsim.library.members import Members, smart_type
from tools.plexsim.library.store import Store
from tools.plexsim.library.watch_states import WatchBook

IDENTITY = frozenset(("ratingKey", "key", "guid", "type"))
LISTING_LIMITS = {"Genre": 2, "Country": 2, "Director": 2, "Writer": 2, "Role": 3, "Collection": 2}
LISTING_DROPS = (
    "Guid",
    "Rating",
    "Producer",
    "Similar",
    "Label",
    "Location",
    "Marker",
    "Chapter",
    "Extras",
    "Preferences",
)
# The child elements in a row of a listing.
LISTED = frozenset("Media Image UltraBlurColors Genre Country Director Writer Role Collection Guid".split())


class View(NamedTuple):
    """The form in which an item is rendered; hashable, so that rows can be cached by it."""

    full: bool = False
    section_titles: bool = False
    guids: bool = False
    markers: bool = False
    chapters: bool = False
    extras: bool = False
    check_files: bool = False
    streams: bool = False
    omitted: frozenset[str] = frozenset()
    only_fields: frozenset[str] | None = None
    drop_fields: frozenset[str] = frozenset()
    only_elements: frozenset[str] | None = None
    drop_elements: frozenset[str] = frozenset()


LISTING = View()
FULL = View(full=True, section_titles=True, guids=True)


class Renderer:
    """Renders the items of a store, with the watch state of a user."""

    def __init__(self, store: Store, watch: WatchBook, members: Members) -> None:
        self.store = store
        self.watch = watch
        self.members = members

    def prerender(self, users: Iterable[int] = (OWNER,)) -> None:
        """Render the listing row and the full row of every item, so that no request must wait for it."""
        with self.store.lock:
            for item in self.store.items():
                for user in users:
                    self.row(item, user, LISTING)
                    self.row(item, user, FULL)

    def row(self, item: Item, user: int, view: View) -> bytes:
        """Return the JSON bytes of an item, from the cache if possible."""
        key = (user, view)
        found: bytes | None = item.cache.get(key)
        if found is None:
            found = dumps(self.item_dict(item, user, view))
            if item.smart is None:  # not cached: the items of a smart collection depend on all others
                item.cache[key] = found
        return found

    def item_dict(self, item: Item, user: int, view: View) -> dict[str, Any]:
        """Return an item as the dictionary that becomes its JSON or XML."""
        result = self.attributes(item, user, view)
        if view.only_fields is not None:
            wanted = view.only_fields | IDENTITY
            result = {name: value for name, value in result.items() if name in wanted}
        if view.drop_fields:
            result = {name: value for name, value in result.items() if name not in view.drop_fields or name in IDENTITY}
        if view.omitted:
            result = {name: value for name, value in result.items() if name not in view.omitted}
        if self._has_elements(item, view):
            result.update(self.elements(item, user, view))
        return result

    # ------------------------------------------------------------------ attributes

    def attributes(self, item: Item, user: int, view: View) -> dict[str, Any]:
        """Return all attributes of an item, including derived ones; those without a value are left out."""
        key = f"/library/metadata/{item.rating_key}"
        result: dict[str, Any] = {"ratingKey": str(item.rating_key), "key": key if item.is_leaf else key + "/children"}
        if item.type == "collection":
            result["key"] = f"/library/collections/{item.rating_key}/children"
        fields = dict(item.fields)
        result["guid"] = fields.pop("guid", item.guid)
        result["type"] = "collection" if item.type == "collection" else item.type
        result.update(self._parents(item))
        for extra in self.store.extras_of.get(item.rating_key, []):
            if extra.fields.get("extraType") == EXTRA_TYPES["trailer"]:
                result["primaryExtraKey"] = f"/library/metadata/{extra.rating_key}"
                break
        result.update(fields)
        result.update(artwork(item))
        if view.section_titles:
            section = item.section
            result.update(librarySectionTitle=section.title, librarySectionKey=f"/library/sections/{section.id}")
            result.setdefault("librarySectionID", section.id)
        result.update(self.watch.attributes(user, item))
        if item.type == "collection":
            result.update(self._collection(item, user))
        return {name: value for name, value in result.items() if value is not None}

    def _parents(self, item: Item) -> dict[str, Any]:
        """Return the parent and grandparent attributes of seasons and episodes."""
        result: dict[str, Any] = {}
        for prefix, ancestor in (("parent", item.parent), ("grandparent", item.parent.parent if item.parent else None)):
            if ancestor is None:
                continue
            result[prefix + "RatingKey"] = str(ancestor.rating_key)
            result[prefix + "Guid"] = ancestor.guid
            result[prefix + "Key"] = f"/library/metadata/{ancestor.rating_key}"
            result[prefix + "Title"] = ancestor.title
            pictures = artwork(ancestor)
            result[prefix + "Thumb"] = pictures.get("thumb")
            if ancestor.type == "show":
                result[prefix + "Theme"] = pictures.get("theme")
                result["art"] = pictures.get("art")
                if prefix == "grandparent":
                    result["grandparentArt"] = pictures.get("art")
                    result["grandparentSlug"] = ancestor.fields.get("slug")
                else:
                    result["parentYear"] = ancestor.fields.get("year")
                    result["parentStudio"] = ancestor.fields.get("studio")
                    result["parentSlug"] = ancestor.fields.get("slug")
            if prefix == "parent":
                result["parentIndex"] = ancestor.fields.get("index")
        return result

    def _collection(self, item: Item, user: int) -> dict[str, Any]:
        members = self.members.of(item, user)
        result: dict[str, Any] = {
            "subtype": smart_type(item) if item.smart is not None else SECTION_LEVELS[item.section.type][0],
            "index": item.rating_key,
            "childCount": len(members),
            "maxYear": None,
            "minYear": None,
        }
        years = sorted(str(member.fields["year"]) for member in members if member.fields.get("year"))
        if years:
            result.update(maxYear=years[-1], minYear=years[0])
        if item.smart is not None:
            result.update(smart=True, content=f"/library/sections/{item.section.id}/all?{item.smart}")
        return result

    # ------------------------------------------------------------------ elements

    def _has_elements(self, item: Item, view: View) -> bool:
        """Whether the row can have any child element; if not, generating them is skipped."""
        if item.elements is not None or view.full:
            return view.only_elements is None or bool(view.only_elements)
        wanted = LISTED if view.only_elements is None else LISTED & view.only_elements
        return bool(wanted - view.drop_elements)

    def elements(self, item: Item, user: int, view: View) -> dict[str, Any]:
        """Return the child elements of an item in the form that the view asks for."""
        result = dict(self.store.stored(item))
        pictures = artwork(item)
        if not pictures.get("art") and item.type in ("season", "episode"):
            pictures["art"] = artwork(item.root()).get("art")
        shown = images(item.title, pictures)
        if shown and "Image" not in result and item.type != "collection":
            result["Image"] = shown
        collections = self.store.collections_of.get(item.rating_key)
        if collections:
            result["Collection"] = [
                {
                    "id": entry.rating_key,
                    "filter": f"collection={entry.rating_key}",
                    "tag": entry.title,
                    "guid": entry.guid,
                }
                for entry in collections
            ]
        if view.full:
            self._complete(item, user, result, view)
        else:
            for name in LISTING_DROPS:
                if name != "Guid" or not view.guids:
                    result.pop(name, None)
            for name, limit in LISTING_LIMITS.items():
                if name in result:
                    result[name] = _short(result[name], limit)
        if "Media" in result:
            present = not item.fields.get("deletedAt")
            result["Media"] = [self._media(media, view, present) for media in result["Media"]]
        if view.only_elements is not None:
            result = {name: value for name, value in result.items() if name in view.only_elements}
        return {name: value for name, value in result.items() if name not in view.drop_elements}

    def _complete(self, item: Item, user: int, result: dict[str, Any], view: View) -> None:
        """Add to full metadata the elements that must be requested."""
        if view.markers and "Marker" not in result and item.is_leaf:
            result["Marker"] = markers(item)
        if view.chapters and "Chapter" not in result and item.is_leaf:
            result["Chapter"] = chapters(item)
        extras = self.store.extras_of.get(item.rating_key)
        if view.extras and (extras or "Extras" not in result):
            rows = [self.item_dict(extra, user, LISTING) for extra in extras or []]
            result["Extras"] = {"size": len(rows), "Metadata": rows} if rows else {"size": 0}
        for name, wanted in (("Marker", view.markers), ("Chapter", view.chapters), ("Extras", view.extras)):
            if not wanted or not result.get(name):
                result.pop(name, None)

    def _media(self, media: dict[str, Any], view: View, present: bool) -> dict[str, Any]:
        if "Part" in view.drop_elements or "Part" not in media:
            return {name: value for name, value in media.items() if name != "Part"}
        streams = (view.full or view.streams) and "Stream" not in view.drop_elements
        parts = []
        for part in media.get("Part", []):
            shown = dict(part) if streams else {name: value for name, value in part.items() if name != "Stream"}
            shown.pop("accessible", None)
            shown.pop("exists", None)
            parts.append(dict({"accessible": present, "exists": present}, **shown) if view.check_files else shown)
        result = dict(media)
        result["Part"] = parts
        return result


def _short(tags: Any, limit: int) -> Any:
    """Return tags as in listings: only the first ones, and only their names."""
    if isinstance(tags, dict):
        return {"tag": tags.get("tag")}
    return [{"tag": tag["tag"]} if "tag" in tag else {} for tag in tags[:limit]]
