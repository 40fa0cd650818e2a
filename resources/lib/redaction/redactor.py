"""One text at a time: known secrets first, then what looks like one."""
from __future__ import annotations

from typing import Iterator, List, Tuple

from . import decoding, patterns
from .codes import Codes
from .registry import LONGEST_VALUE, Registry, byte_texts

#: Characters of a text that are kept.
_LONGEST = 30_000
#: So far behind that a secret is looked for which begins before, in its longest spelling.
_BEYOND = 3 * LONGEST_VALUE


class Redactor:
    """Makes texts fit for strangers. Safe to use from all threads."""

    def __init__(self) -> None:
        self._registry = Registry()
        self._codes = Codes()

    def hide(self, value: str, kind: str = '') -> None:
        """Never let ``value`` pass, wherever and however encoded it stands. ``kind``: of each, the latest are kept."""
        self._registry.add(value, kind)

    def hide_code(self, value: str) -> None:
        """Do not let a PIN or link code pass where it is one."""
        if not self._codes.add(value):
            self.hide(value, 'code')

    def hide_key(self, raw: bytes) -> None:
        """Never let the bytes of a key pass, as hexadecimal digits, in base64 or in a repr."""
        for text in byte_texts(raw):
            self.hide(text, 'key')

    def __call__(self, text: str) -> str:
        """The text as it may be shown to strangers; one of more than 30,000 characters is cut."""
        return patterns.redact(self.without_known(text)) + (' [cut]' if len(text) > _LONGEST else '')

    def without_known(self, text: str) -> str:
        """The first 30,000 characters of ``text`` without the secrets that were named."""
        text = text[:_LONGEST + _BEYOND]
        end = min(len(text), _LONGEST)
        pieces: List[str] = []
        last = 0
        for start, stop, word in sorted(self._spans(text)):
            if start >= end:
                break
            while stop > start and text[stop - 1] in '\r\n\t ':  # undone with the secret's last character
                stop -= 1
            if start >= last:
                pieces += (text[last:start], word)
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
