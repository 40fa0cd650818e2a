"""What waits to be sent to the server, on the status page."""
from __future__ import annotations

import logging
from typing import List, Tuple

from ... import state_db
from ...kodi.texts import status as texts
from ...sql.errors import DatabaseError
from ..shared import Shared
from ..status_board import Group, StatusLine

LOG = logging.getLogger('pkc.service')

#: Seconds that a look waits for a sync's transaction; the numbers of the last look do meanwhile.
_PATIENCE = 0.1


class WaitingStatus:
    """Adds its line to the status page."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._last: Tuple[int, int] = (0, 0)
        shared.status.add(Group.WAITING, self._lines)

    def _lines(self) -> List[StatusLine]:
        text = self._shared.addon.text
        marks, playbacks = self._counts()
        words = text(texts.WAITING_COUNTS, marks, playbacks) if marks or playbacks else text(texts.NOTHING_WAITS)
        return [StatusLine(text(texts.WAITING), words)]

    def _counts(self) -> Tuple[int, int]:
        path = self._shared.databases.state_path
        if not state_db.exists(path):
            return 0, 0
        try:
            with state_db.open_reader(path, _PATIENCE) as state:
                self._last = state.count_unsent_marks(), state.count_ended_reports()
        except DatabaseError as error:
            LOG.info('what waits to be sent is not known now: %s', error)
        return self._last
