"""PINs and link codes that were named: so short that they may stand only where none is meant.

A code with a letter in it, written as Plex writes it, is taken out wherever it is a word of its own; digits alone and
other spellings only near a word that says what they are.
"""
from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import Iterator, List, NamedTuple, Optional, Pattern, Tuple

_MOST = 32
_SHORTEST, _LONGEST = 3, 12
#: Characters behind the naming word in which the code is looked for.
_REACH = 40
_NAMES = re.compile(r'(?<!status )(?<!error )(?<!return )(?<!exit )'
                    r'(?:(?<![A-Za-z])(?i:pins?|codes?|passcode|link|switch)|Pin|Code|PIN|CODE)(?![a-z])')

Span = Tuple[int, int]


class _Compiled(NamedTuple):
    anywhere: Optional[Pattern[str]]
    named: Optional[Pattern[str]]


class Codes:
    """Thread-safe memory of the latest PINs and codes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: OrderedDict[str, None] = OrderedDict()
        self._compiled: Optional[_Compiled] = None

    def add(self, value: str) -> bool:
        """Know ``value`` from now on. False for what has not the length of a code."""
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
        """Where a known code stands in ``text``: from, to."""
        anywhere, named = self._compiled or self._compile()
        if anywhere is not None:
            yield from (found.span() for found in anywhere.finditer(text))
        if named is not None and named.search(text):
            for name in _NAMES.finditer(text):
                yield from (found.span() for found in named.finditer(text, name.end(), name.end() + _REACH))

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
