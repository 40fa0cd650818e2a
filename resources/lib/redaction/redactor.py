"""Redacting a text: first registered secrets, then what looks like a secret."""
from __future__ import annotations

from typing import Iterator, List, Tuple

from . import decoding, patterns
from .codes import Codes
from .registry import LONGEST_VALUE, Registry, byte_texts

#: Texts are cut to this number of characters.
_LONGEST = 30_000
#: Number of characters after that which are searched too, for a secret that begins before.
_BEYOND = 3 * LONGEST_VALUE


class Redactor:
    """Removes secrets from texts. Safe to use from all threads."""

    def __init__(self) -> None:
        self._registry = Registry()
        self._codes = Codes()

    def hide(self, value: str, kind: str = '') -> None:
        """Register a secret, which is removed in any encoding. ``kind``: of each kind, the latest are kept."""
        self._registry.add(value, kind)

    def hide_code(self, value: str) -> None:
        """Register a PIN or link code; see :class:`~.codes.Codes`."""
        if not self._codes.add(value):
            self.hide(value, 'code')

    def hide_key(self, raw: bytes) -> None:
        """Register the bytes of a key, which are removed as hexadecimal digits, base64 or repr."""
        for text in byte_texts(raw):
            self.hide(text, 'key')

    def __call__(self, text: str) -> str:
        """The text without secrets; one of more than 30,000 characters is cut."""
        return patterns.redact(self.without_known(text)) + (' [cut]' if len(text) > _LONGEST else '')

    def without_known(self, text: str) -> str:
        """The first 30,000 characters of ``text`` without registered secrets."""
        text = text[:_LONGEST + _BEYOND]
        end = min(len(text), _LONGEST)
        pieces: List[str] = []
        last = 0
        for start, stop, placeholder in sorted(self._spans(text)):
            if start >= end:
                break
            while stop > start and text[stop - 1] in '\r\n\t ':  # decoded together with the secret's last character
                stop -= 1
            if start >= last:
                pieces += (text[last:start], placeholder)
            last = max(last, stop)
        pieces.append(text[last:end])
        return ''.join(pieces)

    def _spans(self, text: str) -> Iterator[Tuple[int, int, str]]:
        finder = self._registry.finder()
        for step in decoding.steps(text):
            for start, stop in finder.spans(step.text):
                yield step.span(start, stop) + (patterns.SECRET,)
            for start, stop in self._codes.spans(step.text):
                yield step.span(start, stop) + (patterns.CODE,)
