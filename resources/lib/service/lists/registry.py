"""All lists of the plugin. A new one is a module beside this one and a line here."""
from __future__ import annotations

from typing import Mapping

from .collections_and_playlists import ALL_COLLECTIONS, COLLECTION, MY_PLAYLISTS, PLAYLIST
from .continue_watching import CONTINUE_WATCHING
from .description import ListDescription
from .folders import FOLDER
from .hubs import HUB, HUBS, RELATED
from .of_discover import DISCOVER_LIST, WATCHLIST_LIST
from .of_one_item import CHILDREN, EXTRAS, PEOPLE, SIMILAR
from .on_deck import ON_DECK
from .recently_added import RECENTLY_ADDED
from .search import SEARCH
from .sections import SECTION, SECTIONS

LISTS: Mapping[str, ListDescription] = {one.path: one for one in (
    CONTINUE_WATCHING, ON_DECK, RECENTLY_ADDED, HUBS, HUB, SECTIONS, SECTION, ALL_COLLECTIONS, COLLECTION, MY_PLAYLISTS,
    PLAYLIST, CHILDREN, SIMILAR, EXTRAS, RELATED, SEARCH, PEOPLE, FOLDER, WATCHLIST_LIST, DISCOVER_LIST,
)}
