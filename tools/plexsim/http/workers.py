"""The processors of a slow server: requests wait for one that is free."""

from __future__ import annotations

import asyncio
from collections import deque

from tools.plexsim.config import SimConfig


class Workers:
    """Lets ``config.server_workers`` requests be worked on at a time, in the order in which they came."""

    def __init__(self, config: SimConfig) -> None:
        self.config = config
        self._busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def work(self, items: int) -> None:
        """Wait for a free worker, which then works on an answer with so many items."""
        if 0 < self.config.server_workers <= self._busy:
            await self._turn()
        else:
            self._busy += 1
        try:
            await asyncio.sleep(items * self.config.item_milliseconds / 1000.0)
        finally:
            self._leave()

    async def _turn(self) -> None:
        """Wait until a worker that has become free goes over to this request."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._busy -= 1
