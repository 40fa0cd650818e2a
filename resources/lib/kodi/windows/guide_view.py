"""What the last window of the guide shows."""
from __future__ import annotations

from typing import NamedTuple, Optional


class GuideView(NamedTuple):
    """A heading, a line below it, a longer text, and a progress bar (``percent``; None for none).

    ``over``: there is nothing to wait for any more.
    """

    heading: str
    line: str
    text: str
    percent: Optional[int] = None
    over: bool = False
