"""Showing the lists that the service makes of the server's items."""
from __future__ import annotations

import gc

from ..local_server.client import ServiceError
from .call import Call
from .routes import LIST

#: Seconds to wait for a list; a PMS whose disks must spin up is slow.
_TIMEOUT = 30.0


def show(call: Call) -> None:
    """Answer ``/<list>[?type=…&limit=…&page=…]``. A path that is no list shows the start page."""
    gc.disable()  # it would look at some thousand new objects, and the interpreter ends after this call
    pending = call.service.begin('list', dict(LIST.read(call.query), path=call.path), _TIMEOUT)
    from ..kodi import listitem  # imported while the service works
    try:
        answer = pending.answer()
    except ServiceError as error:
        if error.key != 'unknown_list':
            raise
        from . import menu
        menu.show(call)
        return
    listitem.add_directory(call.handle, answer.get('items', ()), answer.get('content', ''), answer.get('title', ''),
                           bool(answer.get('cache')))


def tell_not_in_libraries(call: Call) -> None:
    """Answer ``/not_in_libraries``: the user chose a title of plex.tv that is not in their libraries."""
    from ..kodi import dialogs, listitem
    from ..kodi.texts import lists as texts
    dialogs.notify(call.addon.name, call.addon.text(texts.NOT_IN_LIBRARIES), icon=call.addon.icon)
    if call.handle >= 0:
        listitem.end_with_failure(call.handle)
