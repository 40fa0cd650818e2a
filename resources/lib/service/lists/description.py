"""A list of the plugin, described once: everything else about lists is shared (:mod:`.answers`)."""
from __future__ import annotations

from typing import Callable, List, Mapping, NamedTuple, Sequence

from ...plex_functions import PMSClient
from ...plex_model import PlexItem


class Options(NamedTuple):
    """What the URL of a list may say: ``type`` (a Plex type, '' for all that the list has), ``start`` and ``limit``."""

    type: str = ''
    start: int = 0
    limit: int = 0


class ListDescription(NamedTuple):
    """One list.

    ``path`` is its name in the plugin's URL, ``title`` the id of its text. ``ask(client, options)`` gets the answer of
    the server as bytes and ``read(bytes)`` its items in the server's order: an answer that is the same as before is
    not read again. ``types`` are the Plex types that it may hold. ``filtered``: the server can filter by type and page
    itself, else that is done here. ``cached``: Kodi may show the list again without asking.
    """

    path: str
    title: int
    ask: Callable[[PMSClient, Options], bytes]
    read: Callable[[bytes], List[PlexItem]]
    types: Sequence[str]
    filtered: bool = False
    cached: bool = False

    def content(self, options: Options) -> str:
        """Kodi's word for what the items are."""
        types = [options.type] if options.type else list(self.types)
        return _CONTENTS.get(types[0], 'videos') if len(types) == 1 else 'videos'


_CONTENTS: Mapping[str, str] = {'movie': 'movies', 'episode': 'episodes', 'show': 'tvshows', 'season': 'seasons'}
