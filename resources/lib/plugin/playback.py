"""Resolving the URL of an item for Kodi's player."""
from __future__ import annotations

from .. import item_url
from .call import Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Dict, Sequence

#: Seconds to wait for the answer; a PMS whose disks must spin up is slow.
_TIMEOUT = 30.0


def play(call: Call) -> None:
    """Answer ``/play/…``, the URLs of items in Kodi's library and in our lists."""
    ref = item_url.parse(call.url)
    if ref is None or ref.plex_type == 'show':
        from ..kodi import listitem
        # Kodi's info dialog opens a show's path as a folder; the list is empty.
        listitem.add_directory(call.handle, (), '', call.addon.name)
        return
    wanted = {'machine_identifier': ref.machine_identifier, 'rating_key': ref.rating_key, 'type': ref.plex_type,
              'media_id': ref.media_id, 'resume': call.resume}
    pending = call.service.begin('play', wanted, _TIMEOUT)
    from ..kodi import listitem  # while the service works
    answer = pending.answer()
    if answer.get('versions'):
        media_id = _choose_version(call, answer['versions'])
        if not media_id:
            listitem.fail_resolve(call.handle)
            return
        answer = call.service.call('play', dict(wanted, media_id=media_id, chosen=True), _TIMEOUT)
    if answer.get('instead'):
        from ..kodi import playlist
        playlist.play_instead(call.handle, call.url.partition('&resume=')[0], answer['instead'],
                              bool(answer.get('here')))
        return
    listitem.resolve(call.handle, answer['url'], answer.get('title', ''), answer.get('subtitles', ()),
                     answer.get('mime', ''), answer.get('resume', 0.0) if call.resume else 0.0,
                     answer.get('total', 0.0))


def _choose_version(call: Call, versions: Sequence[Dict[str, str]]) -> str:
    """Let the user choose a version; returns its id, '' for none."""
    from ..kodi import dialogs
    from ..kodi.texts import playback as texts
    index = dialogs.select(call.addon.text(texts.CHOOSE_VERSION), [version['label'] for version in versions])
    return '' if index is None else versions[index]['id']
