"""One page of a list: the server's items as wire items, completed with what Kodi's library knows."""
from __future__ import annotations

import logging
from typing import Any, Dict, List, Mapping, Sequence

from ... import item_url, state_db
from ...batches import chunks
from ...kodi.texts import lists as texts
from ...kodi_db import details
from ...kodi_db.details import ItemDetails
from ...library_sync.kinds import EPISODE, MOVIE, SHOW
from ...plex_errors import PlexError
from ...plex_functions import BATCH_SIZE, PMSClient, read_items
from ...plex_model import PlexItem
from ...sql.errors import DatabaseError
from ..list_item import Origin, WireItem, foreign_item, list_item
from ..shared import Shared
from .description import Contents, Folder, Foreign, ListDescription, Options
from .memory import FullRecords

LOG = logging.getLogger('pkc.service')

#: Items of these kinds are completed: by Kodi's library where it has them, else by the server's full records.
_COMPLETED = (MOVIE, SHOW, EPISODE)


class PageMaker:
    """Makes one answer. ``complete`` is False when something could not be found out, so that it must not be kept.

    ``full``: what the server has said of items already; more is added to it.
    """

    def __init__(self, shared: Shared, client: PMSClient, origin: Origin, full: FullRecords) -> None:
        self._shared = shared
        self._client = client
        self._origin = origin
        self.full = dict(full)
        self.complete = True

    def answer(self, description: ListDescription, options: Options, contents: Contents) -> Dict[str, Any]:
        """The answer as it becomes JSON."""
        title = options.title or contents.title
        wires = self._wires(contents, title)
        content = description.content(options, [wire['mediatype'] for wire in wires])
        if contents.more and options.page:
            wires.append(self._next_page(description.path, options))
        return {'items': wires, 'title': title or self._shared.addon.text(description.title),
                'content': content, 'cache': description.cached}

    def _next_page(self, path: str, options: Options) -> WireItem:
        url = options._replace(page=options.page + 1, start=0).url(path)
        return {'url': url, 'label': self._shared.addon.text(texts.NEXT_PAGE), 'folder': True, 'mediatype': '',
                'art': {'icon': item_url.icon('next')}, 'properties': {'SpecialSort': 'bottom'}}

    def _wires(self, contents: Contents, title: str) -> List[WireItem]:
        known = self._database_ids(contents.items)
        full = self._full_records([item for item in contents.items if item.rating_key not in known])
        wires: List[WireItem] = []
        for entry in contents.entries:
            if isinstance(entry, Folder):
                wires.append(self._folder(entry, title))
                continue
            if isinstance(entry, Foreign):
                wires += foreign_item(entry.item, self._origin)
                continue
            wire = list_item(full.get(entry.rating_key, entry), self._origin, known.get(entry.rating_key),
                             known.get(entry.parent_key))
            if wire is not None:
                wires.append(wire)
        try:
            self._complete(wires)
        except DatabaseError as error:
            LOG.warning('the list does without what the library knows: %s', error)
            self.complete = False
        return wires

    def _folder(self, folder: Folder, title: str) -> WireItem:
        """``title`` is that of the page that it stands on: the next page says both."""
        label = self._shared.addon.text(folder.text_id) if folder.text_id else folder.label
        options = folder.options._replace(title='%s · %s' % (title, label) if title else label)
        return {'url': options.url(folder.path), 'label': label, 'folder': True, 'mediatype': '',
                'art': {'icon': folder.icon}}

    def _full_records(self, items: Sequence[PlexItem]) -> Mapping[str, PlexItem]:
        """All that the server knows of items that Kodi's library does not have."""
        names = [kind.name for kind in _COMPLETED]
        keys = list(dict.fromkeys(item.rating_key for item in items if item.plex_type in names))
        found: Dict[str, PlexItem] = {}
        try:
            for batch in map(tuple, chunks(keys, BATCH_SIZE)):
                if batch not in self.full:
                    self.full[batch] = self._client.items_body(batch)
                found.update((record.rating_key, record) for record in read_items(self.full[batch])[0])
        except PlexError as error:
            LOG.warning('the list does without what else the server knows: %s', error)
            self.complete = False
        return found

    def _complete(self, wires: List[WireItem]) -> None:
        for kind in _COMPLETED:
            ours = {wire['dbid']: wire for wire in wires
                    if wire['mediatype'] == kind.table.media_type and 'dbid' in wire}
            if ours:
                for kodi_id, known in details.read(self._shared.databases.video_path(), kind.table, list(ours)).items():
                    _add(ours[kodi_id], known)

    def _database_ids(self, items: Sequence[PlexItem]) -> Mapping[str, int]:
        """The rows of items, and of the shows of seasons, by their keys."""
        keys = [item.rating_key for item in items] + [item.parent_key for item in items if item.parent_key]
        path = self._shared.databases.state_path
        if not keys or not state_db.exists(path):
            return {}
        try:
            with state_db.open_reader(path) as state:
                found = state.find(state.server_id(self._origin.machine_identifier), list(dict.fromkeys(keys)))
                return {key: row.kodi_id for key, row in found.items() if row.kodi_id}
        except DatabaseError as error:
            LOG.warning('no database ids for the list: %s', error)
            self.complete = False
            return {}


def _add(wire: WireItem, known: ItemDetails) -> None:
    """Add what the library shows of the same item and the server was not asked for; the server's words stay."""
    additions: Dict[str, Dict[str, Any]] = {'info': known.info, 'art': known.art, 'uniqueids': known.unique_ids}
    for name, values in additions.items():
        wire[name] = dict(values, **wire[name])
    wire['cast'] = known.cast
    if known.streams or not wire.get('folder'):
        wire['streams'] = known.streams
