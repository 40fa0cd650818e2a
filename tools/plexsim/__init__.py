"""A simulated plex.tv and Plex Media Server over real HTTP, for tests and benchmarks."""

from __future__ import annotations

from .config import Clock, SimConfig
from .items import Item, Section, WatchState
from .library import Library
from .server import PlexSim

__all__ = ["Clock", "Item", "Library", "PlexSim", "Section", "SimConfig", "WatchState"]
