"""People with their films and shows, and the folders of a section."""

from __future__ import annotations

import posixpath
from typing import Any
from zlib import crc32

from tools.plexsim.http.messages import Answer, HttpError, Request
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.items.types import SECTION_LEVELS
from tools.plexsim.library.fields import listed
from tools.plexsim.library.library import Library
from tools.plexsim.library.rendering import LISTING
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, MEDIA_TAGS, Containers, section_attributes


class PeopleAndFolderHandlers:
    """Handlers of /library/people and /library/sections/{id}/folder."""

    def __init__(self, library: Library, access: Access, containers: Containers) -> None:
        self.library = library
        self.access = access
        self.containers = containers

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/library/people/(\w+)", self.person)
        routes.add("GET", r"/library/people/(\w+)/media", self.media)
        routes.add("GET", r"/library/sections/(\d+)/folder", self.folder)

    def person(self, request: Request) -> Answer:
        """/library/people/{id}: by the server's id of an actor or by plex.tv's (tagKey)."""
        role = next((role for _, role in self._roles(request)), None)
        if role is None:
            raise HttpError(404)
        row = {"id": role["id"], "filter": f"actor={role['id']}", "tag": role["tag"], "tagType": 6}
        row.update({name: role[name] for name in ("tagKey", "thumb") if role.get(name)})
        return self.containers.container(request, {"size": 1}, tail={"Directory": [row]})

    def media(self, request: Request) -> Answer:
        """/library/people/{id}/media: films and shows of an actor."""
        found = [item for item, _ in self._roles(request)]
        if not found:
            raise HttpError(404)
        return self.containers.listing(request, found, {"identifier": IDENTIFIER, **MEDIA_TAGS}, LISTING)

    def _roles(self, request: Request) -> list[tuple[Item, dict[str, Any]]]:
        wanted = request.match[0]
        return [
            (item, role)
            for section in self.access.sections(request)
            for item in section.items(SECTION_LEVELS[section.type][0])
            for role in listed(self.library.stored(item).get("Role", []))
            if wanted in (str(role.get("id")), str(role.get("tagKey")))
        ]

    def folder(self, request: Request) -> Answer:
        """/library/sections/{id}/folder[?parent=]: folders, named by a number, and the items of files beside them.

        Folders have a key and a title, and neither ratingKey nor type; in XML they are Directory elements.
        """
        section = self.access.section(request, request.match[0])
        leaves = section.items(SECTION_LEVELS[section.type][-1])
        files = [(path, item) for item in leaves for path in self._files(item)]
        here = section.path
        parent = request.values.get("parent")
        if parent is not None:
            places = {folder for path, _ in files for folder in _above(path)}
            found = next((place for place in places if str(_number(place)) == parent), None)
            if found is None:
                raise HttpError(404)
            here = found
        folders = sorted({_step(path, here) for path, _ in files if _step(path, here)})
        items = list(dict.fromkeys(item for path, item in files if posixpath.dirname(path) == here.rstrip("/")))
        rows = [
            {
                "key": f"/library/sections/{section.id}/folder?parent={_number(posixpath.join(here, name))}",
                "title": name,
            }
            for name in folders
        ]
        start, size, paged = self.containers.page(request, len(rows) + len(items))
        everything: list[Item | dict[str, Any]] = [*rows, *items]
        shown = everything[start : start + size]
        attributes: dict[str, Any] = {"size": len(shown), "identifier": IDENTIFIER, **section_attributes(section)}
        if paged:
            attributes.update(totalSize=len(rows) + len(items), offset=start)
        view = self.containers.view(request, LISTING)
        metadata: list[dict[str, Any]] = [
            self.containers.renderer.item_dict(one, request.user, view) if isinstance(one, Item) else one
            for one in shown
        ]
        if request.wants_json:
            return self.containers.container(request, attributes, tail={"Metadata": metadata})
        directories = [one for one in metadata if "ratingKey" not in one]
        videos = [one for one in metadata if "ratingKey" in one]
        return self.containers.container(request, attributes, tail={"Directory": directories, "Metadata": videos})

    def _files(self, item: Item) -> list[str]:
        return [
            str(part["file"])
            for media in listed(self.library.stored(item).get("Media", []))
            for part in media.get("Part", [])
            if part.get("file")
        ]


def _above(path: str) -> list[str]:
    """Return all folders above a file."""
    found = []
    while len(path) > 1:
        path = posixpath.dirname(path)
        found.append(path)
    return found


def _step(path: str, here: str) -> str:
    """Return the name of the folder in ``here`` above a file, empty when the file is not below ``here``."""
    base = here.rstrip("/") + "/"
    rest = path[len(base) :] if path.startswith(base) else ""
    return rest.partition("/")[0] if "/" in rest else ""


def _number(path: str) -> int:
    """Return the number of a folder."""
    return crc32(path.encode("utf-8")) % 100_000
