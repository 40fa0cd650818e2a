"""Numbers as the user writes them."""
from __future__ import annotations

from typing import Callable

from ..kodi.texts import numbers as texts


def decimal(value: float, text: Callable[..., str]) -> str:
    """A number with one decimal, after the sign of Kodi's language. ``text(id)`` is a text in it."""
    return ('%.1f' % value).replace('.', text(texts.DECIMAL_SIGN))
