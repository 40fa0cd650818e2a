"""Checking options of lists, which a skin or another add-on may set to anything, before they are sent to a server."""
from __future__ import annotations

import re
from urllib.parse import unquote

#: Paths that return lists, and segments of a path with which the server would carry out an action.
_LISTED = re.compile(r'/(?:hubs|library/(?:sections|metadata|collections|all|onDeck|recentlyAdded))(?:[/?]|\Z)')
_ACTIONS = frozenset(('refresh', 'analyze', 'emptytrash', 'optimize', 'match', 'unmatch', 'split', 'merge', 'manage',
                      'move', 'prefs', 'augmentations', 'thumb', 'art', 'file', 'cache', 'agents'))
_LONGEST_KEY = 2000
_ORDER = re.compile(r'[A-Za-z]+(?:\.[A-Za-z]+)?(?::[A-Za-z]+)*(?:,[A-Za-z]+(?:\.[A-Za-z]+)?(?::[A-Za-z]+)*)*\Z')


def checked_key(key: str) -> str:
    """``key`` if it is the path of a list on the server, else ''.

    It must not contain another host, ``..``, credentials or other ``X-Plex`` options, or anything with which the server
    would carry out an action.
    """
    plain = unquote(unquote(key))
    path = plain.partition('?')[0]
    if (len(key) > _LONGEST_KEY or not _LISTED.match(key) or not plain.isprintable() or ' ' in key or '#' in key
            or 'x-plex-' in plain.lower() or '..' in plain or '//' in path or '\\' in path or '@' in path
            or _ACTIONS.intersection(path.lower().split('/'))):
        return ''
    return key


def checked_order(order: str) -> str:
    """``order`` if it can be a ``sort`` of the server (``year:desc``), else ''."""
    return order if len(order) < 300 and _ORDER.match(order) else ''
