"""The server's preferences, and the rule of what counts as watched."""

from __future__ import annotations

from typing import Any

from tools.plexsim.config import SimConfig
from tools.plexsim.items.elements import markers
from tools.plexsim.items.records import Item
from tools.plexsim.library.store import Store

# Name, type, default, label.
SETTINGS = (
    ("FriendlyName", "text", "", "Friendly name"),
    ("secureConnections", "int", 1, "Secure connections"),
    ("LibraryVideoPlayedThreshold", "int", 90, "Video played threshold"),
    ("LibraryVideoPlayedAtBehaviour", "text", "3", "Video play completion behaviour"),
    ("OnDeckWindow", "int", 16, "Weeks to consider for Continue Watching"),
    ("allowMediaDeletion", "bool", True, "Allow media deletion"),
)
# Values of LibraryVideoPlayedAtBehaviour.
AT_THRESHOLD, AT_FINAL_CREDITS, AT_FIRST_CREDITS, AT_EARLIEST = "0", "1", "2", "3"


class Preferences:
    """The preferences: values of the configuration, or default ones."""

    def __init__(self, config: SimConfig) -> None:
        self._config = config

    def get(self, name: str) -> Any:
        """Return the value of a preference."""
        return self._config.preferences.get(name, {setting[0]: setting[2] for setting in SETTINGS}[name])

    def set(self, name: str, text: str) -> None:
        """Change a preference."""
        kind = {setting[0]: setting[1] for setting in SETTINGS}[name]
        value: Any = int(text) if kind == "int" else text == "1" if kind == "bool" else text
        self._config.preferences[name] = value

    def played_at(self, store: Store, item: Item) -> float:
        """Return the position, in milliseconds, from which on an item counts as watched; 0 without a duration."""
        threshold = (item.duration or 0) * int(self.get("LibraryVideoPlayedThreshold")) / 100
        behaviour = str(self.get("LibraryVideoPlayedAtBehaviour"))
        found = [one for one in store.stored(item).get("Marker") or markers(item) if one["type"] == "credits"]
        if behaviour == AT_THRESHOLD or not found or not threshold:
            return threshold
        first = float(min(one["startTimeOffset"] for one in found))
        if behaviour == AT_FINAL_CREDITS:
            return float(max(one["startTimeOffset"] for one in found))
        return first if behaviour == AT_FIRST_CREDITS else min(threshold, first)
