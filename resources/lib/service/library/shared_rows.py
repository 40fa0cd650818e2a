"""When the servers have to look whose row stands for what several of them have."""
from __future__ import annotations

from typing import Callable

from ..events import LibraryChanged, SettingsChanged
from ..shared import Shared
from .requests import DELTA, EVENT, Cause


class SharedRows:
    """``request(cause, depth, pause)`` has all servers synchronised after some seconds, ``begin_anew`` from the
    beginning.
    """

    def __init__(self, shared: Shared, request: Callable[[Cause, int, float], None],
                 begin_anew: Callable[[], None]) -> None:
        self._shared = shared
        self._request = request
        self._begin_anew = begin_anew
        self._wanted = self._setting()
        shared.events.subscribe(SettingsChanged, self._settings_changed)
        shared.events.subscribe(LibraryChanged, self._changed)

    def _setting(self) -> bool:
        current = self._shared.settings.current
        return current.same_titles and current.one_row

    def _settings_changed(self, _event: SettingsChanged) -> None:
        before, self._wanted = self._wanted, self._setting()
        if before != self._wanted and self._shared.auth.status().several:
            self._begin_anew()

    def _changed(self, event: LibraryChanged) -> None:
        """One server has left rows to the others."""
        if event.report.left_to_others:
            self._request(EVENT, DELTA, 0.0)
