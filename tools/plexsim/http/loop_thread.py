"""The thread of the event loop, in which all servers run."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Awaitable, Callable, Coroutine


class LoopThread:
    """One thread with one event loop. ``opening`` runs before ``start`` returns, ``closing`` at the end."""

    def __init__(
        self, name: str, opening: Callable[[], Awaitable[None]], closing: Callable[[], Awaitable[None]]
    ) -> None:
        self.loop = asyncio.new_event_loop()
        self._opening = opening
        self._closing = closing
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._ready = threading.Event()
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Start the thread and wait for ``opening``. Raises its errors."""
        self._thread.start()
        self._ready.wait(30)
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """Close everything and wait for the end of the thread, ten seconds at most."""
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(10)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the thread and wait for its end. Raises its errors, TimeoutError after 30 seconds."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._open())
        except BaseException as error:  # raised in the thread that called start()
            self._failure = error
            self._ready.set()
            return
        self._ready.set()
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self._close())
            self.loop.close()

    async def _open(self) -> None:
        await self._opening()

    async def _close(self) -> None:
        await self._closing()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
