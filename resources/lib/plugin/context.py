"""The context menu: what can be done with an item in Plex. The service knows what, this asks the user."""
from __future__ import annotations

from ..kodi import dialogs, listitem, texts
from ..kodi.texts import actions as action_texts
from .call import ACTION_TIMEOUT, Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_STARS = 10
#: Seconds that the question may take what can be done: server and plex.tv are asked.
_TIMEOUT = 20.0


def show(call: Call, item: Any) -> None:
    """Let the user choose, and have it done."""
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
    """The action with what else it needs of the user; None when he thinks better of it."""
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
