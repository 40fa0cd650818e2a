"""The logic of the sign-in window, independent of Kodi's windows: polling, new codes, errors, the end.

It has two threads: one polls plex.tv, the other counts down and notices that Kodi is ending. Kodi's own window thread
must stay free for the remote control.
"""
from __future__ import annotations

import logging
import threading
import time
from typing import Callable, List, Optional, Protocol

from ...cancellation import Cancellation

log = logging.getLogger('pkc.kodi')

LINKED, CANCELLED = 'linked', 'cancelled'
WAITING, EXPIRED = 'waiting', 'expired'
_CLOCK_S = 0.25
_SHOW_DONE_S = 2.0
_LONGEST_PAUSE_S = 10.0


class Attempt(Protocol):
    """One link code. ``poll`` returns ``waiting``, ``linked`` or ``expired``, and raises if plex.tv does not answer."""

    @property
    def code(self) -> str:
        """The code to type."""

    @property
    def link_url(self) -> str:
        """The page on which to type it."""

    @property
    def qr_url(self) -> str:
        """The URL of that page with the code filled in."""

    def seconds_left(self) -> float:
        """For how many seconds the code is still valid."""

    def poll(self) -> str:
        """Ask plex.tv whether the code was entered. Blocks."""


class View(Protocol):
    """What the session needs of a window. Every method may be called from any thread."""

    def show_attempt(self, attempt: Attempt) -> None:
        """Show code, address and QR code."""

    def show_seconds(self, seconds: int) -> None:
        """Show for how many seconds the code is still valid."""

    def show_waiting(self) -> None:
        """Show that the code waits to be entered."""

    def show_new_code(self) -> None:
        """Show that the code has expired and a new one is being fetched."""

    def show_no_connection(self) -> None:
        """Show that plex.tv does not answer."""

    def show_linked(self) -> None:
        """Show success."""

    def gone(self) -> bool:
        """Whether the window is not on the screen any more."""

    def close(self) -> None:
        """Close the window."""


class SignInSession:
    """Runs one sign-in on ``view``. Afterwards ``result`` is ``LINKED`` or ``CANCELLED``."""

    def __init__(self, attempt: Attempt, make_new_attempt: Callable[[], Attempt], cancellation: Cancellation,
                 view: View, poll_s: float = 1.0) -> None:
        self.result = CANCELLED
        self.failures = 0
        self._attempt: Optional[Attempt] = attempt
        self._make_new_attempt = make_new_attempt
        self._cancellation = cancellation
        self._view = view
        self._poll_s = poll_s
        self._over = threading.Event()
        self._threads: List[threading.Thread] = []

    def start(self) -> None:
        """Show the code and start the threads. A second call only shows the current code again."""
        if self._attempt is not None:
            self._view.show_attempt(self._attempt)
        if self._threads:
            return
        self._view.show_waiting()
        for name, target in (('pkc-sign-in-poll', self._poll_loop), ('pkc-sign-in-clock', self._clock_loop)):
            thread = threading.Thread(target=target, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def end(self, wait_s: float = 1.0) -> None:
        """Stop: no poll starts after this, and the answer of one that is under way is not used."""
        self._over.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(wait_s)

    def _clock_loop(self) -> None:
        shown = -1
        while not self._over.wait(_CLOCK_S):
            if self._cancellation.cancelled or self._view.gone():
                self._over.set()
                self._view.close()
                return
            attempt = self._attempt
            left = max(0, int(attempt.seconds_left())) if attempt is not None else 0
            if left != shown:
                shown = left
                self._view.show_seconds(left)

    def _poll_loop(self) -> None:
        pause = self._poll_s
        while not self._over.wait(pause):
            try:
                linked = self._step()
            except Exception as error:  # the top of the thread: after any error the sign-in goes on
                if self._over.is_set():
                    return
                self.failures += 1
                log.warning('sign-in: %s', error, exc_info=self.failures == 1)
                self._view.show_no_connection()
                pause = min(_LONGEST_PAUSE_S, max(1.0, pause * 2)) if self._poll_s >= 1.0 else self._poll_s
                continue
            pause = self._poll_s
            if linked:
                self._finish()
                return

    def _step(self) -> bool:
        """Poll once, or get a new code after the old one expired. True when the code was entered."""
        if self._attempt is None:
            attempt = self._make_new_attempt()
            if self._over.is_set():
                return False
            self._attempt = attempt
            self._view.show_attempt(attempt)
            self._view.show_waiting()
            return False
        answer = self._attempt.poll()
        if self._over.is_set():
            return False
        if answer == EXPIRED:
            self._attempt = None
            self._view.show_new_code()
            return False
        if answer == WAITING and self.failures:
            self.failures = 0
            self._view.show_waiting()
        return answer == LINKED

    def _finish(self) -> None:
        self.result = LINKED
        self._view.show_linked()
        deadline = time.monotonic() + _SHOW_DONE_S
        while time.monotonic() < deadline and not self._cancellation.cancelled:
            if self._over.wait(_CLOCK_S):
                return
        self._over.set()
        self._view.close()
