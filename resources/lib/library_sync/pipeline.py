"""Doing work in parallel and giving the results in order, independent of Plex and Kodi.

A feeder thread iterates over the tasks (which may itself wait for the network), a pool carries them out, and the
caller's thread gets the results in the order of the tasks. With ``workers=0`` everything runs in the caller's thread.
"""
from __future__ import annotations

import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Callable, Generic, Iterable, Iterator, List, Optional, Sequence, Tuple, Type, TypeVar, Union

from ..cancellation import Cancellation

Task = TypeVar('Task')
Result = TypeVar('Result')
Other = TypeVar('Other')
_POLL = 0.2
#: Limit of :func:`in_turn` and of :class:`Questions`.
_MOST_TOGETHER = 4


class _End:
    """Marks the end of the tasks, with the error that ended them early."""

    def __init__(self, error: Optional[BaseException] = None) -> None:
        self.error = error


def together(calls: Sequence[Callable[[], Result]], parallel: bool) -> List[Result]:
    """The results of several calls, a few of which run at a time. Raises the first error of a call, after all have
    ended.
    """
    return list(in_turn(calls, parallel))


def in_turn(calls: Sequence[Callable[[], Result]], parallel: bool) -> Iterator[Result]:
    """As :func:`together`, but each result is there as soon as it and those before it are known."""
    if not parallel or len(calls) < 2:
        for call in calls:
            yield call()
        return
    with ThreadPoolExecutor(min(len(calls), _MOST_TOGETHER), thread_name_prefix='pkc-ask') as pool:
        yield from pool.map(_called, calls)


def _called(call: Callable[[], Result]) -> Result:
    return call()


def both(one: Callable[[], Result], other: Callable[[], Other], parallel: bool) -> Tuple[Result, Other]:
    """The results of two calls with different types, as :func:`together`."""
    if not parallel:
        return one(), other()
    with ThreadPoolExecutor(1, thread_name_prefix='pkc-ask') as pool:
        coming = pool.submit(other)
        return one(), coming.result()


def later(call: Callable[[], Result], parallel: bool) -> Callable[[], Result]:
    """Begin a call and return at once; the returned function waits for its result, or raises its error."""
    if not parallel:
        return partial(_same, call())
    pool = ThreadPoolExecutor(1, thread_name_prefix='pkc-ask')
    coming = pool.submit(call)
    pool.shutdown(wait=False)
    return coming.result


def _same(result: Result) -> Result:
    return result


class Questions:
    """``with Questions(parallel) as questions``: calls that begin before their results are needed, a few at a time. At
    the end of the block those that have not begun are dropped.
    """

    def __init__(self, parallel: bool) -> None:
        self._pool = ThreadPoolExecutor(_MOST_TOGETHER, thread_name_prefix='pkc-ask') if parallel else None
        self._coming: List[Future[Any]] = []

    def begin(self, call: Callable[[], Result]) -> Callable[[], Result]:
        """A function that waits for the call's result, or raises its error. Without ``parallel`` it is the call."""
        if self._pool is None:
            return call
        coming = self._pool.submit(call)
        self._coming.append(coming)
        return coming.result

    def __enter__(self) -> Questions:
        return self

    def __exit__(self, _kind: Optional[Type[BaseException]], _error: Optional[BaseException],
                 _trace: Optional[TracebackType]) -> None:
        for coming in self._coming:
            coming.cancel()
        if self._pool is not None:
            self._pool.shutdown(wait=False)


def ahead(items: Iterator[Result], parallel: bool) -> Iterator[Result]:
    """The same items; each is requested while the caller still works on the one before."""
    if not parallel:
        yield from items
        return
    end = _End()
    pool = ThreadPoolExecutor(1, thread_name_prefix='pkc-page')
    try:
        coming: Future[Union[Result, _End]] = pool.submit(next, items, end)
        while True:
            item = coming.result()
            if isinstance(item, _End):
                return
            coming = pool.submit(next, items, end)
            yield item
    finally:
        pool.shutdown(wait=False)


class Ordered(Generic[Task, Result]):
    """An iterable over ``work(task)`` for each task, at most ``window`` tasks ahead of the caller.

    Raises :class:`Cancelled` within :data:`_POLL` seconds after it was cancelled.
    """

    def __init__(self, tasks: Iterable[Task], work: Callable[[Task], Result], *, workers: int, window: int,
                 cancellation: Optional[Cancellation] = None) -> None:
        self._tasks = tasks
        self._work = work
        self._workers = workers
        self._cancellation = cancellation or Cancellation()
        self._ahead: queue.Queue[Union[Future[Result], _End]] = queue.Queue(max(1, window))
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Result]:
        if self._workers <= 0:
            for task in self._tasks:
                self._check()
                yield self._work(task)
            return
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix='pkc-fetch')
        feeder = threading.Thread(target=self._feed, args=(pool,), name='pkc-sweep', daemon=True)
        feeder.start()
        try:
            while True:
                entry = self._take()
                if isinstance(entry, _End):
                    if entry.error is not None:
                        raise entry.error
                    return
                while not wait((entry,), timeout=_POLL).done:
                    self._check()
                yield entry.result()
        finally:
            self._closed.set()
            self._drain()
            feeder.join(_POLL * 5)
            pool.shutdown(wait=False)

    def ready(self, most: int) -> List[Result]:
        """The results that the iteration gives next, as far as they are there; ``most`` of them."""
        with self._ahead.mutex:
            entries = list(islice(self._ahead.queue, most))
        found: List[Result] = []
        for entry in entries:
            if isinstance(entry, _End) or not entry.done() or entry.cancelled() or entry.exception() is not None:
                break
            found.append(entry.result())
        return found

    def _take(self) -> Union[Future[Result], _End]:
        while True:
            self._check()
            try:
                return self._ahead.get(timeout=_POLL)
            except queue.Empty:
                continue

    def _check(self) -> None:
        self._cancellation.check()

    def _feed(self, pool: ThreadPoolExecutor) -> None:
        end = _End()
        try:
            for task in self._tasks:
                if self._closed.is_set():
                    return
                self._put(pool.submit(self._work, task))
        except Exception as error:  # noqa: BLE001 - top of a thread; the caller's thread raises it
            end = _End(error)
        self._put(end)

    def _put(self, entry: Union[Future[Result], _End]) -> None:
        while not self._closed.is_set():
            try:
                self._ahead.put(entry, timeout=_POLL)
                return
            except queue.Full:
                continue
        if isinstance(entry, Future):
            entry.cancel()

    def _drain(self) -> None:
        while True:
            try:
                entry = self._ahead.get_nowait()
            except queue.Empty:
                return
            if isinstance(entry, Future):
                entry.cancel()
