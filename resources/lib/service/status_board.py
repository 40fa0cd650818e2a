"""What the status page shows: each part of the service adds its own lines here, and knows no other part's."""
from __future__ import annotations

import logging
import threading
from enum import IntEnum
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

LOG = logging.getLogger('pkc.service')


class Group(IntEnum):
    """The paragraphs of the page, in their order."""

    ACCOUNT = 1
    SERVER = 2
    SYNC = 3
    LIBRARY = 4
    WAITING = 5
    VERSIONS = 6


class StatusLine(NamedTuple):
    """A line in Kodi's language. ``trouble``: something does not work."""

    label: str
    value: str
    trouble: bool = False


#: Lines from memory: called whenever the page is drawn, a few times a second at most; returns at once.
Lines = Callable[[], Sequence[StatusLine]]
#: Finds out what takes some seconds, for the next lines. Called in a thread of its own.
Measure = Callable[[], None]


class StatusBoard:
    """Filled by the parts in their constructors. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lines: List[Tuple[Group, Lines]] = []
        self._measures: List[Measure] = []
        self._measuring = threading.Lock()

    def add(self, group: Group, lines: Lines) -> None:
        """Show these lines in a paragraph, after those that were added to it before."""
        self._lines.append((group, lines))

    def add_measure(self, measure: Measure) -> None:
        """Call this when the page was opened."""
        self._measures.append(measure)

    def read(self) -> Dict[Group, List[StatusLine]]:
        """All lines. Those of a part that fails are left out."""
        found: Dict[Group, List[StatusLine]] = {}
        for group, lines in sorted(self._lines, key=lambda entry: entry[0]):
            try:
                found.setdefault(group, []).extend(lines())
            except Exception:  # where parts meet: the page is opened, and the log saved, because something is defective
                LOG.exception('no status of %s', group.name)
        return {group: lines for group, lines in found.items() if lines}

    def measure(self) -> None:
        """Begin to find out what takes some seconds, unless that is under way. Returns at once."""
        if self._measuring.acquire(blocking=False):
            threading.Thread(target=self._measure, name='pkc-status', daemon=True).start()

    def _measure(self) -> None:
        try:
            for measure in self._measures:
                measure()
        except Exception:  # the top of the thread
            LOG.exception('the status was not measured')
        finally:
            self._measuring.release()


def as_dict(line: StatusLine) -> Dict[str, Any]:
    """A line for the answer to the plugin."""
    return {'label': line.label, 'value': line.value, 'trouble': line.trouble}
