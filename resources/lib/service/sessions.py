"""The HTTP sessions of the service."""
from __future__ import annotations

from typing import Callable, List

from ..cancellation import Cancellation
from ..kodi import addon as kodi_addon
from ..plex_http import PlexSession
from ..plex_identity import ClientIdentity

#: (connect, read) in seconds for what the user waits for.
_QUICK_TIMEOUT = (4.0, 12.0)


class Sessions:
    """All HTTP sessions of the service, which end with ``stopping``.

    ``is_player()``: whether Plex apps may control this Kodi.
    """

    def __init__(self, version: str, stopping: Cancellation, is_player: Callable[[], bool]) -> None:
        self._version = version
        self._stopping = stopping
        self._is_player = is_player
        self._all: List[PlexSession] = []

    def patient(self, client_identifier: str) -> PlexSession:
        """A session that tries again."""
        return self._made(PlexSession(self._identity(client_identifier), cancellation=self._stopping))

    def quick(self, client_identifier: str) -> PlexSession:
        """A session for what somebody waits for in front of the screen: it gives up early."""
        return self._made(PlexSession(self._identity(client_identifier), cancellation=self._stopping,
                                      timeout=_QUICK_TIMEOUT, retries=1))

    def end(self, session: PlexSession) -> None:
        """Close a session before the others."""
        session.close()
        self._all = [one for one in self._all if one is not session]

    def close(self) -> None:
        """Wake whoever still waits for an answer."""
        sessions, self._all = self._all, []
        for session in sessions:
            session.close()

    def _identity(self, client_identifier: str) -> ClientIdentity:
        return ClientIdentity(client_identifier, self._version, kodi_addon.device_name(), kodi_addon.platform_name(),
                              kodi_addon.kodi_version(), is_player=self._is_player)

    def _made(self, session: PlexSession) -> PlexSession:
        self._all.append(session)
        return session
