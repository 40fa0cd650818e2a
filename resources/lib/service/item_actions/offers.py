"""What makes sense with an item, now and for who watches."""
from __future__ import annotations

import logging
from typing import List, NamedTuple

from ...auth.manager import AuthManager
from ...library_sync.kinds import EPISODE, MOVIE, SEASON, SHOW
from ...plex_errors import PlexError
from ...plex_functions import PMSClient, read_hub
from ...plex_model import PlexItem
from . import watchlist

LOG = logging.getLogger('pkc.service')

EXTRAS, SIMILAR, WATCHED, UNWATCHED = 'show_extras', 'show_similar', 'mark_watched', 'mark_unwatched'
REMOVE, WATCHLIST_ADD, WATCHLIST_REMOVE = 'leave_continue_watching', 'watchlist_add', 'watchlist_remove'
RATE, REFRESH, DELETE = 'rate', 'refresh', 'delete'

_LEAVES = (MOVIE.name, EPISODE.name)
_MOST_CONTINUED = 300


class Offers(NamedTuple):
    """The names of actions in the order of the menu."""

    title: str
    names: List[str]


def of_item(client: PMSClient, auth: AuthManager, item: PlexItem, in_library: bool) -> Offers:
    """Those of an item of the server's. ``in_library``: Kodi's library has it."""
    kind = item.plex_type
    names: List[str] = []
    if kind in (MOVIE.name, SHOW.name):
        names += [EXTRAS, SIMILAR] if item.has_extras else [SIMILAR]
    if kind in (*_LEAVES, SHOW.name, SEASON.name):
        names += _marks(item)
    if kind in _LEAVES and _is_continued(client, item.rating_key):
        names.append(REMOVE)
    names += on_watchlist(auth, item.guid)
    names.append(RATE)
    if in_library:
        names.append(REFRESH)
    if kind in (*_LEAVES, SHOW.name, SEASON.name) and client.features.may_delete():
        names.append(DELETE)
    return Offers(shown_title(item), names)


def on_watchlist(auth: AuthManager, guid: str) -> List[str]:
    """Adding to the watchlist or removing from it, whichever is possible."""
    key = watchlist.key_of(guid)
    if not key:
        return []
    try:
        return [WATCHLIST_REMOVE if watchlist.contains(auth, key) else WATCHLIST_ADD]
    except PlexError as error:
        LOG.info('plex.tv does not tell about the watchlist: %s', error)
        return []


def shown_title(item: PlexItem) -> str:
    """How the item is named in a question: an episode with its show and numbers."""
    if item.plex_type == EPISODE.name:
        return '%s %dx%02d · %s' % (item.grandparent_title, max(item.parent_index, 0), max(item.item_index, 0),
                                    item.title)
    return '%s · %s' % (item.parent_title, item.title) if item.plex_type == SEASON.name else item.title


def _marks(item: PlexItem) -> List[str]:
    if item.plex_type in _LEAVES:
        return [UNWATCHED if item.view_count > 0 and not item.view_offset else WATCHED]
    seen, total = item.viewed_leaf_count, item.leaf_count
    return ([WATCHED] if seen < total else []) + ([UNWATCHED] if seen > 0 else [])


def _is_continued(client: PMSClient, rating_key: str) -> bool:
    try:
        return any(one.rating_key == rating_key for one in read_hub(client.continue_watching_body(_MOST_CONTINUED)))
    except PlexError as error:
        LOG.info('the server does not tell what is continued: %s', error)
        return False
