"""Which item of Plex's an entry on the screen is."""
from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from ... import item_url, state_db
from ...library_sync.kinds import VIDEO
from ...local_server.api import ApiError
from ...plex_values import checked_id, integer, text
from ...sql.errors import DatabaseError
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
    key = key or _of_url(machine_identifier, text(shown, 'url')) or _of_row(
        shared, machine_identifier, text(shown, 'type'), integer(shown, 'id'))
    if not key:
        raise ApiError(_NOTHING)
    return Target(key)


def machine_of(shared: Shared, shown: Mapping[str, Any]) -> str:
    """The server of what a list item shows, where several are chosen; '' for the main one, and where nothing tells."""
    if len(shared.clients.machines()) < 2:
        return ''
    url = text(shown, 'url')
    ref = item_url.parse(url)
    machine = (ref.machine_identifier if ref else item_url.list_server(url)) or _machine_of_row(
        shared, text(shown, 'type'), integer(shown, 'id'))
    return shared.clients.machine_of(machine)


def _machine_of_row(shared: Shared, media_type: str, kodi_id: int) -> str:
    kind, path = VIDEO.of_media_type(media_type), shared.databases.state_path
    if kind is None or kodi_id <= 0 or not state_db.exists(path):
        return ''
    try:
        with state_db.open_reader(path) as state:
            row = state.by_kodi_id(kind.name, kodi_id)
            return state.machine_identifier(row.server_id) if row else ''
    except DatabaseError:
        return ''


def _of_url(machine_identifier: str, url: str) -> str:
    ref = item_url.parse(url)
    return ref.rating_key if ref is not None and ref.machine_identifier == machine_identifier else ''


def _of_row(shared: Shared, machine_identifier: str, media_type: str, kodi_id: int) -> str:
    kind, path = VIDEO.of_media_type(media_type), shared.databases.state_path
    if kind is None or kodi_id <= 0 or not state_db.exists(path):
        return ''
    try:
        with state_db.open_reader(path) as state:
            row = state.by_kodi_id(kind.name, kodi_id)
            return row.rating_key if row and row.server_id == state.server_id(machine_identifier) else ''
    except DatabaseError:
        return ''
