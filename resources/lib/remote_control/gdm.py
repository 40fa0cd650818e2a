"""GDM, Plex's discovery over UDP: we say hello and goodbye, and answer who looks for players.

What is told is what ``/resources`` tells. Only senders of our own network get an answer, and only so many in a second,
because a sender's address can be forged.
"""
from __future__ import annotations

import logging
import os
import socket
import struct
import threading
import time
from typing import List, Optional, Tuple

from ..socket_timeouts import own_timeouts
from . import limits
from .identity import PlayerIdentity

LOG = logging.getLogger('pkc.remote')

GROUP = '239.0.0.250'
#: Where players are looked for, and where servers and controllers hear of them.
PLAYERS_PORT, CLIENTS_PORT = 32412, 32413
_SEARCH = b'M-SEARCH * HTTP/1.'
_FOUND, _HELLO, _BYE = b'HTTP/1.0 200 OK\r\n', b'HELLO * HTTP/1.0\r\n', b'BYE * HTTP/1.0\r\n'
#: Seconds between two hellos, after which a trouble of the network is over, and of waiting for the end.
_HELLO_SECONDS, _TROUBLE_SECONDS, _STOP_SECONDS = 60.0, 1.0, 1.0
_LONGEST = 1024
_ANSWERS_IN_A_SECOND = 10


class Announcer:
    """Announces the player from :meth:`open` to :meth:`close`. ``port`` is its TCP port.

    ``listen`` and ``hello`` are addresses of UDP, other ones than Plex's in tests only.
    """

    def __init__(self, identity: PlayerIdentity, port: int, listen: Tuple[str, int] = ('', PLAYERS_PORT),
                 hello: Tuple[str, int] = (GROUP, CLIENTS_PORT)) -> None:
        self._fields = identity.announcement(port)
        self._listen = listen
        self._hello = hello
        self._answered: List[float] = []
        self._stopping = threading.Event()
        self._socket: Optional[socket.socket] = None
        self._thread: Optional[threading.Thread] = None

    @property
    def port(self) -> int:
        """The UDP port on which searches are heard; 0 while there is none."""
        return int(self._socket.getsockname()[1]) if self._socket is not None else 0

    def open(self) -> None:
        """Begin. Without a network, or while another player of this machine has the port, nobody finds us."""
        try:
            self._socket = self._opened()
        except OSError as error:
            LOG.warning('the player cannot be found in the network (errno %s)', error.errno)
            return
        self._thread = threading.Thread(target=self._run, name='pkc-remote-gdm', daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Say goodbye."""
        self._stopping.set()
        if self._thread is not None:
            self._send(b'', ('127.0.0.1', self.port))  # wakes it
            self._thread.join(_STOP_SECONDS)
        if self._socket is not None:
            self._send(_BYE + self._fields, self._hello)
            self._socket.close()
            self._socket = None

    def _opened(self) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if hasattr(socket, 'SO_REUSEPORT') and os.name != 'nt':  # other players may listen too
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            opened.bind(self._listen)
        except OSError:
            opened.close()
            raise
        try:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                              struct.pack('4s4s', socket.inet_aton(GROUP), socket.inet_aton('0.0.0.0')))
        except OSError as error:
            LOG.info('no multicast (errno %s), only broadcasts are heard', error.errno)
        opened.settimeout(_HELLO_SECONDS)
        return opened

    def _run(self) -> None:
        listening, next_hello = self._socket, 0.0
        while listening is not None and not self._stopping.is_set():
            left = next_hello - time.monotonic()
            if left <= 0.0:
                self._send(_HELLO + self._fields, self._hello)
                left, next_hello = _HELLO_SECONDS, time.monotonic() + _HELLO_SECONDS
            try:
                listening.settimeout(left)
                with own_timeouts():
                    message, sender = listening.recvfrom(_LONGEST)
            except socket.timeout:
                continue
            except OSError as error:  # of an earlier answer, or the network is gone
                LOG.debug('GDM: errno %s', error.errno)
                self._stopping.wait(_TROUBLE_SECONDS)
                continue
            if message.startswith(_SEARCH) and self._may_answer(str(sender[0])):
                self._send(_FOUND + self._fields, sender)

    def _may_answer(self, address: str) -> bool:
        now = time.monotonic()
        self._answered = [moment for moment in self._answered if now - moment < 1.0]
        if len(self._answered) >= _ANSWERS_IN_A_SECOND or not limits.in_our_network(address):
            return False
        self._answered.append(now)
        return True

    def _send(self, message: bytes, target: Tuple[str, int]) -> None:
        try:
            if self._socket is not None:
                self._socket.sendto(message, target)
        except OSError as error:
            LOG.debug('GDM: errno %s', error.errno)
