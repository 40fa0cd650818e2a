"""What goes along with a playback. A new feature is a module of its own and a line here."""
from __future__ import annotations

from typing import Callable, Optional, Protocol, Sequence

from ...playback.state import Feature, PlaybackState
from ..shared import Shared
from .announcing import Announcing
from .reporting import Reporting


class FeatureFactory(Protocol):
    """Lives as long as the service and makes one object for each playback."""

    def feature(self, playback: PlaybackState) -> Optional[Feature]:
        """The feature of a playback that has just begun; None when it has nothing to do with it."""

    def stop(self) -> None:
        """The service ends; all playbacks are over."""


#: Told of everything in this order.
FEATURES: Sequence[Callable[[Shared], FeatureFactory]] = (
    Announcing,
    Reporting,
)
