"""Helpers that bridged Python 2 and 3; on Python 3 each gives back what it gets."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

Text = TypeVar("Text")
Function = TypeVar("Function", bound=Callable[..., Any])

PY2 = False

__all__ = ["PY2", "encode_decode", "py2_decode", "py2_encode"]


def py2_encode(s: Text, encoding: str = "utf-8", errors: str = "strict") -> Text:
    """Give back *s*: Python 3 passes text to Kodi as it is."""
    return s


def py2_decode(s: Text, encoding: str = "utf-8", errors: str = "strict") -> Text:
    """Give back *s*: Python 3 gets text from Kodi as it is."""
    return s


def encode_decode(func: Function) -> Function:
    """Give back *func*: its arguments and its result need no conversion on Python 3."""
    return func
