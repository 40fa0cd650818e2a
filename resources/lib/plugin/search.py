"""Search: with a query it is a list like any other; without one the user is asked for it."""
from __future__ import annotations

from .. import item_url
from . import lists
from .call import Call


def show(call: Call) -> None:
    """Answer ``/search[?query=…&type=…]``. Results are a page of their own: going back does not ask again."""
    if call.query.get('query'):
        lists.show(call)
        return
    from ..kodi import dialogs, listitem
    from ..kodi.texts import lists as texts
    query = dialogs.text_input(call.addon.text(texts.SEARCH)).strip()
    listitem.end_with_failure(call.handle)
    if query:
        from urllib.parse import quote
        more = '&type=' + quote(call.query['type'], safe='') if call.query.get('type') else ''
        listitem.open_list('%ssearch?query=%s%s' % (item_url.BASE, quote(query, safe=''), more), call.handle >= 0)
