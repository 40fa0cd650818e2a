"""What a target is."""
from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, NamedTuple

from hypothesis.strategies import SearchStrategy

#: Reads one input. Returns, or raises whatever is none of its documented errors.
Reader = Callable[[Any], None]


class Target(NamedTuple):
    """A reader of foreign input: its name, what it is given, and how it is made.

    ``open(stack, folder)`` gives the reader; what must be closed goes on the stack, files into the empty folder.
    """

    name: str
    inputs: SearchStrategy[Any]
    open: Callable[[ExitStack, Path], Reader]
