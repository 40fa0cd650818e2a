"""What happens while a link code is on screen, without a screen: polling, new codes, trouble, the end.

Two threads. The poller talks to the network (through the attempt), the clock counts down and watches for Kodi's end;
neither is Kodi's window thread, which must stay free for the remote control.
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
    """One link code. ``poll`` answers ``waiting``, ``linked`` or ``expired``, or raises when plex.tv is not there."""

    @property
    def code(self) -> str:
        """What to type."""

    @property
    def link_url(self) -> str:
        """Where to type it."""

    @property
    def qr_url(self) -> str:
        """The same with the code filled in."""

    def seconds_left(self) -> float:
        """How long the code is valid."""

    def poll(self) -> str:
        """Ask plex.tv. Blocks."""


class View(Protocol):
    """The screen as the session sees it. Every method may be called from any thread."""

    def show_attempt(self, attempt: Attempt) -> None:
        """Show code, address and QR code."""

    def show_seconds(self, seconds: int) -> None:
        """Show how long the code is valid."""

    def show_waiting(self) -> None:
        """Nothing is wrong."""

    def show_new_code(self) -> None:
        """The code ran out, another is on its way."""

    def show_no_connection(self) -> None:
        """plex.tv does not answer."""

    def show_linked(self) -> None:
        """Done."""

    def gone(self) -> bool:
        """Whether it is not on the screen any more."""

    def close(self) -> None:
        """Leave the screen."""


class SignInSession:
    """Runs one sign-in on a view. ``result`` says how it ended."""

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
        """Show the first code and start the threads. A second call shows the current state again."""
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
        """No poll starts after this. One that is under way may still come back; its answer is not used."""
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
            except Exception as error:  # the top of the thread: whatever it is, the user sees that it goes on
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
        """One question to plex.tv. True when the code was entered."""
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
