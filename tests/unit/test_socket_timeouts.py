"""A timeout is known as such, whichever interpreter's class Python 3.9 raises."""
from __future__ import annotations

import socket
from typing import Any, Callable

import pytest

from resources.lib import plex_connections, plex_websocket
from resources.lib.socket_timeouts import own_timeouts


class timeout(OSError):  # noqa: N801  (as another interpreter's class is called)
    """What a socket raises in Kodi 19 after another add-on has started."""


def foreign(*_arguments: Any) -> Any:
    raise timeout('timed out')


@pytest.mark.parametrize(('raised', 'seen'), [
    (timeout('timed out'), socket.timeout), (socket.timeout('timed out'), socket.timeout),
    (ConnectionResetError(104, 'reset'), ConnectionResetError), (ValueError('no'), ValueError)])
def test_only_a_timeout_becomes_ours(raised: Exception, seen: Any) -> None:
    with pytest.raises(seen) as told, own_timeouts():
        raise raised
    assert told.value.args == raised.args


@pytest.mark.parametrize('use', [lambda bounded: bounded.recv(2), lambda bounded: bounded.send(b'')])
def test_a_websocket_that_hears_nothing_is_not_taken_for_broken(use: Callable[[Any], Any]) -> None:
    class Silent:
        """A connected socket from which nothing comes."""

        recv = send = foreign

    with pytest.raises(socket.timeout):
        use(plex_websocket.BoundedSocket(Silent(), 1.0))  # type: ignore[arg-type]


@pytest.mark.parametrize('read', [lambda file: file.readline(), lambda file: file.read(5),
                                  lambda file: file.readinto(bytearray(5))])
def test_an_answer_that_does_not_come_is_a_timeout(read: Callable[[Any], Any]) -> None:
    here, there = socket.socketpair()
    with here, there:
        class Raw(socket.SocketIO):
            """What ``makefile`` gives, of a socket that raises another interpreter's class."""

            readinto = foreign  # type: ignore[assignment]

        with pytest.raises(socket.timeout):
            read(plex_connections._AnswerFile(Raw(here, 'rb')))
