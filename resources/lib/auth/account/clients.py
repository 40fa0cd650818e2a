"""Clients of plex.tv, one for each of our client identifiers."""
from __future__ import annotations

import threading
from typing import Callable, Dict

from ...plex_http import PlexSession
from ...plex_tv import CLIENTS_PLEX_TV, DISCOVER, PLEX_TV, PlexTV
from ..clock import AuthClock

#: Makes a session that sends the given client identifier.
SessionFactory = Callable[[str], PlexSession]


class PlexTvClients:
    """Makes each client once. ``clock`` is set by their answers. ``url``, if not empty, replaces plex.tv's hosts."""

    def __init__(self, make_session: SessionFactory, clock: AuthClock, url: str = '') -> None:
        self._make_session = make_session
        self._clock = clock
        self._hosts = (url, url, url) if url else (PLEX_TV, CLIENTS_PLEX_TV, DISCOVER)
        self._lock = threading.Lock()
        self._made: Dict[str, PlexTV] = {}

    def of(self, client_identifier: str) -> PlexTV:
        """The client that sends this identifier to plex.tv."""
        with self._lock:
            if client_identifier not in self._made:
                session = self._make_session(client_identifier)
                session.on_answer = self._clock.observe
                self._made[client_identifier] = PlexTV(session, *self._hosts)
            return self._made[client_identifier]
