"""Ends reads from sockets that take too long.

A socket's own timeout begins anew with each byte that arrives, so a server that sends one byte a second keeps a reader
for ever. Shutting the socket down is the one way to end such a read from outside, on all systems, with and without TLS.
"""
from __future__ import annotations

import socket
import threading
import time
from typing import Any, Optional, Set

#: The thread looks around at least after so many seconds, and ends when nothing was read since the last time.
_TICK = 2.0


def duplicate(stream: Any) -> Optional[socket.socket]:
    """A second handle of the socket behind an object with ``fileno()``; None where there is no socket (any more).

    Whoever holds it can shut the connection down without touching objects that another thread reads from, and never
    hits another connection that got the same number. Raises :class:`OSError` when the system has no handle left.
    """
    try:
        number = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None
    if not isinstance(number, int) or number < 0:
        return None
    return socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM)  # the family plays no part in shutting down


def shut(sock: socket.socket) -> None:
    """End the connection: who reads from it or writes to it gets on at once. For the sockets of TLS too."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # that of TLS sockets takes away what the reader needs
    except OSError:
        pass  # closed by either side already


class Watch:
    """One read. ``expired`` says whether it was ended because it took too long."""

    __slots__ = ('ends', 'expired', 'sock')

    def __init__(self, sock: Optional[socket.socket], ends: float) -> None:
        self.sock = sock
        self.ends = ends
        self.expired = False


class Watchdog:
    """Watches all reads of one session with one thread, which ends when there was nothing to watch for a while.

    Not a daemon thread: Python ends a sub-interpreter with a fatal error while one of those is running.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._watches: Set[Watch] = set()
        self._wakes = 0.0
        self._running = False
        self._used = False
        self._closed = False

    def begin(self, sock: Optional[socket.socket], seconds: float) -> Watch:
        """Watch a read from ``sock`` that is about to begin; it may last for so many seconds."""
        watch = Watch(sock, time.monotonic() + seconds)
        if sock is None:
            return watch
        with self._lock:
            if self._closed:
                shut(sock)
                return watch
            self._watches.add(watch)
            self._used = True
            if not self._running:
                threading.Thread(target=self._run, name='pkc-watchdog').start()
                self._running = True
            elif watch.ends < self._wakes:
                self._changed.notify_all()
        return watch

    def end(self, watch: Watch) -> None:
        """The read is over. From here on its socket is left alone."""
        if watch.sock is not None:
            with self._lock:
                self._watches.discard(watch)

    def close(self) -> None:
        """End all reads that are under way, and those that are still to begin."""
        with self._lock:
            self._closed = True
            for watch in self._watches:
                if watch.sock is not None:
                    shut(watch.sock)
            self._watches.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        with self._lock:
            while not self._closed and (self._watches or self._used):
                self._used = False
                now = time.monotonic()
                self._wakes = now + _TICK
                for watch in list(self._watches):
                    if watch.ends <= now:
                        self._expire(watch)
                    else:
                        self._wakes = min(self._wakes, watch.ends)
                self._changed.wait(self._wakes - now)
            self._running = False

    def _expire(self, watch: Watch) -> None:
        watch.expired = True
        self._watches.discard(watch)
        if watch.sock is not None:
            shut(watch.sock)
