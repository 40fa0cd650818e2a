"""Ends reads from sockets that take too long.

A socket's own timeout begins anew with each byte that arrives, so a server that sends one byte a second keeps a reader
for ever. Shutting the socket down is the one way to end such a read from outside, on all systems, with and without TLS.
"""
from __future__ import annotations

import socket
import threading
import time
from typing import Any, Optional, Set

#: Seconds that the thread waits for more to watch.
_LINGER = 2.0
_FAR = float('inf')


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
    """End the connection: who reads from it or writes to it gets on at once."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
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
        self._changed = threading.Condition()
        self._watches: Set[Watch] = set()
        self._running = False
        self._wakes = 0.0
        self._closed = False

    def begin(self, sock: Optional[socket.socket], seconds: float) -> Watch:
        """Watch a read from ``sock`` that is about to begin; it may last for so many seconds."""
        watch = Watch(sock, time.monotonic() + seconds)
        if sock is None:
            return watch
        with self._changed:
            if self._closed:
                shut(sock)
                return watch
            self._watches.add(watch)
            if not self._running:
                threading.Thread(target=self._run, name='pkc-watchdog').start()
                self._running = True
                self._wakes = watch.ends
            elif watch.ends < self._wakes:
                self._wakes = watch.ends
                self._changed.notify_all()
        return watch

    def end(self, watch: Watch) -> None:
        """The read is over. From here on its socket is left alone."""
        with self._changed:
            self._watches.discard(watch)

    def close(self) -> None:
        """End all reads that are under way, and those that are still to begin."""
        with self._changed:
            self._closed = True
            for watch in self._watches:
                if watch.sock is not None:
                    shut(watch.sock)
            self._watches.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        with self._changed:
            while self._watches or self._lingered():
                now = time.monotonic()
                for watch in [one for one in self._watches if one.ends <= now]:
                    watch.expired = True
                    self._watches.discard(watch)
                    if watch.sock is not None:
                        shut(watch.sock)
                self._wakes = min((watch.ends for watch in self._watches), default=now)
                if self._wakes > now:
                    self._changed.wait(self._wakes - now)
            self._running = False

    def _lingered(self) -> bool:
        """Wait for something to watch. False when nothing came."""
        if not self._closed:
            self._wakes = _FAR
            self._changed.wait(_LINGER)
        return bool(self._watches)
