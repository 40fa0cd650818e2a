"""The answers to the plugin's questions for lists: from the server, completed with what Kodi's library knows."""
from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ... import item_url, sqlite_change, state_db
from ...kodi_db import details
from ...kodi_db.details import ItemDetails
from ...kodi_db.errors import DatabaseMissing
from ...library_sync.kinds import VIDEO
from ...plex_model import PlexItem
from ..shared import Shared
from .description import ListDescription, Options
from .list_item import Origin, WireItem, list_item

LOG = logging.getLogger('pkc.service')

#: Answers that are kept; a home screen has about three, with hubs about twelve.
_KEPT = 16

Question = Tuple[str, str, Options]


class _Answer(NamedTuple):
    """An answer with what it was made from, and the pictures of ours that it names."""

    source: Tuple[object, ...]
    body: bytes
    pictures: Tuple[str, ...]


class ListAnswers:
    """Safe to use from several threads: a home screen asks for several lists at once."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._lock = threading.Lock()
        self._answers: Dict[Question, _Answer] = {}

    def answer(self, description: ListDescription, options: Options) -> bytes:
        """``{"items": [wire item, …], "title": …, "content": …, "cache": …}`` as JSON.

        The server is asked each time, but where it says the same words as before, and no database has changed either,
        the answer is the same as well and not made anew. Raises PlexError.
        """
        client, machine = self._shared.clients.connect_quick()
        body = description.ask(client, options)
        changes = sqlite_change.change_token(self._shared.databases.state_path), self._library_change()
        question = (machine, description.path, options)
        found = self._answers.get(question)
        if found is None or found.source != (body, changes):
            items = description.read(body)
            wires, complete = self._wires(_chosen(items, description, options), Origin(machine, self._shared.port))
            answer = {'items': wires, 'title': self._shared.addon.text(description.title),
                      'content': description.content(options), 'cache': description.cached}
            found = _Answer((body, changes), json.dumps(answer, separators=(',', ':')).encode(),
                            _pictures(wires, item_url.art_base(self._shared.port)))
            if complete and None not in changes:
                self._keep(question, found)
        self._shared.listed.add(found.pictures)
        return found.body

    def _keep(self, question: Question, answer: _Answer) -> None:
        with self._lock:
            self._answers.pop(question, None)
            while len(self._answers) >= _KEPT:
                self._answers.pop(next(iter(self._answers)))
            self._answers[question] = answer

    def _wires(self, items: Sequence[PlexItem], origin: Origin) -> Tuple[List[WireItem], bool]:
        """Wire items, and whether our databases told what they know."""
        known: Mapping[str, int] = {}
        complete = True
        try:
            known = self._database_ids(origin.machine_identifier, [item.rating_key for item in items])
        except sqlite3.Error as error:
            LOG.warning('no database ids for the list: %s', error)
            complete = False
        made = (list_item(item, origin, known.get(item.rating_key)) for item in items)
        wires = [wire for wire in made if wire is not None]
        try:
            self._complete(wires)
        except (DatabaseMissing, sqlite3.Error) as error:
            LOG.warning('the list does without what the library knows: %s', error)
            complete = False
        return wires, complete

    def _complete(self, wires: List[WireItem]) -> None:
        for kind in VIDEO:
            ours = {wire['dbid']: wire for wire in wires
                    if kind.table.file_column and wire['mediatype'] == kind.table.media_type and 'dbid' in wire}
            if ours:
                for kodi_id, known in details.read(self._shared.databases.video_path(), kind.table, list(ours)).items():
                    _add(ours[kodi_id], known)

    def _database_ids(self, machine: str, rating_keys: List[str]) -> Mapping[str, int]:
        path = self._shared.databases.state_path
        if not rating_keys or not os.path.exists(path):
            return {}
        reader, connection = state_db.open_reader(path)
        try:
            found = reader.find(reader.server_id(machine), rating_keys)
            return {key: row.kodi_id for key, row in found.items()}
        finally:
            connection.close()

    def _library_change(self) -> Optional[Tuple[int, ...]]:
        try:
            return sqlite_change.change_token(self._shared.databases.video_path())
        except DatabaseMissing:
            return ()


def _chosen(items: List[PlexItem], description: ListDescription, options: Options) -> List[PlexItem]:
    wanted = [item for item in items if item.plex_type in description.types
              and options.type in ('', item.plex_type)]
    if description.filtered:
        return wanted
    end = options.start + options.limit if options.limit else None
    return wanted[options.start:end]


def _pictures(wires: Sequence[WireItem], base: str) -> Tuple[str, ...]:
    """Those that the loopback server is going to be asked for (:class:`ListedPictures`)."""
    return tuple({url[len(base):]: None for wire in wires for url in wire['art'].values() if url.startswith(base)})


def _add(wire: WireItem, known: ItemDetails) -> None:
    """Add what the library shows of the same item and the server was not asked for; the server's words stay."""
    additions: Dict[str, Dict[str, Any]] = {'info': known.info, 'art': known.art, 'uniqueids': known.unique_ids}
    for name, values in additions.items():
        wire[name] = dict(values, **wire[name])
    wire['cast'], wire['streams'] = known.cast, known.streams
