"""Timeouts of sockets that are known as such in every interpreter.

Up to Python 3.9 (Kodi 19) each of Kodi's sub-interpreters that imports ``socket`` makes a class ``socket.timeout`` of
its own, and sockets of all interpreters raise the newest one. So as soon as another add-on has started, ``except
socket.timeout`` of ours does not see a timeout any more, nor does urllib3 or websocket-client; it is an OSError still.
"""
from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def own_timeouts() -> Iterator[None]:
    """Raise a timeout of another interpreter's class as one of this interpreter's."""
    try:
        yield
    except OSError as error:
        if isinstance(error, socket.timeout) or type(error).__name__ != 'timeout':
            raise
        raise socket.timeout(*error.args) from None
