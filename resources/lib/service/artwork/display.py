"""What the user sees while pictures are loaded in advance: a bar in the corner, and the numbers at the end."""
from __future__ import annotations

from typing import Optional

from ...kodi import dialogs
from ...kodi.dialogs import BackgroundProgress
from ...kodi.texts import artwork as texts
from ..shared import Shared
from .pass_state import PassState

#: Seconds after the first loaded picture before the bar is shown to a user who did not ask for it.
_PATIENCE = 4.0


class PreloadDisplay:
    """Of one thread. It is silent about a pass that the user did not ask for, but for the bar."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._bar: Optional[BackgroundProgress] = None
        self._first = 0.0

    def update(self, state: PassState, done: int, total: int) -> None:
        """So many of so many pictures have been looked at."""
        if not self._shared.settings.current.show_progress or not self._is_time(state):
            return
        text = self._shared.addon.text
        if self._bar is None:
            self._bar = BackgroundProgress(text(texts.LOADING_PICTURES))
            self._bar.__enter__()
        self._bar.update(done, total, text(texts.PICTURES_DONE, done, total))

    def hide(self) -> None:
        """Take the bar away."""
        bar, self._bar = self._bar, None
        self._first = 0.0
        if bar is not None:
            bar.close()

    def ended(self, state: PassState, cancelled: bool) -> None:
        """Tell who asked how many there were."""
        addon = self._shared.addon
        if state.asked and not self._shared.stopping.cancelled:
            text = texts.PICTURES_STOPPED if cancelled else texts.PICTURES_LOADED
            dialogs.notify(addon.name, addon.text(text, state.loaded, state.missing), icon=addon.icon)

    def _is_time(self, state: PassState) -> bool:
        if state.asked or self._bar is not None:
            return True
        if not state.loaded:
            return False
        now = self._shared.clock.monotonic()
        self._first = self._first or now
        return now - self._first >= _PATIENCE
