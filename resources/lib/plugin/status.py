"""The status page. The service says what is on it; without the service it has the versions at least."""
from __future__ import annotations

from ..kodi.texts import errors as error_texts
from ..kodi.texts import status as texts
from ..kodi.versions import versions
from ..kodi.windows.status import HEAD, LINE, TROUBLE, Row, show_status
from ..local_server.client import ServiceError, ServiceUnavailable
from . import actions
from .call import ACTION_TIMEOUT, Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import List


def show(call: Call) -> None:
    """``/status``: the page, until the user closes it."""
    if call.handle >= 0:
        from ..kodi import listitem
        listitem.end_with_failure(call.handle)
    if show_status(call.addon, call.addon.text(texts.STATUS), _rows(call, True), lambda: _rows(call, False)):
        actions.carry_out(call, 'save_log')


def _rows(call: Call, measure: bool) -> List[Row]:
    """What the service says now. ``measure``: it is to find out what takes some seconds."""
    try:
        answer = call.service.call('status_page', {'measure': measure}, ACTION_TIMEOUT)
    except (ServiceUnavailable, ServiceError):
        return _without_service(call)
    rows: List[Row] = []
    for group in answer.get('groups', ()):
        rows.append(Row(group['heading'], '', HEAD))
        rows += [Row(line['label'], line['value'], TROUBLE if line['trouble'] else LINE) for line in group['lines']]
    return rows


def _without_service(call: Call) -> List[Row]:
    text = call.addon.text
    return [Row(text(texts.SERVICE), '', HEAD), Row(text(texts.NOW), text(error_texts.SERVICE_NOT_RUNNING), TROUBLE),
            Row(text(texts.STATUS_VERSIONS), '', HEAD)] + [Row(*pair) for pair in versions(call.addon)]
