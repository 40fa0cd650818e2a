"""Which of several versions of an item is played, if the user is not asked."""
from __future__ import annotations

from typing import Callable, Sequence, Tuple

from ..plex_media import Media
from .transcode import needs
from .transcode.quality import Quality

#: Values of the setting ``version_choice`` other than 0 (ask each time): ask once for each item, take the best.
REMEMBER, BEST = 1, 2
#: What is a little larger than the screen still counts as fitting: black bars, overscan.
_NEARLY = 1.1


def best(versions: Sequence[Media], box: needs.Box, limit_of: Callable[[Media], Quality],
         screen: Tuple[int, int] = (0, 0)) -> Media:
    """The best version for a screen (width and height in pixels, 0: not known) and a line, which limits each.

    One that plays as it is goes before one that has to be converted; then the largest picture that fits the screen,
    else the smallest that does not; then the highest bitrate.
    """
    return max(versions, key=lambda media: _rank(media, box, limit_of(media), screen))


def _rank(media: Media, box: needs.Box, limit: Quality, screen: Tuple[int, int]) -> Tuple[bool, bool, int, int]:
    size = media.width * media.height
    fits = not screen[0] or (media.width <= screen[0] * _NEARLY and media.height <= screen[1] * _NEARLY)
    return (not needs.reason(media, box, limit), fits, size if fits else -size, media.bitrate)
