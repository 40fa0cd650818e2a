"""The add-on's start page."""
from __future__ import annotations

from .. import item_url
from ..kodi import listitem
from ..kodi.texts import account as account_texts
from ..kodi.texts import library as library_texts
from ..kodi.texts import lists as list_texts
from ..local_server.client import ServiceError, ServiceUnavailable
from .call import ACTION_TIMEOUT, Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict, List

#: Text, path, icon.
_LISTS = (
    (list_texts.CONTINUE_WATCHING, 'continue_watching', 'DefaultInProgressShows.png'),
    (list_texts.CONTINUE_WATCHING_MOVIES, 'continue_watching?type=movie', 'DefaultMovies.png'),
    (list_texts.CONTINUE_WATCHING_EPISODES, 'continue_watching?type=episode', 'DefaultTVShows.png'),
    (list_texts.ON_DECK, 'on_deck', 'DefaultInProgressShows.png'),
    (list_texts.RECENTLY_ADDED_MOVIES, 'recently_added?type=movie', 'DefaultRecentlyAddedMovies.png'),
    (list_texts.RECENTLY_ADDED_EPISODES, 'recently_added?type=episode', 'DefaultRecentlyAddedEpisodes.png'),
    (list_texts.HUBS, 'hubs', 'DefaultFolder.png'),
    (list_texts.LIBRARIES, 'sections', 'DefaultFolder.png'),
    (list_texts.COLLECTIONS, 'collections', 'DefaultSets.png'),
    (list_texts.PLAYLISTS, 'playlists', 'DefaultVideoPlaylists.png'),
    (list_texts.WATCHLIST, 'watchlist', 'DefaultFavourites.png'),
    (list_texts.DISCOVER, 'discover', 'DefaultFolder.png'),
    (list_texts.SEARCH, 'search', 'DefaultAddonsSearch.png'),
)
_ACTIONS = (
    (library_texts.FULL_CHECK, 'full_check'), (library_texts.SYNC_REPORT, 'sync_report'),
    (library_texts.CHOOSE_LIBRARIES, 'choose_libraries'), (account_texts.CHOOSE_SERVER, 'choose_server'),
    (account_texts.SIGN_OUT, 'sign_out'),
)


def show(call: Call) -> None:
    """Lists, and what can be done; without a sign-in first of all that."""
    rows: List[Dict[str, Any]] = [_folder(call, *one) for one in _LISTS]
    try:
        status = call.service.call('status', {}, ACTION_TIMEOUT)
    except (ServiceUnavailable, ServiceError):
        status = {}
    if status.get('state') == 'signed_in':
        rows.append(_action(call, library_texts.CANCEL_SYNC, 'cancel_sync') if status.get('syncing')
                    else _action(call, library_texts.SYNC_NOW, 'sync'))
        rows += [_action(call, *one) for one in _ACTIONS]
    else:
        rows = [_action(call, account_texts.SIGN_IN, 'sign_in')] + rows
    listitem.add_directory(call.handle, rows, '', call.addon.name)


def _folder(call: Call, text_id: int, path: str, icon: str) -> Dict[str, Any]:
    return {'url': item_url.BASE + path, 'label': call.addon.text(text_id), 'folder': True, 'mediatype': '',
            'art': {'icon': icon}}


def _action(call: Call, text_id: int, path: str) -> Dict[str, Any]:
    # Neither folder nor playable: Kodi just runs it.
    return {'url': item_url.BASE + path, 'label': call.addon.text(text_id), 'mediatype': '',
            'art': {'icon': 'DefaultAddonService.png'}, 'properties': {'IsPlayable': 'false'}}
