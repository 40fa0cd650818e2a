"""Registered secrets, and finding them in any encoding."""
from __future__ import annotations

import base64
import re
import threading
from collections import OrderedDict
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Pattern, Set, Tuple

from . import decoding

#: Limit of values of each kind. A server may send any number of tokens; those in use are registered again.
_MOST = 64
#: Shorter values are not registered, since they occur in too many other places.
SHORTEST = 6
#: A longer value is split into pieces of this number of characters, of which the first few are kept.
LONGEST_VALUE = 2048
_MOST_PIECES = 4
#: This many first characters of a secret are removed even if the rest is missing (cut off).
_PARTIAL = 12
#: Limit of places in one text that begin like a secret; a text with more is removed from there on.
_MOST_LOOKS = 1000
#: Number of base64 characters on either side that contain some bits of the secret.
_EDGE = 3
_BASE64 = frozenset('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=')

Span = Tuple[int, int]


class _Form(NamedTuple):
    """One spelling of a secret. ``inside``: part of a longer base64 text."""

    text: str
    inside: bool


class Finder:
    """Finds fixed values, each of at least :data:`SHORTEST` characters, in a decoded text."""

    def __init__(self, values: Iterable[str]) -> None:
        self._by_start: Dict[str, List[_Form]] = {}
        for form in {form for value in values for form in _forms(value)}:
            self._by_start.setdefault(form.text[:SHORTEST], []).append(form)
        self._starts: Optional[Pattern[str]] = None
        if self._by_start:
            self._starts = re.compile('|'.join(re.escape(start) for start in sorted(self._by_start)))

    def spans(self, text: str) -> Iterator[Span]:
        """The (start, end) of values, which may overlap. After too many matches the rest of the text is one span."""
        match = self._starts.search(text) if self._starts else None
        looks = 0
        while match and self._starts:
            start = match.start()
            looks += 1
            if looks > _MOST_LOOKS:
                yield start, len(text)
                return
            for form in self._by_start[match.group()]:
                covered = _covered(form.text, text, start)
                if covered:
                    yield _with_edges(text, start, start + covered) if form.inside else (start, start + covered)
            match = self._starts.search(text, start + 1)


class Registry:
    """The registered values; of each kind the latest are kept. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kinds: Dict[str, OrderedDict[str, None]] = {}
        self._finder: Optional[Finder] = None

    def add(self, value: str, kind: str) -> None:
        """Register ``value``, or make it the latest; does nothing for one that is too short."""
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
        """A finder of all values; a new one only after they have changed."""
        finder = self._finder
        if finder is None:
            with self._lock:
                finder = self._finder
                if finder is None:
                    finder = self._finder = Finder({value for values in self._kinds.values() for value in values})
        return finder


def byte_texts(raw: bytes) -> Set[str]:
    """The ways to write the bytes of a key: hexadecimal, base64 (also within a longer text), escapes."""
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
    """The base64 characters that depend on ``raw`` only, for each position within longer data, in both alphabets."""
    cores = set()
    for before in range(3):
        padded = bytes(before) + raw
        end = len(padded) // 3 * 4 + (0, 1, 2)[len(padded) % 3]
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            cores.add(encode(padded).decode('ascii')[(0, 2, 3)[before]:end])
    return {core for core in cores if len(core) >= SHORTEST}


def _covered(form: str, text: str, start: int) -> int:
    """The number of characters from ``start`` on that belong to the form, of which the first ones match; 0 if few."""
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
