"""One page of a list: the server's items as wire items, completed with what Kodi's library knows."""
from __future__ import annotations

import logging
from typing import Any, Dict, List, Mapping, Sequence

from ... import item_url, state_db
from ...batches import chunks
from ...kodi.texts import lists as texts
from ...kodi_db import details
from ...kodi_db.details import ItemDetails
from ...library_sync.kinds import EPISODE, MOVIE, SHOW, Kind
from ...plex_errors import PlexError
from ...plex_functions import BATCH_SIZE, PMSClient, read_items
from ...plex_model import PlexItem
from ...sql.errors import DatabaseError
from ...state_db import ItemState
from ..list_item import Origin, WireItem, foreign_item, list_item
from ..shared import Shared
from .description import Contents, Folder, Foreign, ListDescription, Options
from .library_item import library_item
from .memory import FullRecords

LOG = logging.getLogger('pkc.service')

#: What was searched for is looked for at all servers again.
SEARCH_PATH = 'search'
#: Items of these kinds are completed: by Kodi's library where it has them, else by the server's full records.
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (MOVIE, SHOW, EPISODE)}


def next_page(label: str, path: str, options: Options) -> WireItem:
    """The entry that leads to the next page."""
    url = options._replace(page=options.page + 1, start=0).url(path)
    return {'url': url, 'label': label, 'folder': True, 'mediatype': '',
            'art': {'icon': item_url.icon('next')}, 'properties': {'SpecialSort': 'bottom'}}


class PageMaker:
    """Makes one answer. ``complete`` is False when something could not be found out, so that it must not be kept, and
    ``refused`` is True when that is the server's doing.

    ``full``: what the server has said of items already; more is added to it. ``short``: of the items themselves it has
    said nothing but what Kodi's library does not know.
    """

    def __init__(self, shared: Shared, client: PMSClient, origin: Origin, full: FullRecords,
                 short: bool) -> None:
        self._shared = shared
        self._client = client
        self._origin = origin
        self.full = dict(full)
        self.short = short
        self.complete, self.refused = True, False

    def answer(self, description: ListDescription, options: Options, contents: Contents) -> Dict[str, Any]:
        """The answer as it becomes JSON."""
        title = options.title or contents.title
        wires = self._wires(contents, title)
        content = description.content(options, [wire['mediatype'] for wire in wires])
        if contents.more and options.page:
            wires.append(next_page(self._shared.addon.text(texts.NEXT_PAGE), description.path, options))
        return {'items': wires, 'title': title or self._shared.addon.text(description.title),
                'content': content, 'cache': description.cached}

    def _wires(self, contents: Contents, title: str) -> List[WireItem]:
        rows = self._rows(contents.items)
        known = self._known(contents.items, rows)
        full = self._full_records([item for item in contents.items if item.rating_key not in known])
        wires: List[WireItem] = []
        for entry in contents.entries:
            if isinstance(entry, Folder):
                wires.append(self._folder(entry, title))
            elif isinstance(entry, Foreign):
                wires += foreign_item(entry.item, self._origin)
            elif entry.rating_key in known:
                wires.append(library_item(KINDS[entry.plex_type], entry, rows[entry.rating_key],
                                          known[entry.rating_key], self._origin.machine_identifier))
            elif entry.rating_key in full or not self.short:
                wires += self._item(full.get(entry.rating_key, entry), rows)
        return wires

    def _item(self, item: PlexItem, rows: Mapping[str, ItemState]) -> List[WireItem]:
        ids = [rows[key].kodi_id if key in rows else None for key in (item.rating_key, item.parent_key)]
        wire = list_item(item, self._origin, *ids)
        return [wire] if wire is not None else []

    def _folder(self, folder: Folder, title: str) -> WireItem:
        """``title`` is that of the page that it stands on: the next page says both."""
        label = self._shared.addon.text(folder.text_id) if folder.text_id else folder.label
        options = folder.options._replace(title='%s · %s' % (title, label) if title else label)
        if folder.path != SEARCH_PATH:
            options = options._replace(server=self._origin.server)
        return {'url': options.url(folder.path), 'label': label, 'folder': True, 'mediatype': '',
                'art': {'icon': folder.icon}}

    def _full_records(self, items: Sequence[PlexItem]) -> Mapping[str, PlexItem]:
        """All that the server knows of items that Kodi's library does not have."""
        keys = list(dict.fromkeys(item.rating_key for item in items if item.plex_type in KINDS))
        found: Dict[str, PlexItem] = {}
        try:
            for batch in map(tuple, chunks(keys, BATCH_SIZE)):
                if batch not in self.full:
                    self.full[batch] = self._client.items_body(batch)
                found.update((record.rating_key, record) for record in read_items(self.full[batch])[0])
        except PlexError as error:
            LOG.warning('the list does without what else the server knows: %s', error)
            self.complete, self.refused = False, True
        return found

    def _known(self, items: Sequence[PlexItem], rows: Mapping[str, ItemState]) -> Mapping[str, ItemDetails]:
        """What Kodi's rows tell of items, by their keys."""
        found: Dict[str, ItemDetails] = {}
        try:
            for name, kind in KINDS.items():
                keys = {rows[item.rating_key].kodi_id: item.rating_key for item in items
                        if item.plex_type == name and item.rating_key in rows}
                for kodi_id, known in self._read(kind, list(keys)).items():
                    if known.info.get('title'):
                        found[keys[kodi_id]] = known
        except DatabaseError as error:
            LOG.warning('the list does without what the library knows: %s', error)
            self.complete = False
        return found

    def _read(self, kind: Kind, kodi_ids: Sequence[int]) -> Mapping[int, ItemDetails]:
        if not kodi_ids:
            return {}
        return details.read(self._shared.databases.video_path(), kind.table, kodi_ids)

    def _rows(self, items: Sequence[PlexItem]) -> Mapping[str, ItemState]:
        """What our database knows of items that are in Kodi's library, and of the shows of seasons, by their keys."""
        keys = [item.rating_key for item in items] + [item.parent_key for item in items if item.parent_key]
        path = self._shared.databases.state_path
        if not keys or not state_db.exists(path):
            return {}
        try:
            with state_db.open_reader(path) as state:
                found = state.find(state.server_id(self._origin.machine_identifier), list(dict.fromkeys(keys)))
                return {key: row for key, row in found.items() if row.kodi_id}
        except DatabaseError as error:
            LOG.warning('no database ids for the list: %s', error)
            self.complete = False
            return {}
