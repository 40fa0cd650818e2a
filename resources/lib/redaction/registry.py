"""The values that were named as secrets, found again in any encoding."""
from __future__ import annotations

import base64
import re
import threading
from collections import OrderedDict
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Pattern, Set, Tuple

from . import decoding

#: Values that are kept of each kind. A server may send any number of tokens; those in use are registered anew.
_MOST = 64
#: What is shorter stands in too many innocent places.
SHORTEST = 6
#: A longer value is kept in pieces of so many characters, the first few of them.
LONGEST_VALUE = 2048
_MOST_PIECES = 4
#: So many first characters of a secret are taken out even if the rest of it is missing, cut off for instance.
_PARTIAL = 12
#: Places in one text that begin like a secret; a text with more of them is hidden from there on.
_MOST_LOOKS = 1000
#: Characters of base64 on either side that hold bits of the secret beside others.
_EDGE = 3
_BASE64 = frozenset('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=')

Span = Tuple[int, int]


class _Form(NamedTuple):
    """One spelling of a secret. ``inside``: it is the certain part of something longer, in base64."""

    text: str
    inside: bool


class Finder:
    """Finds a fixed set of values, each at least :data:`SHORTEST` characters long, in a text without escapes."""

    def __init__(self, values: Iterable[str]) -> None:
        self._by_start: Dict[str, List[_Form]] = {}
        for form in {form for value in values for form in _forms(value)}:
            self._by_start.setdefault(form.text[:SHORTEST], []).append(form)
        self._starts: Optional[Pattern[str]] = None
        if self._by_start:
            self._starts = re.compile('|'.join(re.escape(start) for start in sorted(self._by_start)))

    def spans(self, text: str) -> Iterator[Span]:
        """Where a value stands: from, to. Spans may overlap. A text full of them is hidden as a whole."""
        found = self._starts.search(text) if self._starts else None
        looks = 0
        while found and self._starts:
            start = found.start()
            looks += 1
            if looks > _MOST_LOOKS:
                yield start, len(text)
                return
            for form in self._by_start[found.group()]:
                covered = _covered(form.text, text, start)
                if covered:
                    yield _with_edges(text, start, start + covered) if form.inside else (start, start + covered)
            found = self._starts.search(text, start + 1)


class Registry:
    """Thread-safe memory of the values. Of each kind the latest are kept; naming one again makes it the latest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kinds: Dict[str, OrderedDict[str, None]] = {}
        self._finder: Optional[Finder] = None

    def add(self, value: str, kind: str) -> None:
        """Know ``value`` from now on; nothing for one that is too short."""
        if len(value) < SHORTEST:
            return
        with self._lock:
            values = self._kinds.setdefault(kind, OrderedDict())
            for piece in _pieces(value):
                if piece not in values:
                    values[piece] = None
                    self._finder = None
                values.move_to_end(piece)
            while len(values) > _MOST:
                values.popitem(last=False)

    def finder(self) -> Finder:
        """A finder of all values, made anew only when they have changed since the last call."""
        finder = self._finder
        if finder is None:
            with self._lock:
                finder = self._finder
                if finder is None:
                    finder = self._finder = Finder({value for values in self._kinds.values() for value in values})
        return finder


def byte_texts(raw: bytes) -> Set[str]:
    """How the bytes of a key are written: hexadecimal, base64 by itself or inside something longer, one by one."""
    return {raw.hex(), raw.hex().upper(), decoding.utf8(raw)} | _base64_cores(raw)


def _pieces(value: str) -> List[str]:
    pieces = [value[at:at + LONGEST_VALUE] for at in range(0, len(value), LONGEST_VALUE)]
    return [piece for piece in pieces[:_MOST_PIECES] if len(piece) >= SHORTEST]


def _forms(value: str) -> Iterator[_Form]:
    for spelling in set(decoding.forms(value)):
        if len(spelling) >= SHORTEST:
            yield _Form(spelling, False)
    raw = value.encode('utf-8', 'surrogatepass')
    for text in (raw.hex(), raw.hex().upper()):
        yield _Form(text, False)
    for core in _base64_cores(raw):
        yield _Form(core, True)


def _base64_cores(raw: bytes) -> Set[str]:
    """The characters that stand for ``raw`` alone, wherever in a longer text it begins, in both alphabets."""
    cores = set()
    for before in range(3):
        padded = bytes(before) + raw
        end = len(padded) // 3 * 4 + (0, 1, 2)[len(padded) % 3]
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            cores.add(encode(padded).decode('ascii')[(0, 2, 3)[before]:end])
    return {core for core in cores if len(core) >= SHORTEST}


def _covered(form: str, text: str, start: int) -> int:
    """How many characters from ``start`` on, where the form's first ones stand, give the secret away; 0 for none."""
    if text.startswith(form, start):
        return len(form)
    same, different = SHORTEST, len(form)
    while different - same > 1:
        middle = (same + different) // 2
        if text.startswith(form[:middle], start):
            same = middle
        else:
            different = middle
    return same if same >= _PARTIAL else 0


def _with_edges(text: str, start: int, end: int) -> Span:
    first, last = max(0, start - _EDGE), min(len(text), end + _EDGE)
    while start > first and text[start - 1] in _BASE64:
        start -= 1
    while end < last and text[end] in _BASE64:
        end += 1
    return start, end
