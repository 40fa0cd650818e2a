"""The context menu of items of Plex: asks the user for one of the actions that the service offers."""
from __future__ import annotations

from ..kodi import dialogs, listitem, texts
from ..kodi.texts import actions as action_texts
from .call import ACTION_TIMEOUT, Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_STARS = 10
#: Seconds for the service's answer, for which it may request something from server and plex.tv.
_TIMEOUT = 20.0


def show(call: Call, item: Any) -> None:
    """Let the user choose an action for ``item``, and have the service carry it out."""
    shown = listitem.identity(item)
    offered = call.service.call('item_menu', shown, _TIMEOUT)
    names = list(offered.get('actions') or ())
    if not names:
        dialogs.notify(call.addon.name, call.addon.text(action_texts.NOTHING_TO_DO), icon=call.addon.icon)
        return
    labels = [call.addon.text(texts.by_name(name)) for name in names]
    index = dialogs.select(str(offered.get('title') or call.addon.name), labels)
    if index is None:
        return
    wanted = _completed(call, names[index], str(offered.get('title') or ''))
    if wanted is None:
        return
    if names[index] == 'refresh':
        call.service.call('refresh', {'type': shown['type'], 'id': shown['id']}, ACTION_TIMEOUT)
        return
    answer = call.service.call('item_action', dict(shown, **wanted), _TIMEOUT)
    if answer.get('open'):
        listitem.open_list(str(answer['open']), listitem.is_videos_window())
        return
    if answer.get('text'):
        dialogs.notify(call.addon.name, call.addon.text(texts.by_name(answer['text'])), icon=call.addon.icon)
    if answer.get('changed'):
        listitem.refresh_list()


def _completed(call: Call, name: str, title: str) -> Optional[Dict[str, Any]]:
    """The action with the user's answers to its questions; None if the user cancels."""
    wanted: Dict[str, Any] = {'action': name}
    if name == 'rate':
        labels = ['%s  %d' % ('★' * number, number) for number in range(_STARS, 0, -1)]
        index = dialogs.select(call.addon.text(action_texts.RATE), labels + [call.addon.text(action_texts.NO_RATING)])
        if index is None:
            return None
        wanted['rating'] = _STARS - index if index < _STARS else -1
    elif name == 'delete' and not dialogs.yesno(
            call.addon.text(action_texts.DELETE), call.addon.text(action_texts.DELETE_QUESTION, title),
            yes=call.addon.text(action_texts.DELETE_YES)):
        return None
    return wanted
