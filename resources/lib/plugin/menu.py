"""The add-on's start page, and the page of the account and the synchronisation."""
from __future__ import annotations

from .. import item_url
from ..kodi import listitem
from ..kodi.texts import account as account_texts
from ..kodi.texts import library as library_texts
from ..kodi.texts import lists as list_texts
from ..kodi.texts import status as status_texts
from ..local_server.client import ServiceError, ServiceUnavailable
from .call import ACTION_TIMEOUT, Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict, List

#: Text, path, icon: first what the user continues, then new items, then lists to browse.
_LISTS = (
    (list_texts.CONTINUE_WATCHING, 'continue_watching', 'continue'),
    (list_texts.ON_DECK, 'on_deck', 'ondeck'),
    (list_texts.RECENTLY_ADDED_MOVIES, 'recently_added?type=movie', 'movies'),
    (list_texts.RECENTLY_ADDED_EPISODES, 'recently_added?type=episode', 'shows'),
    (list_texts.HUBS, 'hubs', 'recommended'),
    (list_texts.LIBRARIES, 'sections', 'libraries'),
    (list_texts.WATCHLIST, 'watchlist', 'watchlist'),
    (list_texts.DISCOVER, 'discover', 'discover'),
    (list_texts.COLLECTIONS, 'collections', 'collections'),
    (list_texts.PLAYLISTS, 'playlists', 'playlists'),
    (list_texts.SEARCH, 'search', 'search'),
    (list_texts.ACCOUNT_AND_SYNC, 'account', 'account'),
)
_ACTIONS = (
    (status_texts.STATUS, 'status', 'report'),
    (library_texts.FULL_CHECK, 'full_check', 'sync'), (library_texts.SYNC_REPORT, 'sync_report', 'report'),
    (library_texts.CHOOSE_LIBRARIES, 'choose_libraries', 'libraries'),
    (account_texts.SWITCH_USER, 'switch_user', 'account'), (account_texts.CHOOSE_SERVER, 'choose_server', 'server'),
    (list_texts.SETTINGS, 'settings', 'settings'), (account_texts.SIGN_OUT, 'sign_out', 'signout'),
)


def show(call: Call) -> None:
    """The start page: the lists, with the sign-in first if nobody is signed in."""
    rows: List[Dict[str, Any]] = [_row(call, *entry, folder=True) for entry in _LISTS]
    if _status(call).get('state') != 'signed_in':
        rows.insert(0, _row(call, account_texts.SIGN_IN, 'sign_in', 'account'))
    listitem.add_directory(call.handle, rows, '', call.addon.name)


def show_account(call: Call) -> None:
    """``/account``: the actions for account, server and library."""
    status = _status(call)
    if status.get('state') != 'signed_in':
        rows = [_row(call, account_texts.SIGN_IN, 'sign_in', 'account'),
                _row(call, status_texts.STATUS, 'status', 'report'),
                _row(call, list_texts.SETTINGS, 'settings', 'settings')]
    else:
        rows = [_row(call, library_texts.CANCEL_SYNC, 'cancel_sync', 'sync') if status.get('syncing')
                else _row(call, library_texts.SYNC_NOW, 'sync', 'sync')]
        rows += [_row(call, *entry) for entry in _ACTIONS]
    listitem.add_directory(call.handle, rows, '', call.addon.text(list_texts.ACCOUNT_AND_SYNC))


def open_settings(call: Call) -> None:
    """``/settings``: the add-on's settings."""
    if call.handle >= 0:
        listitem.end_with_failure(call.handle)
    call.addon.open_settings()


def _status(call: Call) -> Dict[str, Any]:
    try:
        return call.service.call('status', {}, ACTION_TIMEOUT)
    except (ServiceUnavailable, ServiceError):
        return {}


def _row(call: Call, text_id: int, path: str, icon: str, folder: bool = False) -> Dict[str, Any]:
    """An entry. One that is no folder is not playable either: Kodi only runs the plugin."""
    row: Dict[str, Any] = {'url': item_url.BASE + path, 'label': call.addon.text(text_id), 'folder': folder,
                           'mediatype': '', 'art': {'icon': item_url.icon(icon)}}
    if not folder:
        row['properties'] = {'IsPlayable': 'false'}
    return row
