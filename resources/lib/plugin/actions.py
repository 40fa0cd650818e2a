"""Actions of the settings' buttons and of the menus, which the service carries out."""
from __future__ import annotations

from .call import ACTION_TIMEOUT, Call


def run(call: Call) -> None:
    """Have the service carry out the action in the path; show the report or text in its answer."""
    carry_out(call, call.path)
    if call.handle >= 0:
        from ..kodi import listitem
        listitem.end_with_failure(call.handle)


def carry_out(call: Call, name: str) -> None:
    """As :func:`run`, for the action of this name."""
    answer = call.service.call(name, {}, ACTION_TIMEOUT)
    if answer.get('report'):
        from ..kodi import dialogs, texts
        from ..kodi.texts import library as library_texts
        dialogs.text_view(call.addon.text(library_texts.SYNC_REPORT), answer['report'])
    elif answer.get('text'):
        from ..kodi import dialogs, texts
        from ..kodi.texts import library as library_texts
        dialogs.notify(call.addon.name, call.addon.text(texts.by_name(answer['text'])), icon=call.addon.icon)
