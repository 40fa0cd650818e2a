"""Cancelling work that runs in a thread.

The caller that starts the work gives it a :class:`Cancellation` and may call :meth:`Cancellation.cancel`; the work
calls :meth:`Cancellation.check` between its steps and :meth:`Cancellation.wait` instead of sleeping. The service has
one cancellation; each sync has a child of it, which can be cancelled alone.
"""
from __future__ import annotations

import threading
import weakref


class Cancelled(Exception):
    """The work was cancelled. This is not a failure; what was finished before is kept."""


class Cancellation:
    """Tells some work that it must end. Safe to use from all threads; cannot be undone."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._children: weakref.WeakSet[Cancellation] = weakref.WeakSet()

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called on this cancellation or on its parent."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Cancel this and all children. Returns at once."""
        self._event.set()
        with self._lock:
            children = list(self._children)
        for child in children:
            child.cancel()

    def child(self) -> Cancellation:
        """A new cancellation that is also cancelled when this one is."""
        child_cancellation = Cancellation()
        with self._lock:
            self._children.add(child_cancellation)
        if self.cancelled:
            child_cancellation.cancel()
        return child_cancellation

    def check(self) -> None:
        """Raise :class:`Cancelled` if cancelled."""
        if self.cancelled:
            raise Cancelled()

    def wait(self, seconds: float) -> bool:
        """Sleep until cancelled, at most ``seconds``. True if cancelled."""
        return self._event.wait(max(seconds, 0.0))
