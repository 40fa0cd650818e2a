"""The records of a fuzz target."""
from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, NamedTuple

from hypothesis.strategies import SearchStrategy

#: Reads one input. Raises only undocumented errors.
Reader = Callable[[Any], None]


class Target(NamedTuple):
    """A reader of foreign input: its name, its inputs, and how to create it.

    ``open(stack, folder)`` returns the reader; ``stack`` closes its resources, ``folder`` is empty, for its files.
    """

    name: str
    inputs: SearchStrategy[Any]
    open: Callable[[ExitStack, Path], Reader]
