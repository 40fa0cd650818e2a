"""Cancellations for tests: what waits for seconds in the product goes on at once here."""
from __future__ import annotations

from typing import Callable

from resources.lib.cancellation import Cancellation


class NoWaiting(Cancellation):
    """Waits do not last."""

    def wait(self, seconds: float) -> bool:
        """Return at once."""
        return self.cancelled


class ToldWaiting(Cancellation):
    """Waits do not last either; ``told(seconds)`` hears of each one and returns true to cancel the work."""

    def __init__(self, told: Callable[[float], object]) -> None:
        super().__init__()
        self._told = told

    def wait(self, seconds: float) -> bool:
        """Return at once."""
        if self._told(seconds):
            self.cancel()
        return self.cancelled


class CancelledWhen(Cancellation):
    """Asks ``condition()`` each time that the work asks whether it has to end."""

    def __init__(self, condition: Callable[[], object]) -> None:
        super().__init__()
        self._condition = condition

    @property
    def cancelled(self) -> bool:
        """What the condition says."""
        return super().cancelled or bool(self._condition())
