"""Ports for servers that tests start, as many as they need, at the same time in several processes.

A port that the system gives out ("0: any free one") belongs to somebody else as soon as it is closed: to the next
connection of any program, or to a server of another process of the tests. These here are below those that the system
gives out (32768 and above), each process has its own, and a process uses one again after all its others only. So a
server can go and come back at its port, and nobody answers at the port of one that has gone. Linux only.
"""
from __future__ import annotations

import itertools
import os
import random
import socket
import threading
from typing import Iterator, List, Tuple

_FIRST, _BLOCKS, _IN_A_BLOCK = 20000, 120, 100
_lock = threading.Lock()
#: The process, what marks its block as taken, and the ports of the block. A forked process takes a block of its own.
_own: List[Tuple[int, socket.socket, Iterator[int]]] = []


def free_port() -> int:
    """A port of 127.0.0.1 at which nobody listens. Raises OSError when all are taken."""
    with _lock:
        if not _own or _own[0][0] != os.getpid():
            _own[:] = [(os.getpid(), *_take_block())]
        for number in itertools.islice(_own[0][2], _IN_A_BLOCK):
            if _is_free(number):
                return number
    raise OSError('all ports are in use')


def _take_block() -> Tuple[socket.socket, Iterator[int]]:
    """Take a block that no other process has: a name in Linux's abstract namespace ends with its process."""
    for block in random.SystemRandom().sample(range(_BLOCKS), _BLOCKS):
        mark = socket.socket(socket.AF_UNIX)
        try:
            mark.bind('\0plexkodiconnect-ports-%d' % block)
        except OSError:
            mark.close()
        else:
            first = _FIRST + block * _IN_A_BLOCK
            return mark, itertools.cycle(range(first, first + _IN_A_BLOCK))
    raise OSError('all ports are given to other processes')


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # those who use it next do so too
        try:
            probe.bind(('127.0.0.1', number))
        except OSError:
            return False
    return True
