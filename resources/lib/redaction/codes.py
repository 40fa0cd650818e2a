"""Registered PINs and link codes, which are so short that the same characters may have another meaning.

A code that contains a letter, in its exact spelling, is removed wherever it is a separate word; digits alone and other
spellings only after a word such as "pin" or "code".
"""
from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import Iterator, List, NamedTuple, Optional, Pattern, Tuple

_MOST = 32
_SHORTEST, _LONGEST = 3, 12
#: Number of characters after such a word in which a code is searched.
_REACH = 40
_NAMES = re.compile(r'(?<!status )(?<!error )(?<!return )(?<!exit )'
                    r'(?:(?<![A-Za-z])(?i:pins?|codes?|passcode|link|switch)|Pin|Code|PIN|CODE)(?![a-z])')

Span = Tuple[int, int]


class _Compiled(NamedTuple):
    anywhere: Optional[Pattern[str]]
    named: Optional[Pattern[str]]


class Codes:
    """The latest PINs and codes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: OrderedDict[str, None] = OrderedDict()
        self._compiled: Optional[_Compiled] = None

    def add(self, value: str) -> bool:
        """Register ``value``. False if it does not have the length of a code."""
        if not (_SHORTEST <= len(value) <= _LONGEST and value.isalnum()):
            return False
        with self._lock:
            if value not in self._values:
                self._values[value] = None
                self._compiled = None
            self._values.move_to_end(value)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        return True

    def spans(self, text: str) -> Iterator[Span]:
        """The (start, end) of registered codes in ``text``."""
        anywhere, named = self._compiled or self._compile()
        if anywhere is not None:
            yield from (match.span() for match in anywhere.finditer(text))
        if named is not None and named.search(text):
            for name in _NAMES.finditer(text):
                yield from (match.span() for match in named.finditer(text, name.end(), name.end() + _REACH))

    def _compile(self) -> _Compiled:
        with self._lock:
            values = list(self._values)
            words = [value for value in values if not value.isdigit()]
            self._compiled = _Compiled(_words(words, 0), _words(values, re.IGNORECASE))
            return self._compiled


def _words(values: List[str], flags: int) -> Optional[Pattern[str]]:
    if not values:
        return None
    longest_first = sorted(values, key=len, reverse=True)
    return re.compile(r'(?<![A-Za-z0-9])(?:%s)(?![A-Za-z0-9])' % '|'.join(map(re.escape, longest_first)), flags)
