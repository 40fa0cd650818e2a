"""The text of a report: the status page and Kodi's logs, line by line, without anything that is nobody's business.

Memory is bounded however long the log and its lines are.
"""
from __future__ import annotations

from typing import Callable, Iterable, Iterator, Mapping, Sequence

from ..status_board import StatusLine

#: Of all logs together, only this many bytes.
MOST_BYTES = 20 * 1024 * 1024
#: A longer line is cut, at the last blank before, so that no secret is cut in two and then not recognised.
LONGEST_LINE = 8192
_CUT = ' [cut]'

Redact = Callable[[str], str]


def page(groups: Mapping[str, Sequence[StatusLine]]) -> Iterator[str]:
    """The status page as lines; ``groups`` by their headings."""
    for heading, lines in groups.items():
        yield heading
        for line in lines:
            yield '    %s: %s%s' % (line.label, line.value, ' (!)' if line.trouble else '')


def lines(pieces: Iterable[bytes], whole: bool) -> Iterator[str]:
    """The lines of a log that is read in pieces. ``whole``: it begins with a line, not in the middle of one."""
    kept, dropping, first = b'', False, not whole
    for piece in pieces:
        *ended, rest = piece.split(b'\n')
        for end in ended:
            if not first:
                yield _decoded(kept + end, dropping)
            kept, dropping, first = b'', False, False
        kept += rest
        if len(kept) > LONGEST_LINE:
            kept, dropping = kept[:LONGEST_LINE], True
    if kept and not first:
        yield _decoded(kept, dropping)


def redacted(source: Iterable[str], redact: Redact) -> Iterator[bytes]:
    """The lines without what is secret, as they are written to a file."""
    for line in source:
        yield redact(line).encode('utf-8', 'backslashreplace') + b'\n'


def _decoded(line: bytes, cut: bool) -> str:
    """A line as text, without what would be half a word at its end if it was cut."""
    if cut or len(line) > LONGEST_LINE:
        return line[:LONGEST_LINE].rpartition(b' ')[0].decode('utf-8', 'replace') + _CUT
    return line.rstrip(b'\r').decode('utf-8', 'replace')
