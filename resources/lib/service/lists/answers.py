"""The answers to the plugin's questions for lists: from memory while it is known to be right, else from the server."""
from __future__ import annotations

import json
import logging
from typing import List, Mapping, Optional, Sequence, Tuple

from ... import item_url, state_db
from ...kodi_db import database
from ...kodi_db.errors import DatabaseMissing
from ...local_server.api import ApiError
from ...plex_errors import PlexCancelled, PlexError, PlexForbidden, PlexNotFound
from ...plex_fields import STATE_FILTER
from ...plex_model import PlexItem
from ...sql.errors import DatabaseError
from ..calls import asked_twice
from ..error_texts import plex_tv_text_name, text_name
from ..events import ServerChosen, SettingsChanged, SignedOut, UserSwitched
from ..list_item import Origin, WireItem
from ..one_server import Asker
from ..shared import Shared
from .description import DiscoverQuestion, Entry, ItemsQuestion, ListDescription, Options
from .freshness import Freshness
from .memory import NOTHING_MORE, Answer, Kept, Memory, Question
from .own_items import OwnItems, with_own
from .page import PageMaker
from .section_keys import SectionKeys
from .several import SeveralServers

LOG = logging.getLogger('pkc.service')

#: Somebody else may begin to watch while a list is made; it is made anew so many times.
_TRIES = 3


class DiscoverError(PlexError):
    """The list is plex.tv's, and it does not come. ``key`` names the text; it says nothing about the server."""

    def __init__(self, error: PlexError) -> None:
        super().__init__(str(error))
        self.key = 'not_offered' if isinstance(error, PlexNotFound) else plex_tv_text_name(error)


class ListAnswers:
    """Safe to use from several threads: a home screen asks for several lists at once."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self.freshness = Freshness(shared)
        self.memory = Memory()
        self._sections = SectionKeys()
        self._own = OwnItems(shared)
        self._several = SeveralServers(shared, self._of_server)
        for event in (ServerChosen, UserSwitched, SignedOut, SettingsChanged):
            shared.events.subscribe(event, lambda _event: self.memory.clear())

    def answer(self, description: ListDescription, options: Options) -> bytes:
        """``{"items": [wire item, …], "title": …, "content": …, "cache": …}`` as JSON, of all servers where that makes
        sense. Raises :class:`ApiError`.
        """
        self.freshness.wait_for_reports()
        try:
            machines = self._machines(description, options)
            if len(machines) > 1:
                return self._several.answer(machines, description, options)
        except PlexError as error:
            raise ApiError(text_name(error), str(error)) from error
        machine = machines[0]
        return asked_twice(self._shared, lambda: self._of_server(machine, description, options), machine)

    def _of_server(self, machine: str, description: ListDescription, options: Options) -> bytes:
        """Nobody gets a list that was asked for in somebody else's name. Raises PlexError."""
        asker = self._shared.clients.asker(machine)
        for _ in range(_TRIES):
            answer = self._answer(asker, description, options)
            before, asker = asker, self._shared.clients.asker(machine)
            if asker.user_id and asker[1:] == before[1:]:
                self._shared.listed.add(answer.pictures)
                return answer.body
        raise PlexForbidden(403, 'another user watches now')

    def _machines(self, description: ListDescription, options: Options) -> List[str]:
        """The servers to be asked: the one that the list names, all, or the main one."""
        clients = self._shared.clients
        machines = clients.machines()
        if options.server:
            machine = clients.machine_of(options.server)
            if machine not in machines:
                raise PlexNotFound(404, 'a server that is not chosen')
            return [machine]
        if len(machines) > 1 and not options.section and description.merge:
            return machines
        library = options.section or (options.id if description.id_is_section else '')
        return [self._server_of(library, machines) if len(machines) > 1 else '']

    def _server_of(self, library: str, machines: Sequence[str]) -> str:
        """The server of a library that is named by its uuid; the main one for a key, and when it is not known."""
        path = self._shared.databases.state_path
        if not library or library.isdigit() or not state_db.exists(path):
            return ''
        try:
            with state_db.open_reader(path) as state:
                for machine in machines[1:]:
                    sections = state.sections(state.server_id(machine)).values()
                    if any(section.uuid == library for section in sections):
                        return machine
        except DatabaseError as error:
            LOG.info('it is not known of which server a library is: %s', error)
        return ''

    def _answer(self, asker: Asker, description: ListDescription, options: Options) -> Answer:
        """The answer for one user.

        What the server said is still right as long as :class:`Freshness` knows that, and what was made of it as long
        as the databases have not changed either.
        """
        options = self._with_section_key(asker, description, options)
        machine = self._shared.clients.machine_of(asker.machine_identifier)
        question = Question(asker.machine_identifier, asker.user_id, description.path, options)
        kept = self.memory.get(question)
        moment, full = self.freshness.now(), NOTHING_MORE
        short = isinstance(description.ask, ItemsQuestion) and description.ask.known(options)
        fresh = kept is not None and self.freshness.holds(kept.asked, machine) and not isinstance(
            description.ask, DiscoverQuestion)  # plex.tv pushes nothing
        if kept is not None and fresh:
            moment, said, own, full, short = kept[:5]
        else:
            said, own = self._ask(asker, description, options, STATE_FILTER if short else {})
        changes = state_db.change_token(self._shared.databases.state_path), self._library_change()
        source = (said, own, changes)
        # A short answer does not tell that an item has another title now, which matters where Kodi does not have it.
        if kept is not None and kept.answer.source == source and (fresh or not (short and kept.full)):
            self.memory.put(question, kept._replace(asked=moment))
            return kept.answer
        origin = Origin(asker.machine_identifier, self._shared.port, machine)
        page = PageMaker(self._shared, asker.client, origin, full, short)
        answer = self._made(page, description, options, said, own)
        if page.refused and short:
            said, own = self._ask(asker, description, options, {})
            page = PageMaker(self._shared, asker.client, origin, {}, False)
            answer = self._made(page, description, options, said, own)
        answer = answer._replace(source=source if page.complete and None not in changes else None)
        if asker.user_id:
            self.memory.put(question, Kept(moment, said, own, page.full, page.short, answer))
        return answer

    def _made(self, page: PageMaker, description: ListDescription, options: Options, said: bytes,
              own: Optional[bytes]) -> Answer:
        contents = description.read(said, options)
        entries = _chosen(contents.entries, description, options)
        found = page.answer(description, options, contents._replace(
            entries=entries if own is None else with_own(entries, own)))
        return Answer(None, json.dumps(found, separators=(',', ':')).encode(),
                      _pictures(found['items'], item_url.art_base(self._shared.port)))

    def _ask(self, asker: Asker, description: ListDescription, options: Options,
             fields: Mapping[str, str]) -> Tuple[bytes, Optional[bytes]]:
        """The answer to the question, and for one to plex.tv what the server has of it. ``fields``: as of
        :class:`ItemsQuestion`.
        """
        ask = description.ask
        if isinstance(ask, ItemsQuestion):
            return ask.ask(asker.client, options, fields), None
        if not isinstance(ask, DiscoverQuestion):
            return ask(asker.client, options), None
        question = ask.ask
        try:
            body = self._shared.auth.discover(lambda host, provider: question(host, provider, options))
        except PlexCancelled:
            raise
        except PlexError as error:
            raise DiscoverError(error) from error
        return body, self._own.body(asker.client, asker.machine_identifier, description.read(body, options).items)

    def _with_section_key(self, asker: Asker, description: ListDescription, options: Options) -> Options:
        def key(name: str) -> str:
            return self._sections.key(asker.client, asker.machine_identifier, name)
        options = options._replace(section=key(options.section))
        return options._replace(id=key(options.id)) if description.id_is_section else options

    def _library_change(self) -> Optional[object]:
        try:
            return database.change_token(self._shared.databases.video_path())
        except DatabaseMissing:
            return ()
        except DatabaseError:
            return None


def _chosen(entries: Sequence[Entry], description: ListDescription, options: Options) -> List[Entry]:
    wanted = [entry for entry in entries if not isinstance(entry, PlexItem) or (
        entry.plex_type in description.types and options.type in ('', entry.plex_type))]
    if description.filtered:
        return wanted
    end = options.start + options.limit if options.limit else None
    return wanted[options.start:end]


def _pictures(wires: Sequence[WireItem], base: str) -> Tuple[str, ...]:
    """Those that the loopback server is going to be asked for (:class:`ListedPictures`)."""
    return tuple({url[len(base):]: None for wire in wires for url in wire['art'].values() if url.startswith(base)})
