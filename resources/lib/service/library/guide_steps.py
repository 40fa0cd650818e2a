"""The last steps of the guide: which libraries, and watching how they come."""
from __future__ import annotations

from typing import Callable

from ...kodi.texts import library as library_texts
from ...kodi.texts import start as texts
from ...kodi.windows.guide_view import GuideView
from ..guide import Place
from ..shared import Shared
from .choice import LibraryChoice, offered_libraries
from .history import SyncHistory
from .runner import SyncRunner
from .status_lines import LibraryStatus
from .sync_thread import SyncThread


class LibrarySteps:
    """Adds the steps. A sync is running already while they are shown; ``begin_anew()`` is called for other libraries.

    ``look()`` says what the last window shows.
    """

    def __init__(self, shared: Shared, begin_anew: Callable[[], None], look: SyncView) -> None:
        self._shared = shared
        self._begin_anew = begin_anew
        self._look = look
        shared.guide.add(Place.LIBRARIES, self._libraries)
        shared.guide.add(Place.SYNC, self._watch)

    def _libraries(self) -> bool:
        """Whether there is a server whose libraries can come."""
        if not self._shared.auth.status().machine_identifier:
            return False
        choice = LibraryChoice(self._shared.addon, offered_libraries(self._shared))
        if choice.several and choice.ask(texts.GUIDE_LIBRARIES, self._shared.guide.first):
            self._begin_anew()
        return True

    def _watch(self) -> bool:
        from ...kodi.windows.guide import show_guide
        self._look.begin()
        show_guide(self._shared.addon, self._look, self._shared.stopping)
        return True


class SyncView:
    """What the window shows of the sync: how far it is, then what has come, or that the server is away."""

    def __init__(self, shared: Shared, sync: SyncThread, runner: SyncRunner, history: SyncHistory,
                 status: LibraryStatus) -> None:
        self._text = shared.addon.text
        self._sync = sync
        self._runner = runner
        self._history = history
        self._status = status
        self._ready = False

    def begin(self) -> None:
        """The window is about to be shown."""
        self._ready = False

    def __call__(self) -> GuideView:
        """What to show now. Once everything was there, further syncs are nobody's business."""
        if not self._ready and (self._sync.waiting or self._sync.running):
            return self._running()
        runs = self._history.runs()
        if runs and runs[0].get('error'):
            return GuideView(self._text(texts.GUIDE_AWAY), '', self._text(texts.GUIDE_AWAY_TEXT), over=True)
        self._ready = True
        words = self._status.in_words()
        return GuideView(self._text(texts.GUIDE_READY),
                         self._text(texts.GUIDE_FOUND, words) if words else self._text(texts.GUIDE_NOTHING_FOUND),
                         self._text(texts.GUIDE_NEXT), over=True)

    def _running(self) -> GuideView:
        progress = self._runner.progress if self._sync.running else None
        if progress is None:
            return GuideView(self._text(texts.GUIDE_FILLING), self._text(texts.GUIDE_STARTING),
                             self._text(texts.GUIDE_MEANWHILE))
        _, done, total = progress
        return GuideView(self._text(texts.GUIDE_FILLING), self._text(library_texts.SYNC_PROGRESS, *progress),
                         self._text(texts.GUIDE_MEANWHILE), min(100, done * 100 // total) if total > 0 else 0)
