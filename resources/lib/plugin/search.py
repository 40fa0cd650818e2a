"""Searching: with words it is a list like any other, without them they are asked for."""
from __future__ import annotations

from .. import item_url
from . import lists
from .call import Call


def show(call: Call) -> None:
    """``/search[?query=…&type=…]``. What is typed opens as a page of its own: going back does not ask again."""
    if call.query.get('query'):
        lists.show(call)
        return
    from ..kodi import dialogs, listitem
    from ..kodi.texts import lists as texts
    words = dialogs.text_input(call.addon.text(texts.SEARCH)).strip()
    listitem.end_with_failure(call.handle)
    if words:
        from urllib.parse import quote
        more = '&type=' + quote(call.query['type'], safe='') if call.query.get('type') else ''
        listitem.open_list('%ssearch?query=%s%s' % (item_url.BASE, quote(words, safe=''), more), call.handle >= 0)
