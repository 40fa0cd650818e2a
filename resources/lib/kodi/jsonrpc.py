"""Calls of Kodi's JSON-RPC API from inside Kodi."""
from __future__ import annotations

import json
from typing import Any

from kodi_six import xbmc

from ..item_url import ADDON_ID


class JsonRpcError(Exception):
    """Kodi refused a call. ``code`` is JSON-RPC's error number (-32602: invalid parameters, for example no such id)."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__('%s: %s (%d)' % (method, message, code))
        self.code = code


def call(method: str, **params: Any) -> Any:
    """Call a method and return its result. Raises :class:`JsonRpcError`."""
    request = {'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': params}
    try:
        answer = json.loads(xbmc.executeJSONRPC(json.dumps(request)))
    except ValueError as error:
        raise JsonRpcError(method, 0, 'no JSON in the answer') from error
    if 'error' in answer:
        raise JsonRpcError(method, int(answer['error'].get('code', 0)), str(answer['error'].get('message', '')))
    return answer.get('result')


def set_last_played(media_type: str, kodi_id: int, moment: str) -> None:
    """Have Kodi write when a film or an episode was last played (Kodi's local time), and announce that it changed.

    Raises :class:`JsonRpcError`.
    """
    name = {'movie': 'Movie', 'episode': 'Episode'}[media_type]
    call('VideoLibrary.Set%sDetails' % name, lastplayed=moment, **{media_type + 'id': kodi_id})


def scan_nothing(addon_id: str = ADDON_ID) -> None:
    """Let Kodi scan our data folder, which holds no video, so that it announces the end of a scan within 0.1 s.

    Home screens and open library views then show what was written to the database behind Kodi's back, and Kodi looks
    what kinds of items there are. Each scan counts towards a rewrite of the whole database, so this is no way to tell
    of every change.

    While Kodi scans or cleans its library the end of that will do, and must: Kodi takes a second call for the wish to
    stop the first.
    """
    if not xbmc.getCondVisibility('Library.IsScanningVideo'):
        call('VideoLibrary.Scan', directory='special://profile/addon_data/%s/' % addon_id, showdialogs=False)
