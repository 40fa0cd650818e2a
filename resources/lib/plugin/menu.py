"""The add-on's start page."""
from __future__ import annotations

from .. import item_url
from ..kodi import listitem, texts
from ..local_server.client import ServiceError, ServiceUnavailable
from .call import ACTION_TIMEOUT, Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict, List

#: Text, path, icon.
_LISTS = (
    (texts.CONTINUE_WATCHING, 'continue_watching', 'DefaultInProgressShows.png'),
    (texts.CONTINUE_WATCHING_MOVIES, 'continue_watching?type=movie', 'DefaultMovies.png'),
    (texts.CONTINUE_WATCHING_EPISODES, 'continue_watching?type=episode', 'DefaultTVShows.png'),
)
_ACTIONS = (
    (texts.FULL_CHECK, 'full_check'), (texts.SYNC_REPORT, 'sync_report'),
    (texts.CHOOSE_LIBRARIES, 'choose_libraries'), (texts.CHOOSE_SERVER, 'choose_server'),
    (texts.SIGN_OUT, 'sign_out'),
)


def show(call: Call) -> None:
    """Lists, and what can be done; without a sign-in first of all that."""
    rows: List[Dict[str, Any]] = [_folder(call, *one) for one in _LISTS]
    try:
        status = call.service.call('status', {}, ACTION_TIMEOUT)
    except (ServiceUnavailable, ServiceError):
        status = {}
    if status.get('state') == 'signed_in':
        rows.append(_action(call, texts.CANCEL_SYNC, 'cancel_sync') if status.get('syncing')
                    else _action(call, texts.SYNC_NOW, 'sync'))
        rows += [_action(call, *one) for one in _ACTIONS]
    else:
        rows = [_action(call, texts.SIGN_IN, 'sign_in')] + rows
    listitem.add_directory(call.handle, rows, '', call.addon.name)


def _folder(call: Call, text_id: int, path: str, icon: str) -> Dict[str, Any]:
    return {'url': item_url.BASE + path, 'label': call.addon.text(text_id), 'folder': True, 'mediatype': '',
            'art': {'icon': icon}}


def _action(call: Call, text_id: int, path: str) -> Dict[str, Any]:
    # Neither folder nor playable: Kodi just runs it.
    return {'url': item_url.BASE + path, 'label': call.addon.text(text_id), 'mediatype': '',
            'art': {'icon': 'DefaultAddonService.png'}, 'properties': {'IsPlayable': 'false'}}
