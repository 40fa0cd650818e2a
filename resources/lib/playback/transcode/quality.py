"""Qualities to which a server converts."""
from __future__ import annotations

from typing import List, NamedTuple, Sequence, Tuple


class Quality(NamedTuple):
    """A limit: kbit/s of picture and sound together, and size of the picture in pixels; 0 is no limit.

    The size is a box into which the server fits the picture.
    """

    bitrate: int = 0
    width: int = 0
    height: int = 0

    def within(self, other: Quality) -> Quality:
        """The stricter of both in each respect."""
        return Quality(_lower(self.bitrate, other.bitrate), _lower(self.width, other.width),
                       _lower(self.height, other.height))


ORIGINAL = Quality()
#: From the best to the smallest.
LADDER: Tuple[Quality, ...] = (
    Quality(40000, 3840, 2160), Quality(20000, 1920, 1080), Quality(12000, 1920, 1080), Quality(8000, 1920, 1080),
    Quality(4000, 1280, 720), Quality(3000, 1280, 720), Quality(2000, 1280, 720), Quality(1500, 854, 480),
    Quality(720, 576, 320), Quality(320, 420, 240))
#: Sizes of pictures by their height.
_WIDTHS = {2160: 3840, 1080: 1920, 720: 1280, 576: 1024, 480: 854, 320: 576, 240: 420}
#: A picture of this share of a size counts as of that size: films have black bars cut off.
_NEARLY = 0.9


def limit(bitrate: int, height: int) -> Quality:
    """The limit of two settings, each 0 for none."""
    return Quality(bitrate, _WIDTHS.get(height, height * 16 // 9), height)


def below(width: int, height: int) -> List[Quality]:
    """The steps whose picture is not larger than the original's; the smallest one at least."""
    found = [one for one in LADDER if one.width * _NEARLY <= width or one.height * _NEARLY <= height]
    return found or [LADDER[-1]]


def for_line(kbps: int, steps: Sequence[Quality] = LADDER) -> Quality:
    """The best step for a line of so many kbit/s, with room for its ups and downs."""
    return next((one for one in steps if one.bitrate <= 0.75 * kbps), steps[-1])


def _lower(one: int, other: int) -> int:
    return min(one, other) if one and other else one or other
