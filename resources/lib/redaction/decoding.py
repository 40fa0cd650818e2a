"""Decoding the escapes in a text step by step, with the original position of each character.

A secret may be in a line percent-encoded (once or twice), as a JSON string, in XML, in the repr of bytes, or folded
over the lines of a header, and any of these may be nested. Each step decodes all of them once, folded lines first.
"""
from __future__ import annotations

import re
from typing import Dict, Iterator, List, Match, NamedTuple, Sequence, Tuple

#: Limit of steps, that is, of nested escapes.
_STEPS = 7
_ESCAPE = re.compile(
    r'((?:%[0-9A-Fa-f]{2})+)'
    r'|((?:\\x[0-9A-Fa-f]{2})+)'
    r'|\\u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})'  # one character in two halves, as JSON has it
    r'|\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\'\\/btf]))'
    r'|&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));')
#: The end of a line with the white space at the beginning of the next, which may be within an escape.
_FOLD = re.compile(r'(?:(?<!\\)\\[rn]|[\r\n])+(?:\\t|[ \t])*')
_NAMED: Dict[str, str] = {'amp': '&', 'lt': '<', 'gt': '>', 'quot': '"', 'apos': "'", 'b': '\b', 't': '\t', 'f': '\f'}
_HIGHEST = 0x10FFFF


class Decoded(NamedTuple):
    """A decoded text, and the offset of each character in the original, with one more offset for the end."""

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> Tuple[int, int]:
        """The (start, end) in the original of the characters from ``start`` to ``end``."""
        return self.offsets[start], self.offsets[end]


def steps(text: str) -> Iterator[Decoded]:
    """The text itself, then decoded once, twice …, as long as there is something to decode."""
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
    """The text that :func:`steps` decodes from the escapes of these bytes."""
    return ''.join(character for character, _ in _characters(raw))


def forms(value: str) -> Iterator[str]:
    """The spellings of ``value`` that :func:`steps` may give: itself, and itself decoded."""
    for spelling in (value, value.replace(' ', '+')):
        for step in steps(spelling):
            yield step.text


def _unfolded(decoded: Decoded) -> Decoded:
    pieces: List[str] = []
    origins: List[int] = []
    last = 0
    for match in _FOLD.finditer(decoded.text):
        pieces.append(decoded.text[last:match.start()])
        origins.extend(decoded.offsets[last:match.start()])
        last = match.end()
    return Decoded(''.join(pieces) + decoded.text[last:], origins + list(decoded.offsets[last:]))


def _unescaped(decoded: Decoded) -> Decoded:
    text, offsets = decoded
    pieces: List[str] = []
    origins: List[int] = []
    last = 0
    for match in _ESCAPE.finditer(text):
        start, end = match.span()
        pieces.append(text[last:start])
        origins.extend(offsets[last:start])
        if match.group(1) or match.group(2):
            length = 3 if match.group(1) else 4
            for character, index in _characters(bytes.fromhex(re.sub(r'%|\\x', '', match.group()))):
                pieces.append(character)
                origins.append(offsets[start + length * index])
        else:
            pieces.append(_meaning(match))
            origins.append(offsets[start])
        last = end
    pieces.append(text[last:])
    origins.extend(offsets[last:])
    return Decoded(''.join(pieces), origins)


def _characters(raw: bytes) -> Iterator[Tuple[str, int]]:
    """UTF-8 characters with the index of their first byte; an invalid byte is one character."""
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


def _meaning(match: Match[str]) -> str:
    """The character of an escape."""
    high, low, unicode4, unicode8, itself, decimal, hexadecimal, name = match.groups()[2:]
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
    if itself or name:
        return _NAMED.get(itself or name, itself)
    code = int(decimal) if decimal else int(unicode4 or unicode8 or hexadecimal, 16)
    return chr(code) if code <= _HIGHEST else '\ufffd'
