"""Keeps Kodi listed among the account's players at plex.tv while it is one."""
from __future__ import annotations

import logging
import socket
import threading
from typing import Callable

from ...plex_errors import PlexError
from ...remote_control import limits
from ...retry import Backoff, RetryPolicy
from ..shared import Shared

LOG = logging.getLogger('pkc.remote')

#: plex.tv forgets players; Plex's own repeat it twice a day. The address is looked at more often.
_AGAIN, _LOOK = 12 * 3600.0, 600.0
_RETRY = RetryPolicy(30.0, 3600.0)
_WITHDRAWING_SECONDS, _ENDING_SECONDS = 30.0, 0.2


def own_address() -> str:
    """This machine's address in its network, '' without one. Asks the system for its route; nothing is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(('192.0.2.1', 9))  # for documentation only, so the way there is the way out
            address = str(probe.getsockname()[0])
    except OSError:
        return ''
    return address if limits.in_our_network(address) and not address.startswith('127.') else ''


class Registration:
    """One thread. ``address()`` is :func:`own_address`, but in tests."""

    def __init__(self, shared: Shared, port: int, address: Callable[[], str] = own_address) -> None:
        self._shared = shared
        self._port = port
        self._address = address
        self._stopping = False
        self._listed = ''
        self._again = 0.0
        self._wake = threading.Event()
        self._backoff = Backoff(_RETRY, shared.clock.monotonic)
        self._thread = threading.Thread(target=self._run, name='pkc-remote-listed', daemon=True)

    def open(self) -> None:
        """Be listed."""
        self._thread.start()

    def begin_anew(self) -> None:
        """Another account or server."""
        self._again = 0.0
        self._wake.set()

    def close(self) -> None:
        """Be listed no more, and wait for that; while the service ends there is no time for it."""
        self._stopping = True
        self._wake.set()
        self._thread.join(_ENDING_SECONDS if self._shared.stopping.cancelled else _WITHDRAWING_SECONDS)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            self._wake.wait(self._announce())
        if self._listed and not self._shared.stopping.cancelled:
            self._tell('')

    def _announce(self) -> float:
        """The seconds until the next time."""
        address, now = self._address(), self._shared.clock.monotonic()
        url = 'http://%s:%d' % (address, self._port)
        if not address or not self._shared.auth.status().usable or url == self._listed and now < self._again:
            return _LOOK
        if not self._tell(url):
            return self._backoff.failed()
        self._listed, self._again = url, now + _AGAIN
        return _LOOK

    def _tell(self, url: str) -> bool:
        try:
            self._shared.auth.announce_player([url] if url else [])
        except PlexError as error:
            LOG.info('plex.tv does not list this player: %s', error)
            return False
        except Exception:  # the top of the thread
            LOG.exception('being listed as a player failed')
            return False
        self._backoff.reset()
        return True
