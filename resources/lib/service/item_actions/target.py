"""Which item of Plex's an entry on the screen is."""
from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from ... import item_url
from ...library_sync.kinds import VIDEO
from ...local_server.api import ApiError
from ...plex_values import checked_id, integer, text
from ..library_rows import RowItem, item_of_row
from ..shared import Shared
from . import watchlist

_NOTHING = 'not_from_plex'
#: How the URL of a playlist in our lists begins.
_PLAYLIST = item_url.list_url('playlist') + '?'


class Target(NamedTuple):
    """``rating_key`` at its server; '' for a title of plex.tv's that the user does not have: it has a guid.

    A playlist is no item of a library's, and is not asked for as one.
    """

    rating_key: str
    guid: str = ''
    is_playlist: bool = False


def find(shared: Shared, machine_identifier: str, shown: Mapping[str, Any]) -> Target:
    """The item of what a list item tells of itself: ``plexid``, ``plexguid``, ``url``, ``type`` and ``id`` in Kodi.

    Raises :class:`ApiError` for one that is not of this server.
    """
    guid = text(shown, 'plexguid')
    if watchlist.key_of(guid):
        return Target('', guid)
    key = checked_id(text(shown, 'plexid'))
    if key and text(shown, 'url').startswith(_PLAYLIST):
        return Target(key, is_playlist=True)
    key = key or _of_url(machine_identifier, text(shown, 'url'))
    if not key:
        row = _of_row(shared, shown)
        key = row.rating_key if row.machine_identifier == machine_identifier else ''
    if not key:
        raise ApiError(_NOTHING)
    return Target(key)


def machine_of(shared: Shared, shown: Mapping[str, Any]) -> str:
    """The server of what a list item shows, where several are chosen; '' for the main one, and where nothing tells."""
    if len(shared.clients.machines()) < 2:
        return ''
    url = text(shown, 'url')
    ref = item_url.parse(url)
    machine = ref.machine_identifier if ref else item_url.list_server(url)
    return shared.clients.machine_of(machine or _of_row(shared, shown).machine_identifier)


def _of_url(machine_identifier: str, url: str) -> str:
    ref = item_url.parse(url)
    return ref.rating_key if ref is not None and ref.machine_identifier == machine_identifier else ''


def _of_row(shared: Shared, shown: Mapping[str, Any]) -> RowItem:
    """The item of the row of Kodi's library that is shown; empty for another one."""
    kind = VIDEO.of_media_type(text(shown, 'type'))
    found = item_of_row(shared.databases.state_path, kind.name, integer(shown, 'id')) if kind is not None else None
    return found or RowItem('', '')
