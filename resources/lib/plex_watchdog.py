"""Ending reads from sockets that take too long.

A socket's own timeout starts again with each byte, so a server that sends one byte a second blocks a reader for ever.
Only shutting the socket down ends such a read from another thread on all systems, with and without TLS.
"""
from __future__ import annotations

import socket
import threading
import time
from typing import Any, Optional, Set

#: Seconds after which the thread checks again at the latest. It ends when there was no read since the last check.
_TICK = 2.0


def duplicate(stream: Any) -> Optional[socket.socket]:
    """A second handle of the socket of an object with ``fileno()``; None if there is no open socket.

    With it a connection can be shut down without using objects of the reading thread, and never another connection that
    got the same descriptor. Raises :class:`OSError` when the system has no descriptor left.
    """
    try:
        number = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None
    if not isinstance(number, int) or number < 0:
        return None
    return socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM)  # the family does not matter for shutting down


def shut(sock: socket.socket) -> None:
    """Shut the connection down, which ends reads and writes of other threads at once. Also for TLS sockets."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not SSLSocket's: that deletes what the reader uses
    except OSError:
        pass  # closed by either side already


class Watch:
    """A watched read. ``expired``: it was ended because it took too long."""

    __slots__ = ('ends', 'expired', 'sock')

    def __init__(self, sock: Optional[socket.socket], ends: float) -> None:
        self.sock = sock
        self.ends = ends
        self.expired = False


class Watchdog:
    """Watches all reads of a session with one thread, which ends when there was nothing to watch for a while.

    It is not a daemon thread: with one running, Python aborts when it ends a sub-interpreter.
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
        """Watch a read from ``sock`` that is about to begin; it is ended after ``seconds``."""
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
        """Stop watching a read that has ended."""
        if watch.sock is not None:
            with self._lock:
                self._watches.discard(watch)

    def close(self) -> None:
        """End all running reads, and every later one when it begins."""
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
