"""From an item that Kodi's library has to a wire item (:mod:`..list_item`): all that its rows tell.

The server has to say nothing but how far the user is: Kodi's rows may tell that of somebody who watched before.
"""
from __future__ import annotations

from typing import Dict, Mapping

from ...kodi_db.details import ItemDetails
from ...library_sync import mapping
from ...library_sync.kinds import SHOW, Kind
from ...plex_model import PlexItem
from ...state_db import ItemState
from ..list_item import WireItem, add_watched, bounded

#: What an episode shows of its show where it has no picture of its own.
_FROM_SHOW = {'poster': 'tvshow.poster', 'fanart': 'tvshow.fanart', 'thumb': 'tvshow.poster'}
_FROM_ITSELF = {'thumb': 'poster'}
_LIBRARY_SHOW = 'videodb://tvshows/titles/%d/'


def library_item(kind: Kind, item: PlexItem, row: ItemState, known: ItemDetails,
                 machine_identifier: str) -> WireItem:
    """The wire item of a movie, show or episode. ``row`` is that of our database, ``known`` what Kodi's rows tell."""
    info = dict(known.info)
    wire: WireItem = {'label': info['title'], 'mediatype': kind.table.media_type, 'dbid': row.kodi_id, 'info': info,
                      'art': _art(known.art, _FROM_SHOW if kind.parent is SHOW else _FROM_ITSELF),
                      'uniqueids': known.unique_ids, 'cast': known.cast, 'properties': {'plexid': item.rating_key}}
    if kind is SHOW:
        wire.update(folder=True, url=_LIBRARY_SHOW % row.kodi_id)
        add_watched(wire, item)
    else:
        wire['url'] = kind.address(machine_identifier, item.rating_key, row.parent_key).url
        wire['streams'] = known.streams
        _add_watch_state(wire, item)
    if item.last_viewed_at > 0:
        info['lastplayed'] = mapping.local_time(item.last_viewed_at)
    rating = mapping.stored_rating(item.user_rating)
    if rating:
        info['userrating'] = rating
    return wire


def _add_watch_state(wire: WireItem, item: PlexItem) -> None:
    info = wire['info']
    state = mapping.watch_state(item.view_count, item.view_offset, item.last_viewed_at, 1000 * info.get('duration', 0))
    info['playcount'] = bounded(state.play_count or 0)
    if state.position:
        wire['resume'] = {'position': state.position, 'total': state.total}


def _art(pictures: Dict[str, str], instead: Mapping[str, str]) -> Dict[str, str]:
    art = dict(pictures)
    for kind, other in instead.items():
        if other in art:
            art.setdefault(kind, art[other])
    return art
