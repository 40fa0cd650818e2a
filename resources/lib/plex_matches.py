"""Which work an item of a library is: the candidates that a Plex Media Server finds, and choosing one of them."""
from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

from .plex_limits import LISTING
from .plex_requests import PMSRequests
from .plex_values import children, integer, text

_METADATA = '/library/metadata/%s/%s'
_LONGEST_GUID = 500


class Candidate(NamedTuple):
    """A work that the item may be; ``score`` is at most 100, ``year`` 0 if not known."""

    guid: str
    name: str
    year: int
    score: int


def candidates(client: PMSRequests, rating_key: str, section_key: str = '', title: str = '') -> List[Candidate]:
    """The works that a film or show may be, the most probable first. For administrators only.

    ``title``: search for this title, as the library ``section_key`` does. Raises :class:`PlexError`.
    """
    params: Dict[str, Any] = {'manual': 1}
    if title:
        params.update(_searched(client, section_key), title=title, year='')
    found = client.container(_METADATA % (rating_key, 'matches'), params, limits=LISTING)
    works = [Candidate(text(raw, 'guid'), text(raw, 'name'), integer(raw, 'year'), integer(raw, 'score'))
             for raw in children(found, 'SearchResult')]
    return [one for one in works if one.name and '://' in one.guid and len(one.guid) <= _LONGEST_GUID]


def fix_match(client: PMSRequests, rating_key: str, chosen: Candidate) -> None:
    """Let the item be this work: the server fetches its metadata anew. Raises :class:`PlexError`."""
    params: Dict[str, Any] = {'guid': chosen.guid, 'name': chosen.name}
    if chosen.year > 0:
        params['year'] = chosen.year
    client.act(_METADATA % (rating_key, 'match'), params)


def _searched(client: PMSRequests, section_key: str) -> Dict[str, str]:
    """Agent and language of a library; without them a server may not search for a title."""
    for raw in children(client.container('/library/sections'), 'Directory'):
        if text(raw, 'key') == section_key:
            return {'agent': text(raw, 'agent'), 'language': text(raw, 'language')}
    return {}
