"""Cancellations for tests, which do not wait."""
from __future__ import annotations

from typing import Callable

from resources.lib.cancellation import Cancellation


class NoWaiting(Cancellation):
    """``wait`` returns at once."""

    def wait(self, seconds: float) -> bool:
        """Return at once."""
        return self.cancelled


class ToldWaiting(Cancellation):
    """``wait`` returns at once and calls ``told(seconds)``, which returns true to cancel the work."""

    def __init__(self, told: Callable[[float], object]) -> None:
        super().__init__()
        self._told = told

    def wait(self, seconds: float) -> bool:
        """Return at once."""
        if self._told(seconds):
            self.cancel()
        return self.cancelled


class CancelledWhen(Cancellation):
    """Cancelled as soon as ``condition()`` is true."""

    def __init__(self, condition: Callable[[], object]) -> None:
        super().__init__()
        self._condition = condition

    @property
    def cancelled(self) -> bool:
        """Whether the condition is true."""
        return super().cancelled or bool(self._condition())
