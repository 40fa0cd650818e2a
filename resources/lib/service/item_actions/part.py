"""The context menu as a part of the service: what is offered for an item, and doing it."""
from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, Tuple

from ... import item_url
from ...local_server.api import ApiError
from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from ...plex_model import PlexItem
from ...plex_values import integer, number, text
from ..calls import asked_twice, require_sign_in
from ..error_texts import plex_tv_text_name, text_name
from ..events import LibraryStale
from ..part import Handler, Part
from . import offers, target, watchlist

#: Plex counts from 0 to 10; -1 takes a rating back.
_NO_RATING, _BEST_RATING = -1.0, 10.0


class ItemActions(Part):
    """``item_menu`` tells what is offered, ``item_action {action, …}`` does one of them.

    Both get what the list item tells of itself (:func:`.target.find`).
    """

    def calls(self) -> Mapping[str, Handler]:
        """Of the context menu."""
        return {'item_menu': self._menu, 'item_action': self._act}

    def _menu(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        require_sign_in(self.shared)
        client, machine = self._server()
        found = target.find(self.shared, machine, arguments)
        if not found.rating_key:
            return {'title': '', 'actions': offers.on_watchlist(self.shared.auth, found.guid)}
        item = self._item(client, found.rating_key)
        offered = offers.of_item(client, self.shared.auth, item, integer(arguments, 'id') > 0)
        return {'title': offered.title, 'actions': offered.names}

    def _act(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        require_sign_in(self.shared)
        client, machine = self._server()
        found = target.find(self.shared, machine, arguments)
        action = text(arguments, 'action')
        if action in (offers.WATCHLIST_ADD, offers.WATCHLIST_REMOVE):
            guid = found.guid or self._item(client, found.rating_key).guid
            return self._put_on_watchlist(watchlist.key_of(guid), action == offers.WATCHLIST_ADD)
        does = _ACTIONS.get(action)
        if does is None or not found.rating_key:
            raise ApiError('not_from_plex')
        item = self._item(client, found.rating_key)
        try:
            answer = does(client, item, arguments)
        except PlexError as error:
            raise ApiError(text_name(error), str(error)) from error
        if item.section_key and action not in (offers.EXTRAS, offers.SIMILAR):
            self.shared.events.publish(LibraryStale(frozenset({item.section_key})))
        return answer

    def _put_on_watchlist(self, key: str, wanted: bool) -> Dict[str, Any]:
        if not key:
            raise ApiError('not_from_plex')
        try:
            watchlist.put(self.shared.auth, key, wanted)
        except PlexError as error:
            raise ApiError(plex_tv_text_name(error), str(error)) from error
        return {'text': 'on_watchlist' if wanted else 'off_watchlist', 'changed': True}

    def _server(self) -> Tuple[PMSClient, str]:
        return asked_twice(self.shared, self.shared.clients.connect_quick)

    def _item(self, client: PMSClient, rating_key: str) -> PlexItem:
        items, _ = asked_twice(self.shared, lambda: client.items([rating_key]))
        if not items:
            raise ApiError('item_gone')
        return items[0]


def _list(path: str) -> Callable[[PMSClient, PlexItem, Mapping[str, Any]], Dict[str, Any]]:
    def open_it(_client: PMSClient, item: PlexItem, _arguments: Mapping[str, Any]) -> Dict[str, Any]:
        return {'open': item_url.list_url(path, id=item.rating_key, title=item.title)}
    return open_it


def _mark(client: PMSClient, item: PlexItem, arguments: Mapping[str, Any]) -> Dict[str, Any]:
    if text(arguments, 'action') == offers.WATCHED:
        client.scrobble(item.rating_key)
    else:
        client.unscrobble(item.rating_key)
    return {'changed': True}


def _leave(client: PMSClient, item: PlexItem, _arguments: Mapping[str, Any]) -> Dict[str, Any]:
    client.remove_from_continue_watching(item.rating_key)
    return {'changed': True}


def _rate(client: PMSClient, item: PlexItem, arguments: Mapping[str, Any]) -> Dict[str, Any]:
    rating = number(arguments, 'rating')
    if not (rating == _NO_RATING or 0 <= rating <= _BEST_RATING):
        raise ApiError('not_from_plex')
    client.rate(item.rating_key, rating)
    return {'changed': True, 'text': 'rated'}


def _delete(client: PMSClient, item: PlexItem, _arguments: Mapping[str, Any]) -> Dict[str, Any]:
    if not client.features.may_delete():
        raise ApiError('not_allowed')
    client.delete(item.rating_key)
    return {'changed': True, 'text': 'deleted'}


_ACTIONS: Mapping[str, Callable[[PMSClient, PlexItem, Mapping[str, Any]], Dict[str, Any]]] = {
    offers.EXTRAS: _list('extras'), offers.SIMILAR: _list('similar'), offers.WATCHED: _mark, offers.UNWATCHED: _mark,
    offers.REMOVE: _leave, offers.RATE: _rate, offers.DELETE: _delete}
