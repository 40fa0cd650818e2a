"""What Kodi's subtitle dialog asks: subtitles of the video that plays, and one of them as a file."""
from __future__ import annotations

from ..kodi import dialogs, subtitle_dialog
from ..kodi.texts import subtitles as texts
from .call import Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Dict, Sequence

#: Seconds; the server asks a provider on the internet, once for each language, and then downloads.
_SEARCH_TIMEOUT, _DOWNLOAD_TIMEOUT = 120.0, 60.0


def answer(call: Call) -> None:
    """Answer ``/?action=search&languages=…&preferredlanguage=…``, ``…=manualsearch&searchstring=…``, or
    ``…=download&id=…``, which is the URL of a row of ours.
    """
    if call.query['action'] == 'download':
        found = call.service.call('download_subtitle', {'id': call.query.get('id', '')}, _DOWNLOAD_TIMEOUT)
        if not subtitle_dialog.give_file(call.handle, found['url'], found['name']):
            _tell(call, texts.SUBTITLE_NOT_LOADED)
        return
    if call.query['action'] == 'manualsearch':
        _tell(call, texts.SEARCHED_FOR_VIDEO)
    names = [call.query.get('preferredlanguage', ''), *call.query.get('languages', '').split(',')]
    codes = subtitle_dialog.codes(names)
    if not codes:
        _tell(call, texts.NO_LANGUAGE)
    found = call.service.call('search_subtitles', {'languages': codes}, _SEARCH_TIMEOUT)
    rows = found.get('subtitles', ())
    if codes and not rows:
        _tell(call, texts.NO_SUBTITLES, ', '.join(subtitle_dialog.name_of(code) for code in found['languages']))
    subtitle_dialog.give_rows(call.handle, [_row(call, row) for row in rows])


def _row(call: Call, row: Dict[str, Any]) -> Dict[str, Any]:
    """The row with the line that the user sees."""
    inside = call.addon.text(texts.IN_THE_FILE) if row['inside'] else ''
    forced = call.addon.text(texts.FORCED) if row['forced'] else ''
    words: Sequence[str] = (inside, row['name'], row['provider'], forced)
    return dict(row, line=' · '.join(word for word in words if word))


def _tell(call: Call, text_id: int, *values: str) -> None:
    dialogs.notify(call.addon.name, call.addon.text(text_id, *values), icon=call.addon.icon)
