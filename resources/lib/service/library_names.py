"""The names by which the settings know libraries: their uuids, or their keys where an older version knew nothing else.

Two servers have different uuids, but the same keys: these are the main server's.
"""
from __future__ import annotations

from typing import FrozenSet, Iterable


def names_for(machine: str, names: Iterable[str]) -> FrozenSet[str]:
    """Those of the names (uuids or keys) that libraries of this server can have: '' is the main server."""
    return frozenset(name for name in names if not machine or not name.isdigit())
