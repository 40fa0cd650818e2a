"""The last sync, the present one, and what Kodi's library has of Plex, on the status page."""
from __future__ import annotations

import logging
from operator import itemgetter
from typing import Dict, List, Optional, Tuple

from ... import state_db
from ...kodi.texts import library as library_texts
from ...kodi.texts import status as texts
from ...sql.errors import DatabaseError
from ...state_db import StateDb
from ..shared import Shared
from ..status_board import Group, StatusLine
from . import report_text
from .history import SyncHistory
from .runner import SyncRunner
from .sync_thread import SyncThread

LOG = logging.getLogger('pkc.service')

#: Seconds that a look waits for a sync's transaction; the numbers of the last look do meanwhile.
_PATIENCE = 0.1
#: What is counted, in this order. Seasons are nobody's measure.
_COUNTED = {'movie': texts.COUNT_MOVIES, 'show': texts.COUNT_SHOWS, 'episode': texts.COUNT_EPISODES}
_NOT_COUNTED = ('season',)

#: Titles of libraries with the number of their items by Plex type.
Counts = List[Tuple[str, Dict[str, int]]]


class LibraryStatus:
    """Adds its lines to the status page."""

    def __init__(self, shared: Shared, sync: SyncThread, runner: SyncRunner, history: SyncHistory) -> None:
        self._shared = shared
        self._sync = sync
        self._runner = runner
        self._history = history
        self._token: object = None
        self._counts: Counts = []
        shared.status.add(Group.SYNC, self._sync_lines)
        shared.status.add(Group.LIBRARY, self._library_lines)

    def in_words(self) -> str:
        """How much of Plex is in Kodi's library, of all libraries together; '' for nothing."""
        total: Dict[str, int] = {}
        for _, numbers in self._read():
            for kind, number in numbers.items():
                total[kind] = total.get(kind, 0) + number
        return self._counted(total) if any(total.values()) else ''

    # ---- syncs ---------------------------------------------------------------------------------------------------

    def _sync_lines(self) -> List[StatusLine]:
        text = self._shared.addon.text
        lines = [StatusLine(text(texts.NOW), self._now())]
        runs = self._history.runs()
        if not runs:
            return [*lines, StatusLine(text(texts.LAST_SYNC), text(library_texts.NO_REPORT))]
        run = runs[0]
        lines.append(StatusLine(text(texts.LAST_SYNC), report_text.summary(run, text), bool(run.get('error'))))
        lines.append(StatusLine(text(texts.DURATION), text(texts.SECONDS, report_text.seconds(run, text))))
        skipped = report_text.skipped(run)
        if skipped:
            lines.append(StatusLine(text(texts.PROBLEM), text(texts.ITEMS_SKIPPED, skipped), True))
        return lines

    def _now(self) -> str:
        text, progress = self._shared.addon.text, self._runner.progress
        if self._sync.running:
            return text(library_texts.SYNC_PROGRESS, *progress) if progress else text(library_texts.SYNC_RUNNING)
        if self._sync.waiting and self._runner.playing_holds():
            return text(texts.WAITS_FOR_PLAYBACK)
        return text(texts.NOTHING_TO_DO_NOW)

    # ---- the library ---------------------------------------------------------------------------------------------

    def _library_lines(self) -> List[StatusLine]:
        text = self._shared.addon.text
        if not self._shared.auth.status().machine_identifier:
            return []
        counts = self._read()
        if not counts:
            return [StatusLine(text(texts.ITEMS), text(texts.NOTHING_SYNCED))]
        return [StatusLine(title, self._counted(numbers)) for title, numbers in counts]

    def _counted(self, numbers: Dict[str, int]) -> str:
        text = self._shared.addon.text
        words = [text(text_id, numbers[kind]) for kind, text_id in _COUNTED.items() if kind in numbers]
        words += [text(texts.COUNT_ITEMS, number) for kind, number in sorted(numbers.items())
                  if kind not in _COUNTED and kind not in _NOT_COUNTED]
        return ', '.join(words) or text(texts.COUNT_ITEMS, 0)

    def _read(self) -> Counts:
        """As the state database says; read anew when that has changed."""
        path = self._shared.databases.state_path
        machines = self._shared.auth.status().machine_identifiers
        if not machines or not state_db.exists(path):
            return []
        changed = state_db.change_token(path)
        token: Optional[object] = changed and (machines, changed)
        if token and token == self._token:
            return self._counts
        try:
            with state_db.open_reader(path, _PATIENCE) as state:
                counts = [one for machine in machines for one in _counts(state, state.server_id(machine))]
        except DatabaseError as error:
            LOG.info('the library is not counted now: %s', error)
            return self._counts
        self._counts = sorted(counts, key=itemgetter(0))
        self._token = token
        return self._counts


def _counts(state: StateDb, server_id: int) -> Counts:
    """Of one server."""
    sections = state.sections(server_id)
    counts: Dict[str, Dict[str, int]] = {key: {} for key in sections}
    for (key, kind), number in state.totals(server_id).items():
        counts.setdefault(key, {})[kind] = number
    titles = {key: section.title for key, section in sections.items()}
    return [(titles.get(key, key), numbers) for key, numbers in counts.items()]
