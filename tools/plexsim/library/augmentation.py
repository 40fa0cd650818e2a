"""What a server learns about an item from Plex's cloud only when an administrator asks for it."""

from __future__ import annotations

from typing import Any

from tools.plexsim.items.records import Item
from tools.plexsim.library.scanning import Scanning


class Augmentations(Scanning):
    """A library with extras that are not listed before the item was augmented."""

    #: Titles of extras by the key of their item.
    online_extras: dict[int, list[str]]

    def add_online_extra(self, rating_key: Any, title: str) -> None:
        """Let Plex's cloud have an extra of an item."""
        self.online_extras.setdefault(self.need(rating_key).rating_key, []).append(title)

    def augment(self, item: Item) -> None:
        """Add what the cloud has."""
        for title in self.online_extras.pop(item.rating_key, []):
            self.add_extra(item.rating_key, title)
