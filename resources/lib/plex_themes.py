"""The theme music of shows: an mp3 of some thirty seconds, which a Plex Media Server keeps like their pictures.

``theme`` of a show, ``parentTheme`` of a season and ``grandparentTheme`` of an episode are its path; most shows have
one, and shows that no agent has found have none.
"""
from __future__ import annotations

import re
from typing import Dict, NamedTuple, Optional

from .plex_errors import PlexNotFound
from .plex_fields import NO_ELEMENTS
from .plex_requests import VERSION_HEADER, PMSRequests, rows_of
from .plex_values import text

_FIELDS: Dict[str, str] = dict(
    NO_ELEMENTS, skipRefresh='1', includeFields='ratingKey,title,parentTitle,grandparentTitle,theme,parentTheme,'
                                                'grandparentTheme')
#: Prefixes of the fields: an item's own, those of what it belongs to.
_OF = ('', 'parent', 'grandparent')
_PATH = re.compile(r'/library/metadata/([A-Za-z0-9._-]+)/theme/([0-9]{1,15})\Z')


class Theme(NamedTuple):
    """The theme of a show. ``stamp`` changes with it; ``path`` is where the server has it."""

    rating_key: str
    stamp: str
    path: str
    show_title: str


def theme_of(client: PMSRequests, rating_key: str) -> Optional[Theme]:
    """The theme of a show, or of the show of a season or an episode; None without one. Raises :class:`PlexError`."""
    try:
        rows = rows_of(client.container('/library/metadata/' + rating_key, _FIELDS, headers=VERSION_HEADER))
    except PlexNotFound:
        return None
    for raw in rows:
        for of in _OF:
            path = text(raw, of + 'Theme' if of else 'theme')
            found = _PATH.match(path)
            if found:
                return Theme(found.group(1), found.group(2), path, text(raw, of + 'Title' if of else 'title'))
    return None
