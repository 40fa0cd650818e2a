"""Cancellation of work that runs in a thread: one object that is passed down instead of a callback to ask.

Whoever starts the work keeps the :class:`Cancellation` and calls :meth:`Cancellation.cancel`; the work calls
:meth:`Cancellation.check` between its steps and :meth:`Cancellation.wait` instead of sleeping. The service has one for
its whole life; each sync has a child of it, which can be cancelled alone.
"""
from __future__ import annotations

import threading
import weakref


class Cancelled(Exception):
    """The work was cancelled. Nothing is wrong; what was finished before stays."""


class Cancellation:
    """Whether some work has to end. Safe to use from all threads; once cancelled it stays so."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._children: weakref.WeakSet[Cancellation] = weakref.WeakSet()

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called, here or on the cancellation that this is a child of."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Have the work end, and all that depends on it. Returns at once."""
        self._event.set()
        with self._lock:
            children = list(self._children)
        for child in children:
            child.cancel()

    def child(self) -> Cancellation:
        """A new cancellation that is also cancelled when this one is."""
        made = Cancellation()
        with self._lock:
            self._children.add(made)
        if self.cancelled:
            made.cancel()
        return made

    def check(self) -> None:
        """Raise :class:`Cancelled` if the work has to end."""
        if self.cancelled:
            raise Cancelled()

    def wait(self, seconds: float) -> bool:
        """Sleep for so many seconds, less when it is cancelled meanwhile. True when it is cancelled."""
        return self._event.wait(max(seconds, 0.0))
