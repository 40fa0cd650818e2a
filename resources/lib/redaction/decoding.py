"""A text with its escapes undone, step by step, and where each character of it came from.

A secret may stand in a line percent-encoded (once or twice), as a JSON string, in XML, in the repr of bytes, or folded
over the lines of a header, and in any of these inside another. Undoing all of them in each step, lines first, finds it.
"""
from __future__ import annotations

import re
from typing import Dict, Iterator, List, Match, NamedTuple, Sequence, Tuple

#: Steps that are looked at: an escape in an escape in an escape …
_STEPS = 7
_ESCAPE = re.compile(
    r'((?:%[0-9A-Fa-f]{2})+)'
    r'|((?:\\x[0-9A-Fa-f]{2})+)'
    r'|\\u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})'  # one character in two halves, as JSON has it
    r'|\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\'\\/btf]))'
    r'|&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));')
#: The end of a line and the space that begins the next, perhaps in the middle of an escape.
_FOLD = re.compile(r'(?:(?<!\\)\\[rn]|[\r\n])+(?:\\t|[ \t])*')
_NAMED: Dict[str, str] = {'amp': '&', 'lt': '<', 'gt': '>', 'quot': '"', 'apos': "'", 'b': '\b', 't': '\t', 'f': '\f'}
_HIGHEST = 0x10FFFF


class Decoded(NamedTuple):
    """A text, and for each of its characters the offset in the original; one offset more for the end."""

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> Tuple[int, int]:
        """Where the characters from ``start`` to ``end`` stand in the original."""
        return self.offsets[start], self.offsets[end]


def steps(text: str) -> Iterator[Decoded]:
    """The text as it is, then after one round of undoing, and so on, as long as there is something to undo."""
    current = Decoded(text, range(len(text) + 1))
    yield current
    for _ in range(_STEPS):
        folded, escaped = _FOLD.search(current.text), _ESCAPE.search(current.text)
        if folded:
            current = _unfolded(current)
            yield current
        if escaped or folded and _ESCAPE.search(current.text):
            current = _unescaped(current)
            yield current
        elif not folded:
            return


def utf8(raw: bytes) -> str:
    """Bytes as :func:`steps` reads them when they stand in a text one by one."""
    return ''.join(character for character, _ in _characters(raw))


def forms(value: str) -> Iterator[str]:
    """The spellings of ``value`` that :func:`steps` may come upon: itself, and what decoding makes of itself."""
    for spelling in (value, value.replace(' ', '+')):
        for step in steps(spelling):
            yield step.text


def _unfolded(decoded: Decoded) -> Decoded:
    pieces: List[str] = []
    origins: List[int] = []
    last = 0
    for found in _FOLD.finditer(decoded.text):
        pieces.append(decoded.text[last:found.start()])
        origins.extend(decoded.offsets[last:found.start()])
        last = found.end()
    return Decoded(''.join(pieces) + decoded.text[last:], origins + list(decoded.offsets[last:]))


def _unescaped(decoded: Decoded) -> Decoded:
    text, offsets = decoded
    pieces: List[str] = []
    origins: List[int] = []
    last = 0
    for found in _ESCAPE.finditer(text):
        start, end = found.span()
        pieces.append(text[last:start])
        origins.extend(offsets[last:start])
        if found.group(1) or found.group(2):
            length = 3 if found.group(1) else 4
            for character, index in _characters(bytes.fromhex(re.sub(r'%|\\x', '', found.group()))):
                pieces.append(character)
                origins.append(offsets[start + length * index])
        else:
            pieces.append(_meaning(found))
            origins.append(offsets[start])
        last = end
    pieces.append(text[last:])
    origins.extend(offsets[last:])
    return Decoded(''.join(pieces), origins)


def _characters(raw: bytes) -> Iterator[Tuple[str, int]]:
    """What bytes mean in UTF-8, with the index of each character's first byte; a byte that is none counts by itself."""
    index = 0
    while index < len(raw):
        for length in (_utf8_length(raw[index]), 1):
            try:
                yield raw[index:index + length].decode('utf-8' if length > 1 else 'latin-1'), index
                index += length
                break
            except UnicodeDecodeError:
                continue


def _utf8_length(first: int) -> int:
    return 1 if first < 0xC2 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _meaning(found: Match[str]) -> str:
    """The character that an escape stands for."""
    high, low, unicode4, unicode8, itself, decimal, hexadecimal, name = found.groups()[2:]
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
    if itself or name:
        return _NAMED.get(itself or name, itself)
    code = int(decimal) if decimal else int(unicode4 or unicode8 or hexadecimal, 16)
    return chr(code) if code <= _HIGHEST else '\ufffd'
