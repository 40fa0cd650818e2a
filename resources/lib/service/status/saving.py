"""Saving the log for a report, as the user goes through it: where to, how far it is, where it is then."""
from __future__ import annotations

import getpass
import logging
import os
import re
import socket
import time
from typing import Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set

from ...kodi import addon as kodi_addon
from ...kodi import dialogs, files
from ...kodi.texts import status as texts
from ...redaction import REDACTOR, ReportRedactor
from ..shared import Shared
from ..status_board import StatusLine
from . import log_report

LOG = logging.getLogger('pkc.service')

_NAME = 'plexkodiconnect-log-%Y-%m-%d-%H%M%S.txt'
#: Bytes that are written at a time.
_PIECE = 65536
#: Characters of a path that fit into a line of a dialog.
_LINE = 44
#: Kodi's logs of this run and of the one before.
_LOGS = ('kodi.log', 'kodi.old.log')


class _Source(NamedTuple):
    """A log: its name, its path, and the bytes of it that go into the report. It may grow meanwhile."""

    name: str
    path: str
    start: int
    size: int


class LogSaver:
    """The dialogs, one after the other; to be run as a flow."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def save(self, groups: Mapping[str, Sequence[StatusLine]]) -> None:
        """Ask for a folder and write the report. ``groups``: the status page, which comes first in it."""
        sources = self._sources()
        if not sources:
            dialogs.ok(self._shared.addon.name, self._text(texts.NO_LOG))
            return
        folder = self._folder()
        if not folder:
            return
        path = files.joined(folder, time.strftime(_NAME))
        try:
            done = self._write(path, groups, sources)
        except files.NotWritten as error:
            LOG.warning('the log for a report was not saved, begun: %s', error.begun)
            dialogs.ok(self._shared.addon.name, self._text(
                texts.SAVE_LOG_BROKE_OFF if error.begun else texts.SAVE_LOG_REFUSED, in_lines(folder)))
            return
        if done:
            LOG.info('the log for a report was saved')
            dialogs.ok(self._shared.addon.name, self._text(texts.SAVE_LOG_DONE, in_lines(path)))

    def _folder(self) -> str:
        """Where to; '' when the user does not want it any more."""
        own = kodi_addon.special_dir('special://profile')
        index = dialogs.select_detailed(self._text(texts.SAVE_LOG_WHERE), [
            (self._text(texts.SAVE_LOG_HERE), own), (self._text(texts.SAVE_LOG_ELSEWHERE), '')], 0)
        if index is None:
            return ''
        return own if index == 0 else dialogs.browse_writable_folder(self._text(texts.SAVE_LOG_WHERE))

    def _write(self, path: str, groups: Mapping[str, Sequence[StatusLine]], sources: Sequence[_Source]) -> bool:
        """False when the user or the end of Kodi cancelled it. Raises :class:`files.NotWritten`."""
        total = max(1, sum(source.size for source in sources))
        taken = 0
        with dialogs.Progress(self._shared.addon.name, self._text(texts.SAVE_LOG_RUNNING)) as progress:
            redact = ReportRedactor(REDACTOR, self._names())
            with files.NewFile(path) as out:
                for source in (None, *sources):
                    waiting: List[bytes] = []
                    size = 0
                    for line in self._report(source, groups, redact):
                        waiting.append(line)
                        size += len(line)
                        if size < _PIECE:
                            continue
                        out.write(b''.join(waiting))
                        taken += size
                        waiting, size = [], 0
                        progress.update(min(99, taken * 100 // total))
                        if progress.cancelled or self._shared.stopping.cancelled:
                            return False
                    out.write(b''.join(waiting))
                out.complete()
        return True

    @staticmethod
    def _report(source: Optional[_Source], groups: Mapping[str, Sequence[StatusLine]],
                redact: ReportRedactor) -> Iterator[bytes]:
        """A chapter of the report: the status page (None), or a log."""
        if source is None:
            yield from log_report.redacted(log_report.page(groups), redact)
            return
        yield ('\n==== %s ====\n' % source.name).encode()
        pieces = files.read(source.path, source.start, source.size)
        yield from log_report.redacted(log_report.lines(pieces, not source.start), redact)

    @staticmethod
    def _sources() -> List[_Source]:
        """The logs; the older one is shortened more where both are long."""
        folder = kodi_addon.special_dir('special://logpath')
        found, left = [], log_report.MOST_BYTES
        for name in _LOGS:
            path = os.path.join(folder, name)
            there = files.size(path)
            size = min(there, left)
            if size:
                found.append(_Source(name, path, there - size, size))
            left -= size
        return found

    def _names(self) -> Set[str]:
        """Who uses this Kodi, and what their machines are called."""
        names = self._shared.auth.names() | {kodi_addon.device_name(), socket.gethostname()}
        try:
            names.add(getpass.getuser())
        except (KeyError, ImportError, OSError):  # a box without users
            pass
        return names

    def _text(self, text_id: int, *values: object) -> str:
        return self._shared.addon.text(text_id, *values)


def in_lines(path: str) -> str:
    """A path for a dialog, which breaks lines at blanks only."""
    lines = ['']
    for part in re.findall(r'[^/\\]*[/\\]*', path):
        if lines[-1] and len(lines[-1]) + len(part) > _LINE:
            lines.append('')
        lines[-1] += part
    return '[CR]'.join(lines)
