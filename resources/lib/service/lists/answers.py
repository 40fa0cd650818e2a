"""The answers to the plugin's questions for lists: from the server, completed with what Kodi's library knows."""
from __future__ import annotations

import json
import logging
import threading
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ... import item_url, state_db
from ...kodi.texts import lists as texts
from ...kodi_db import database, details
from ...kodi_db.details import ItemDetails
from ...kodi_db.errors import DatabaseMissing
from ...library_sync.kinds import EPISODE, MOVIE, SHOW
from ...plex_errors import PlexCancelled, PlexError, PlexNotFound
from ...plex_functions import BATCH_SIZE, PMSClient
from ...plex_model import PlexItem
from ...sql.errors import DatabaseError
from ..error_texts import plex_tv_text_name
from ..list_item import Origin, WireItem, foreign_item, list_item
from ..shared import Shared
from .description import Contents, DiscoverQuestion, Entry, Folder, Foreign, ListDescription, Options
from .own_items import OwnItems, with_own
from .section_keys import SectionKeys

LOG = logging.getLogger('pkc.service')

#: Answers that are kept; a home screen has about three, with hubs about twelve, and somebody browses beside it.
_KEPT = 32

#: Items of these kinds are completed: by Kodi's library where it has them, else by the server's full records.
_COMPLETED = (MOVIE, SHOW, EPISODE)

Question = Tuple[str, str, Options]


class _Answer(NamedTuple):
    """An answer with what it was made from, and the pictures of ours that it names."""

    source: Tuple[object, ...]
    body: bytes
    pictures: Tuple[str, ...]


class DiscoverError(PlexError):
    """The list is plex.tv's, and it does not come. ``key`` names the text; it says nothing about the server."""

    def __init__(self, error: PlexError) -> None:
        super().__init__(str(error))
        self.key = 'not_offered' if isinstance(error, PlexNotFound) else plex_tv_text_name(error)


class ListAnswers:
    """Safe to use from several threads: a home screen asks for several lists at once."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._lock = threading.Lock()
        self._answers: Dict[Question, _Answer] = {}
        self._sections = SectionKeys()
        self._own = OwnItems(shared)

    def answer(self, description: ListDescription, options: Options) -> bytes:
        """``{"items": [wire item, …], "title": …, "content": …, "cache": …}`` as JSON.

        The server is asked each time, but where it says the same words as before, and no database has changed either,
        the answer is the same as well and not made anew. Raises PlexError.
        """
        client, machine = self._shared.clients.connect_quick()
        options = self._with_section_key(client, machine, description, options)
        body, own = self._ask(client, machine, description, options)
        changes = state_db.change_token(self._shared.databases.state_path), self._library_change()
        question = (machine, description.path, options)
        found = self._answers.get(question)
        if found is None or found.source != (body, own, changes):
            contents = description.read(body, options)
            entries = _chosen(contents, description, options)
            chosen = contents._replace(entries=entries if own is None else with_own(entries, own))
            page = _PageMaker(self._shared, client, Origin(machine, self._shared.port))
            answer = page.answer(description, options, chosen)
            found = _Answer((body, own, changes), json.dumps(answer, separators=(',', ':')).encode(),
                            _pictures(answer['items'], item_url.art_base(self._shared.port)))
            if page.complete and None not in changes:
                self._keep(question, found)
        self._shared.listed.add(found.pictures)
        return found.body

    def _ask(self, client: PMSClient, machine: str, description: ListDescription,
             options: Options) -> Tuple[bytes, Optional[bytes]]:
        """The answer to the question, and for one to plex.tv what the server has of it."""
        ask = description.ask
        if not isinstance(ask, DiscoverQuestion):
            return ask(client, options), None
        question = ask.ask
        try:
            body = self._shared.auth.discover(lambda host, provider: question(host, provider, options))
        except PlexCancelled:
            raise
        except PlexError as error:
            raise DiscoverError(error) from error
        return body, self._own.body(client, machine, description.read(body, options).items)

    def _with_section_key(self, client: PMSClient, machine: str, description: ListDescription,
                          options: Options) -> Options:
        options = options._replace(section=self._sections.key(client, machine, options.section))
        if description.id_is_section:
            options = options._replace(id=self._sections.key(client, machine, options.id))
        return options

    def _keep(self, question: Question, answer: _Answer) -> None:
        with self._lock:
            self._answers.pop(question, None)
            while len(self._answers) >= _KEPT:
                self._answers.pop(next(iter(self._answers)))
            self._answers[question] = answer

    def _library_change(self) -> Optional[object]:
        try:
            return database.change_token(self._shared.databases.video_path())
        except DatabaseMissing:
            return ()
        except DatabaseError:
            return None


class _PageMaker:
    """Makes one answer. ``complete`` is False when something could not be found out, so that it must not be kept."""

    def __init__(self, shared: Shared, client: PMSClient, origin: Origin) -> None:
        self._shared = shared
        self._client = client
        self._origin = origin
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
            for start in range(0, len(keys), BATCH_SIZE):
                records, _ = self._client.items(keys[start:start + BATCH_SIZE])
                found.update((record.rating_key, record) for record in records)
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


def _chosen(contents: Contents, description: ListDescription, options: Options) -> List[Entry]:
    wanted = [entry for entry in contents.entries if not isinstance(entry, PlexItem) or (
        entry.plex_type in description.types and options.type in ('', entry.plex_type))]
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
    wire['cast'] = known.cast
    if known.streams or not wire.get('folder'):
        wire['streams'] = known.streams
