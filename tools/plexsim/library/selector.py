"""Filtering and sorting the items of a listing."""

from __future__ import annotations

from typing import Any

from tools.plexsim.formats.query_string import Param
from tools.plexsim.items.records import Item
from tools.plexsim.library.conditions import Conditions
from tools.plexsim.library.fields import Fields
from tools.plexsim.library.store import Store
from tools.plexsim.library.watch_states import WatchBook


class Selector:
    """Evaluates filters and sorts for one user."""

    def __init__(self, store: Store, watch: WatchBook, user: int) -> None:
        self.fields = Fields(store, watch, user)
        self.conditions = Conditions(self.fields, store.clock)

    def sort(self, items: list[Item], order: str | None, type_name: str) -> list[Item]:
        """Return the items sorted by a ``sort`` parameter; items without the value come first, or last with desc."""
        if not order:
            if type_name in ("episode", "season"):
                return sorted(items, key=_episode_order)
            order = "titleSort"
        result = items
        for part in reversed(order.split(",")):
            name, _, direction = part.partition(":")
            scope, _, field = name.rpartition(".")

            def key(item: Item, scope: str = scope, field: str = field) -> tuple[bool, Any, int]:
                subject = next(iter(item.relatives(scope)), item) if scope and scope != item.type else item
                value = self.fields.value(subject, field)
                return (value is not None, value if value is not None else 0, item.rating_key)

            result = sorted(result, key=key, reverse=direction == "desc")
        return result

    def select(self, items: list[Item], params: list[Param], type_name: str, order: str | None) -> list[Item]:
        """Return the items that pass the filters, sorted; ``items`` must be in the order of their keys."""
        test = self.conditions.compile(params, type_name)
        chosen = items if test is None else [item for item in items if test(item)]
        return chosen if order == "id" else self.sort(chosen, order, type_name)


def _episode_order(item: Item) -> tuple[str, int, int, int]:
    root = item.root()
    season = item.parent if item.type == "episode" and item.parent else item
    title = str(root.fields.get("titleSort") or root.title).lower()
    number = item.fields.get("index") or 0
    return title, season.fields.get("index") or 0, 0 if season is item else number, item.rating_key
