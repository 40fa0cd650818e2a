"""The server's search over all libraries: a folder for each kind of thing that was found, or those of one type."""
from __future__ import annotations

from typing import Dict, List

from ...item_url import icon
from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import read_hubs, search_body
from ...plex_model import COLLECTION, EPISODE, MOVIE, SEASON, SHOW, PlexItem
from .description import ALIKE, Contents, Folder, ListDescription, Options

#: So many of each kind are asked for: the server searches within the words, and the end of a long answer is chance.
_MOST = 100
_KINDS = {MOVIE: (texts.MOVIES, icon('movies')), SHOW: (texts.SHOWS, icon('shows')),
          SEASON: (texts.SEASONS, icon('shows')), EPISODE: (texts.EPISODES, icon('shows')),
          COLLECTION: (texts.COLLECTIONS, icon('collections'))}


def _ask(client: PMSClient, options: Options) -> bytes:
    return search_body(client, options.query, _MOST)


def _read(body: bytes, options: Options) -> Contents:
    found: Dict[str, Dict[str, PlexItem]] = {}
    for hub in read_hubs(body):
        for item in hub.items:
            found.setdefault(item.plex_type, {}).setdefault(item.rating_key, item)
    if options.type:
        chosen: List[PlexItem] = list(found.get(options.type, {}).values())
        end = options.start + options.limit
        return Contents(chosen[options.start:end], len(chosen) > end)
    return Contents([Folder('search', Options(query=options.query, type=kind), text_id=_KINDS[kind][0],
                            icon=_KINDS[kind][1]) for kind in found if kind in _KINDS], title=options.query)


SEARCH = ListDescription('search', texts.SEARCH, _ask, _read, needs=('query',), merge=ALIKE)
