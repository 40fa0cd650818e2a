"""Whether it is known who watches."""
from __future__ import annotations

from ..auth.errors import UserNotChosen


class Viewer:
    """Whether it is known who watches. While it is locked nothing is played, listed or synchronised."""

    def __init__(self) -> None:
        self.locked = False

    def require(self) -> None:
        """Raises :class:`UserNotChosen` while it is locked."""
        if self.locked:
            raise UserNotChosen('nobody was chosen yet')
