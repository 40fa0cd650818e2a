"""Attacks by a hostile server over the websocket of notifications."""
from __future__ import annotations

import base64
import hashlib
import re
import threading
from typing import Callable, Iterable, Iterator

from resources.lib.plex_errors import PlexError
from resources.lib.plex_notifications import NotificationSocket
from tools.attack.figures import Attack, Figures, measure
from tools.attack.hostile import HostileServer, Script, answer, endless, head_of

PATH = '/:/websockets/notifications'
_GUID = b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
#: Heads of frames: a text message with a length of eight bytes, and the first frame of a fragmented one.
ENDLESS_FRAME = b'\x81\x7f' + (2 ** 62).to_bytes(8, 'big')
_PART, _NEXT_PART, _PING = b'\x01\x7e\xff\xff', b'\x00\x7e\xff\xff', b'\x89\x00'
_PARTS = 4800


def upgraded(server: HostileServer, frames: Callable[[], Iterable[bytes]]) -> Script:
    """The handshake, then ``frames``."""
    def script() -> Iterator[bytes]:
        found = re.search(rb'Sec-WebSocket-Key: (\S+)', server.requests[-1], re.IGNORECASE)
        accept = base64.b64encode(hashlib.sha1((found.group(1) if found else b'') + _GUID).digest()).decode()
        yield head_of(101, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Accept: ' + accept)
        yield from frames()
    return script


def parts_between_pings() -> Iterator[bytes]:
    """A fragmented message of 300 MiB, with a ping after each frame."""
    yield _PART + b'x' * 65535 + _PING
    for _ in range(_PARTS):
        yield _NEXT_PART + b'x' * 65535 + _PING


def listen(server: HostileServer) -> str:
    """Listen to the server's notifications; returns how that ended."""
    socket = NotificationSocket(server.url, 'token', 'attack')
    try:
        socket.connect()
        for _ in socket.notifications():
            pass
    except PlexError as error:
        return type(error).__name__
    finally:
        socket.close()
    return 'read'


def pushed(script: Callable[[HostileServer], Script]) -> Attack:
    """The server sends this to a listening client."""
    def run() -> Figures:
        with HostileServer() as server:
            server.scripts[PATH] = script(server)
            return measure(lambda: listen(server), threading.Event().is_set)
    return run


def dripping(server: HostileServer) -> Script:
    """A byte of a frame each second."""
    return upgraded(server, server.dripping(ENDLESS_FRAME))


ATTACKS = {
    'push: endless frame': pushed(lambda server: upgraded(server, endless(ENDLESS_FRAME))),
    'push: parts without end': pushed(lambda server: upgraded(server, parts_between_pings)),
    'push: dripping frame': pushed(dripping),
    'push: endless headers': pushed(lambda _: endless(b'HTTP/1.1 101 Because\r\nX: ')),
    'push: length of a refusal': pushed(lambda _: lambda: (answer(403, b'no', 'Content-Length: %d' % 2 ** 40),)),
}
