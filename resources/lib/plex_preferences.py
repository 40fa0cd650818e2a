"""The position from which on a server counts a video as watched, by its preferences."""
from __future__ import annotations

from typing import NamedTuple, Sequence

from .plex_media import CREDITS, Marker
from .plex_values import Raw, children, number, text

#: Up to this position (milliseconds) a server stores neither a resume point nor a view.
IGNORED_MS = 60_000
THRESHOLD, BEHAVIOUR = 'LibraryVideoPlayedThreshold', 'LibraryVideoPlayedAtBehaviour'
#: Values of :data:`BEHAVIOUR`: at the threshold, at the final or the first credits marker, or at whichever of
#: threshold and first credits marker comes first. Without such markers the threshold is used.
AT_THRESHOLD, AT_FINAL_CREDITS, AT_FIRST_CREDITS, AT_EARLIEST = '0', '1', '2', '3'


class PlayedRule(NamedTuple):
    """The rule; ``threshold`` is a share of the duration. ``known`` is false if the server does not tell (it tells only
    its owner); then the values are a server's defaults.
    """

    threshold: float = 0.9
    behaviour: str = AT_EARLIEST
    known: bool = False

    def played_at(self, duration_ms: float, markers: Sequence[Marker] = ()) -> float:
        """The position in ms from which an item of this duration counts as watched; 0 without a duration."""
        threshold = duration_ms * self.threshold
        starts = sorted(marker.start for marker in markers if marker.kind == CREDITS and marker.start > 0)
        if not starts or threshold <= 0 or self.behaviour == AT_THRESHOLD:
            return threshold
        if self.behaviour == AT_FINAL_CREDITS:
            return float(starts[-1])
        return float(starts[0] if self.behaviour == AT_FIRST_CREDITS else min(threshold, starts[0]))


def played_rule(container: Raw) -> PlayedRule:
    """The rule in an answer of ``/:/prefs``."""
    found = {text(one, 'id'): one for one in children(container, 'Setting')}
    if THRESHOLD not in found:
        return PlayedRule()
    percent = number(found[THRESHOLD], 'value')
    behaviour = text(found[BEHAVIOUR], 'value') if BEHAVIOUR in found else AT_THRESHOLD
    return PlayedRule(percent / 100.0 if 0 < percent <= 100 else PlayedRule().threshold, behaviour, True)
