"""What a skin or another add-on may want of a list, as the server is asked for it. It may be anything."""
from __future__ import annotations

import re
from urllib.parse import unquote

#: Paths below ``/library`` that hold lists, and words in a path with which the server would do something.
_LISTED = re.compile(r'/(?:hubs|library/(?:sections|metadata|collections|all|onDeck|recentlyAdded))(?:[/?]|\Z)')
_ACTIONS = frozenset(('refresh', 'analyze', 'emptytrash', 'optimize', 'match', 'unmatch', 'split', 'merge', 'manage',
                      'move', 'prefs', 'augmentations', 'thumb', 'art', 'file', 'cache', 'agents'))
_LONGEST_KEY = 2000
_ORDER = re.compile(r'[A-Za-z]+(?:\.[A-Za-z]+)?(?::[A-Za-z]+)*(?:,[A-Za-z]+(?:\.[A-Za-z]+)?(?::[A-Za-z]+)*)*\Z')


def checked_key(key: str) -> str:
    """A path on the server with a list, as the server names it; '' for anything else.

    It may come from a skin or another add-on: no other host, no way out of the path, no credentials or other
    ``X-Plex`` options, and nothing with which the server would do something.
    """
    plain = unquote(unquote(key))
    path = plain.partition('?')[0]
    if (len(key) > _LONGEST_KEY or not _LISTED.match(key) or not plain.isprintable() or ' ' in key or '#' in key
            or 'x-plex-' in plain.lower() or '..' in plain or '//' in path or '\\' in path or '@' in path
            or _ACTIONS.intersection(path.lower().split('/'))):
        return ''
    return key


def checked_order(order: str) -> str:
    """A ``sort`` of the server, for instance ``year:desc``; '' for what cannot be one."""
    return order if len(order) < 300 and _ORDER.match(order) else ''
