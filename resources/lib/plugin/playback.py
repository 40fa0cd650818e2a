"""Playing an item."""
from __future__ import annotations

from .. import item_url
from .call import Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Dict, Sequence

#: Seconds that the answer may take; a PMS with sleeping disks is slow.
_TIMEOUT = 30.0


def play(call: Call) -> None:
    """``/play/…``: what Kodi's databases and our lists point to."""
    ref = item_url.parse(call.url)
    if ref is None or ref.plex_type == 'show':
        from ..kodi import listitem
        # Kodi's info dialog asks for a show's path as if it were a folder; there is nothing to list.
        listitem.add_directory(call.handle, (), '', call.addon.name)
        return
    wanted = {'machine_identifier': ref.machine_identifier, 'rating_key': ref.rating_key, 'type': ref.plex_type,
              'media_id': ref.media_id}
    asked = call.service.begin('play', wanted, _TIMEOUT)
    from ..kodi import listitem  # while the service works
    found = asked.answer()
    if found.get('versions'):
        media_id = _choose_version(call, found['versions'])
        if not media_id:
            listitem.fail_resolve(call.handle)
            return
        found = call.service.call('play', dict(wanted, media_id=media_id), _TIMEOUT)
    listitem.resolve(call.handle, found['url'], found.get('title', ''), found.get('subtitles', ()),
                     found.get('mime', ''), found.get('resume', 0.0) if call.resume else 0.0,
                     found.get('total', 0.0))


def _choose_version(call: Call, versions: Sequence[Dict[str, str]]) -> str:
    """The id of the version that the user wants to see, '' for none."""
    from ..kodi import dialogs
    from ..kodi.texts import playback as texts
    index = dialogs.select(call.addon.text(texts.CHOOSE_VERSION), [version['label'] for version in versions])
    return '' if index is None else versions[index]['id']
