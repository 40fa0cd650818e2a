"""Reading the answers that come next while a commit waits for the disk.

A commit takes as long as reading some answers, and needs no processor. No answer is read while a transaction is open:
Python runs one thread at a time, so the transaction would last longer.
"""
from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Callable, Dict, Optional, Sequence

from .fetch import FetchedItems, Fetcher, MetadataAnswer, Result

#: Answers that are read ahead: their records take ten times the memory.
_MOST = 2


class ReadAhead:
    """Used by the thread that writes. :attr:`source` gives up to so many results that come next and are there."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._pool: Optional[ThreadPoolExecutor] = None
        self._coming: Dict[int, Future[FetchedItems]] = {}
        self.source: Optional[Callable[[int], Sequence[Result]]] = None

    def begin(self) -> None:
        """A commit begins."""
        if self.source is None:
            return
        for result in self.source(_MOST):
            if isinstance(result, MetadataAnswer) and id(result) not in self._coming and len(self._coming) < _MOST:
                self._pool = self._pool or ThreadPoolExecutor(1, thread_name_prefix='pkc-read')
                self._coming[id(result)] = self._pool.submit(self._fetcher.read, result)

    def settle(self) -> None:
        """A transaction begins: wait until nothing is being read."""
        wait(self._coming.values())

    def read(self, answer: MetadataAnswer) -> FetchedItems:
        """The items of an answer. Raises as :meth:`Fetcher.read`."""
        coming = self._coming.pop(id(answer), None)
        return self._fetcher.read(answer) if coming is None else coming.result()

    def close(self) -> None:
        """Nothing more is read."""
        self.source = None
        if self._pool is not None:
            self._pool.shutdown(wait=False)
