"""The context menu of items of Plex: asks the user for one of the actions that the service offers."""
from __future__ import annotations

from ..kodi import dialogs, listitem, texts
from ..kodi.texts import actions as action_texts
from .call import ACTION_TIMEOUT, Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict

#: Each is answered by :func:`_asked`.
_QUESTIONS = ('choose', 'confirm', 'type')
#: One action asks no more than this.
_MOST_QUESTIONS = 5
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
    if index is not None:
        _carry_out(call, shown, {'action': names[index]})


def _carry_out(call: Call, shown: Dict[str, Any], wanted: Dict[str, Any]) -> None:
    """Have the service do it; what it asks first, the user answers."""
    answer = call.service.call('item_action', dict(shown, **wanted), _TIMEOUT)
    for _ in range(_MOST_QUESTIONS):
        if not any(answer.get(kind) for kind in _QUESTIONS):
            break
        given = _asked(answer)
        if not given:
            return
        wanted.update(given)
        answer = call.service.call('item_action', dict(shown, **wanted), _TIMEOUT)
    if answer.get('refresh'):
        call.service.call('refresh', {'type': shown['type'], 'id': shown['id']}, ACTION_TIMEOUT)
    elif answer.get('open'):
        listitem.open_list(str(answer['open']), listitem.is_videos_window())
    elif answer.get('play'):
        listitem.play(str(answer['play']))
    if answer.get('text'):
        dialogs.notify(call.addon.name, call.addon.text(texts.by_name(answer['text'])), icon=call.addon.icon)
    if answer.get('changed'):
        listitem.refresh_list()


def _asked(answer: Dict[str, Any]) -> Dict[str, Any]:
    """The user's answer to what the service asks; {} if the user cancels."""
    question = answer.get('confirm')
    if question:
        return {'confirmed': True} if dialogs.yesno(question['heading'], question['question'],
                                                    yes=question['yes']) else {}
    question = answer.get('type')
    if question:
        typed = dialogs.text_input(question['heading'], question['default']).strip()
        return {'typed': typed} if typed else {}
    question = answer['choose']
    index = dialogs.select(question['heading'], question['labels'])
    return {} if index is None else {'choice': question['values'][index]}
