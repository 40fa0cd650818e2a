"""The actions of the context menu. A new one is a module of its own and a line here."""
from __future__ import annotations

from typing import Sequence

from .action import ItemAction
from .collections import Collections
from .continue_watching import LeaveContinueWatching
from .deletion import Delete
from .lists import ListsOfItem
from .marks import Marks
from .matches import FixMatch
from .other_server import OtherServers
from .playing import WaysToPlay
from .playlists import Playlists
from .queues import Queues
from .rating import Rate
from .refresh import Refresh
from .watchlist import Watchlist

#: In the order of the menu.
ACTIONS: Sequence[ItemAction] = (
    Queues(),
    WaysToPlay(),
    OtherServers(),
    ListsOfItem(),
    Marks(),
    LeaveContinueWatching(),
    Watchlist(),
    Playlists(),
    Collections(),
    Rate(),
    Refresh(),
    FixMatch(),
    Delete(),
)
