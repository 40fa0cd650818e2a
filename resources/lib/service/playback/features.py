"""What goes along with a playback. A new feature is a module of its own and a line here."""
from __future__ import annotations

from typing import Callable, Sequence

from ...playback.features import FeatureFactory
from ..shared import Shared
from .announcing import Announcing
from .next_episode import NextEpisode
from .next_up import NextUp
from .reporting import Reporting
from .rewind import Rewind
from .skipping import Skipping
from .stack_entries import StackEntries
from .stream_choice import Choosing
from .termination import Termination
from .transcoding import Transcoding
from .up_next import UpNext

#: Told of everything in this order.
FEATURES: Sequence[Callable[[Shared], FeatureFactory]] = (
    Announcing,
    Reporting,
    Transcoding,
    Termination,
    Rewind,
    Choosing,
    Skipping,
    NextUp,
    UpNext,
    NextEpisode,
    StackEntries,
)
