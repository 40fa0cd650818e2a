"""The parts of the service, in the order in which they start. A new capability is a part and a line here."""
from __future__ import annotations

from typing import Callable, Sequence

from .account.part import Account
from .artwork.part import Artwork
from .direct_paths.part import DirectPaths
from .item_actions.part import ItemActions
from .library.part import Library
from .lists.part import Lists
from .live.part import Live
from .nodes.part import Nodes
from .part import Part
from .playback.part import Playback
from .playlists.part import Playlists
from .remote_control.part import RemoteControl
from .shared import Shared
from .status.part import Status
from .theme_music.part import ThemeMusic
from .watch_state.part import WatchState

PARTS: Sequence[Callable[[Shared], Part]] = (
    WatchState,
    Playback,
    Account,
    Library,
    Live,
    Lists,
    ItemActions,
    DirectPaths,
    Nodes,
    Playlists,
    Artwork,
    RemoteControl,
    ThemeMusic,
    Status,
)
