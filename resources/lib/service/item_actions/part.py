"""The context menu as a part of the service: what is offered for an item, and doing it."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, Tuple

from ...local_server.api import ApiError
from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from ...plex_lists import playlist
from ...plex_model import PlexItem
from ...plex_values import integer, text
from ..calls import asked_twice, require_sign_in
from ..error_texts import text_name
from ..events import LibraryStale
from ..part import Handler, Part
from . import target, watchlist
from .action import Answer, Subject
from .registry import ACTIONS

_BY_NAME = {name: action for action in ACTIONS for name in action.names}


class ItemActions(Part):
    """``item_menu`` tells what is offered, ``item_action {action, …}`` does one of them.

    Both get what the list item tells of itself (:func:`.target.find`).
    """

    def calls(self) -> Mapping[str, Handler]:
        """Of the context menu."""
        return {'item_menu': self._menu, 'item_action': self._act}

    def _menu(self, arguments: Dict[str, Any]) -> Answer:
        require_sign_in(self.shared)
        client, machine = self._server(arguments)
        found = target.find(self.shared, machine, arguments)
        if not found.rating_key:
            return {'title': '', 'actions': watchlist.offered_for(self.shared.auth, found.guid)}
        subject = self._subject(client, machine, found, arguments)
        return {'title': subject.title, 'actions': [name for action in ACTIONS for name in action.offered(subject)]}

    def _act(self, arguments: Dict[str, Any]) -> Answer:
        require_sign_in(self.shared)
        client, machine = self._server(arguments)
        found = target.find(self.shared, machine, arguments)
        name = text(arguments, 'action')
        action = _BY_NAME.get(name)
        if action is None:
            raise ApiError('not_from_plex')
        if not found.rating_key:
            if name not in watchlist.Watchlist.names:
                raise ApiError('not_from_plex')
            return watchlist.put(self.shared.auth, found.guid, name)
        subject = self._subject(client, machine, found, arguments)
        try:
            answer = action.act(subject, name, arguments)
        except PlexError as error:
            raise ApiError(text_name(error), str(error)) from error
        if answer.get('changed') and subject.item.section_key:
            self.shared.events.publish(LibraryStale(frozenset({subject.item.section_key}),
                                                    machine=self.shared.clients.machine_of(machine)))
        return answer

    def _server(self, arguments: Mapping[str, Any]) -> Tuple[PMSClient, str]:
        """The server of the item, and its machineIdentifier."""
        machine = target.machine_of(self.shared, arguments)
        return asked_twice(self.shared, lambda: self.shared.clients.connect_quick(machine), machine)

    def _subject(self, client: PMSClient, machine: str, found: target.Target, arguments: Mapping[str, Any]) -> Subject:
        ask = playlist if found.is_playlist else _item
        items = asked_twice(self.shared, lambda: ask(client, found.rating_key), machine)
        if not items:
            raise ApiError('item_gone')
        return Subject(self.shared, client, machine, items[0], max(0, integer(arguments, 'id')))


def _item(client: PMSClient, rating_key: str) -> List[PlexItem]:
    return client.items([rating_key])[0]
