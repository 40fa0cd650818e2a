"""What the last syncs did, newest first, in a small file of the profile."""
from __future__ import annotations

import os
import time
from typing import Any, Dict, List

from ...library_sync.report import SyncReport
from .. import profile_file

FILE_NAME = 'sync_history.json'
#: The last report alone, under the name that tools look for.
LAST_FILE_NAME = 'last_sync.json'
_KEPT = 20

#: A report as :meth:`SyncReport.as_dict` gives it, with its ``reason`` and when it ``finished`` (local time).
Run = Dict[str, Any]


class SyncHistory:
    """Written by the sync's thread only."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def add(self, reason: str, report: SyncReport, machine: str = '', server_name: str = '') -> Run:
        """Remember a run; returns it as it is kept.

        ``machine`` is '' for the main server; ``server_name`` is kept where several are chosen.
        """
        run = dict(report.as_dict(), reason=reason,
                   finished=time.strftime('%Y-%m-%d %H:%M', time.localtime(report.finished_at or time.time())))
        if machine:
            run['machine'] = machine
        if server_name:
            run['server_name'] = server_name
        profile_file.write(self._path(LAST_FILE_NAME), run)
        profile_file.write(self._path(FILE_NAME), ([run] + self.runs())[:_KEPT])
        return run

    def runs(self) -> List[Run]:
        """The last runs, newest first."""
        found = profile_file.read(self._path(FILE_NAME))
        return [run for run in found if isinstance(run, dict)] if isinstance(found, list) else []

    def last_complete(self, machine: str = '') -> float:
        """When a sync last saw all libraries of a server to their end: Unix seconds of Kodi's clock, 0.0 for never."""
        return max((float(run['finished_at']) for run in self.runs()
                    if run.get('complete') and run.get('machine', '') == machine
                    and isinstance(run.get('finished_at'), (int, float))), default=0.0)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)
