"""The benchmark's table, for the terminal and for ``docs/benchmarks.md``."""
from __future__ import annotations

import os
import platform
import re
import sqlite3
import statistics
from pathlib import Path
from typing import NamedTuple, Sequence

from tools.bench.environment import Run


class Line(NamedTuple):
    """A row of the table; all values are texts."""

    name: str
    median: str
    spread: str
    cpu: str
    requests: str
    megabytes: str
    target: str
    reached: str


HEAD = Line('what', 'median', 'min to max', 'processor', 'requests', 'MB', 'target', 'reached')


def line(name: str, runs: Sequence[Run], target: float = 0.0, reached: str = '') -> Line:
    """A row for several runs of the same sync; ``target`` in wall seconds, 0 for none."""
    walls = [run.wall for run in runs]
    median = statistics.median(walls)
    if target and not reached:
        reached = 'yes' if median <= target else 'no, %.1f times' % (median / target)
    return Line('%s, %d items' % (name, runs[0].items), '%.2f s' % median, '%.2f to %.2f s' % (min(walls), max(walls)),
                '%.2f s' % statistics.median(run.cpu for run in runs), str(runs[0].requests),
                '%.1f' % runs[0].megabytes, '%.1f s' % target if target else '', reached)


def show(lines: Sequence[Line]) -> str:
    """The table in Markdown, with columns of one width for the terminal."""
    rows = [HEAD, *lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    text = ['| %s |' % ' | '.join(cell.ljust(width) for cell, width in zip(row, widths)) for row in rows]
    text.insert(1, '|%s|' % '|'.join('-' * (width + 2) for width in widths))
    return '\n'.join(text)


def machine() -> str:
    """A description of this machine."""
    return '%d cores (%s), %s, Python %s, SQLite %s' % (
        os.cpu_count() or 0, _processor(), platform.system(), platform.python_version(), sqlite3.sqlite_version)


def write(path: Path, name: str, text: str) -> None:
    """Replace the text between the markers ``name`` in a document."""
    old = path.read_text(encoding='utf-8')
    pattern = re.compile(r'(<!-- %s -->\n).*?(<!-- end -->)' % re.escape(name), re.S)
    if not pattern.search(old):
        raise SystemExit('%s has no place for %s' % (path, name))
    path.write_text(pattern.sub(lambda found: found.group(1) + text + '\n' + found.group(2), old), encoding='utf-8')


def _processor() -> str:
    try:
        found = re.search(r'model name\s*: (.+)', Path('/proc/cpuinfo').read_text(encoding='utf-8'))
    except OSError:
        found = None
    return found.group(1) if found else platform.machine()
