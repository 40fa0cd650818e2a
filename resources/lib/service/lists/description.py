"""A list of the plugin, described once: everything else about lists is shared (:mod:`.answers`)."""
from __future__ import annotations

from typing import Callable, List, Mapping, NamedTuple, Sequence, Tuple, Union
from urllib.parse import quote, urlencode

from ... import item_url
from ...library_sync.kinds import VIDEO
from ...plex_functions import PMSClient
from ...plex_lists import Listing
from ...plex_model import CLIP, COLLECTION, EPISODE, MOVIE, PLAYLIST, SEASON, SHOW, PlexItem
from ...plex_providers import Provider
from ...plex_requests import PMSRequests

#: All that a list may hold.
EVERYTHING = (MOVIE, SHOW, SEASON, EPISODE, COLLECTION, PLAYLIST, CLIP)
#: How the lists of several servers become one: by the time at which something was watched, or added; one server's
#: entries after the other's; entries that all servers name alike.
VIEWED, ADDED, IN_TURN, ALIKE = 'viewed', 'added', 'in_turn', 'alike'
#: Plex's numbers for ``type=`` in listings.
TYPE_NUMBER = {kind.name: kind.plex.number for kind in VIDEO}


class Options(NamedTuple):
    """What the URL of a list may say, '' or 0 where it does not.

    ``type`` is a Plex type. ``limit`` is never 0 in a question; ``page`` counts from 1, and is 0 for somebody who wants
    so many entries and no "next page" (a widget). ``section`` is a library's key, after :class:`.section_keys` had a
    look at it. What comes as numbers (``year``, ``decade``, ``unwatched``) is kept as text. ``title`` is that of the
    page. ``server`` is the machineIdentifier of the only server that is asked; '' for all, or the main one where the
    list can be of one only.
    """

    type: str = ''
    start: int = 0
    limit: int = 0
    page: int = 0
    section: str = ''
    id: str = ''
    key: str = ''
    query: str = ''
    sort: str = ''
    filter: str = ''
    genre: str = ''
    year: str = ''
    decade: str = ''
    unwatched: str = ''
    title: str = ''
    server: str = ''

    def url(self, path: str) -> str:
        """Where the plugin shows the list ``path`` with these options."""
        said = {name: value for name, value in self._asdict().items() if value}
        query = urlencode(said, quote_via=quote, safe='')
        return item_url.BASE + path + ('?' + query if query else '')


class Folder(NamedTuple):
    """An entry that leads to another list. Its name is the text ``text_id``, or ``label`` where that is 0."""

    path: str
    options: Options
    label: str = ''
    text_id: int = 0
    icon: str = 'DefaultFolder.png'


class Foreign(NamedTuple):
    """An entry that is in none of the user's libraries: plex.tv knows of it, nobody here can play it."""

    item: PlexItem


Entry = Union[PlexItem, Folder, Foreign]


class Contents(NamedTuple):
    """The entries in their order, whether there are more of them, and the title of the page ('' for the list's own)."""

    entries: Sequence[Entry]
    more: bool = False
    title: str = ''

    @classmethod
    def of(cls, listing: Listing) -> Contents:
        """The items of a listing."""
        return cls(listing.items, listing.more, listing.title)

    @property
    def items(self) -> List[PlexItem]:
        """Those entries that are items."""
        return [one for one in self.entries if isinstance(one, PlexItem)]


class DiscoverQuestion(NamedTuple):
    """A question to plex.tv's Discover instead of the server. What the user has himself is shown as his own."""

    ask: Callable[[PMSRequests, Provider, Options], bytes]


def _always(_options: Options) -> bool:
    """The default of ``ItemsQuestion.known``, for lists that show nothing but movies and episodes."""
    return True


class ItemsQuestion(NamedTuple):
    """A question for items of which Kodi's library may know all but how far the user is.

    ``ask(client, options, fields)`` asks for these fields (of ``plex_fields``; none: the usual ones).
    ``known(options)``: whether nothing but movies, shows and episodes is shown, which are completed if those are few.
    """

    ask: Callable[[PMSClient, Options, Mapping[str, str]], bytes]
    known: Callable[[Options], bool] = _always


class ListDescription(NamedTuple):
    """One list.

    ``path`` is its name in the plugin's URL, ``title`` the id of its text. ``ask(client, options)`` gets the answer of
    the server as bytes and ``read(bytes, options)`` its entries in the server's order: an answer that is the same as
    before is not read again. ``types`` are the Plex types that it may hold. ``filtered``: the server can filter by
    type and page itself, else that is done here. ``cached``: Kodi may show the list again without asking. ``needs``
    names the options without which there is no such list; ``id_is_section``: ``id`` names a library.
    """

    path: str
    title: int
    ask: Union[Callable[[PMSClient, Options], bytes], ItemsQuestion, DiscoverQuestion]
    read: Callable[[bytes, Options], Contents]
    types: Sequence[str] = EVERYTHING
    filtered: bool = True
    cached: bool = False
    needs: Tuple[str, ...] = ()
    id_is_section: bool = False
    merge: str = ''

    def content(self, options: Options, media_types: Sequence[str]) -> str:
        """Kodi's word for what the items are; ``media_types`` are those of the entries, Kodi's words too."""
        types = [options.type] if options.type else list(self.types)
        if len(types) == 1:
            return _CONTENTS.get(types[0], 'videos')
        found = set(media_types) if self.types is EVERYTHING else {'video'}
        return _OF_MEDIA_TYPE.get(found.pop(), 'videos') if len(found) == 1 else 'videos'


def is_of_known_type(options: Options) -> bool:
    """Whether the type that is wanted is one of which Kodi's library knows all."""
    return options.type in (MOVIE, SHOW, EPISODE)


_CONTENTS: Mapping[str, str] = {'movie': 'movies', 'episode': 'episodes', 'show': 'tvshows', 'season': 'seasons'}
#: The same by Kodi's media types; folders have none.
_OF_MEDIA_TYPE: Mapping[str, str] = {'movie': 'movies', 'episode': 'episodes', 'tvshow': 'tvshows',
                                     'season': 'seasons', 'set': 'sets', '': ''}
