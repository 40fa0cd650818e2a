"""All lists of the plugin. A new one is a module beside this one and a line here."""
from __future__ import annotations

from typing import Mapping

from .continue_watching import CONTINUE_WATCHING
from .description import ListDescription

LISTS: Mapping[str, ListDescription] = {one.path: one for one in (
    CONTINUE_WATCHING,
)}
