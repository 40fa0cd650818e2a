"""A service that loses no time: what it waits for is short, and nobody in the network is asked for servers."""
from __future__ import annotations

import pytest

from resources.lib import service_entry
from resources.lib.auth.servers import discovery
from resources.lib.kodi import video
from resources.lib.kodi.monitor import KodiStopping
from resources.lib.service.library import sync_thread

#: How many times as short pauses between tries of a request are. The unit tests of the HTTP client test the real ones.
_FACTOR = 20.0


class HurriedStopping(KodiStopping):
    """The service's cancellation, by which it waits before it repeats a request."""

    def wait(self, seconds: float) -> bool:
        """Sleep for a part of the seconds."""
        return super().wait(seconds / _FACTOR)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have services that are made from now on hurry."""
    monkeypatch.setattr(service_entry, 'KodiStopping', HurriedStopping)
    monkeypatch.setattr(discovery, 'TARGETS', ())
    monkeypatch.setattr(sync_thread, '_AFTER_PLAYBACK', 0.1)
    monkeypatch.setattr(video, '_LOOKS', 100_000)  # each of which takes a moment only
