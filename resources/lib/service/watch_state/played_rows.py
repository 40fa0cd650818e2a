"""Into whose row Kodi writes when it plays an item: its own, or those of other servers that stand for it."""
from __future__ import annotations

from typing import Dict, List, Tuple

from ..same_titles import SameTitles

#: machineIdentifier and ratingKey.
Item = Tuple[str, str]
#: Items that are remembered, the last ones.
_MOST = 50


class PlayedRows:
    """Remembers what was found when a playback began. Safe to use from several threads."""

    def __init__(self, same_titles: SameTitles) -> None:
        self._same_titles = same_titles
        self._items: Dict[Item, List[Item]] = {}

    def began(self, item: Item) -> List[Item]:
        """The item, and those whose rows stand for it."""
        found = [item, *((one.machine_identifier, one.rating_key) for one in self._same_titles.shown(*item))]
        if len(found) == 1:
            self._items.pop(item, None)
        else:
            while len(self._items) >= _MOST:
                self._items.pop(next(iter(self._items)), None)
            self._items[item] = found
        return found

    def items(self, item: Item) -> List[Item]:
        """The same, for an item of which a playback began."""
        return self._items.get(item, [item])
