"""Theme music as a part of the service: only for users who have switched it on."""
from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Mapping, Optional

from ...kodi import music, open_list
from ...kodi.open_list import OpenShow
from ...local_server.exchange import Route
from ...local_server.themes import ThemeRoute
from ...playback.stream_registry import THEME, StreamRegistry, StreamSource
from ..events import MusicBegan, PlayAsked, SettingsChanged
from ..part import Part
from ..shared import Shared
from .shows import Themes
from .turn import Piece, Turn

LOG = logging.getLogger('pkc.service')

#: Seconds between two looks at which list is open: Kodi does not say so by itself.
_LOOK_S = 0.5
_STOP_SECONDS = 1.0
#: Decibels by the values of the setting ``theme_loudness``.
_GAINS = (0.0, -10.0, -20.0)
_NAME, _MIME = 'theme.mp3', 'audio/mpeg'


class ThemeMusic(Part):
    """One thread, which sleeps while the setting is off."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._registry = StreamRegistry()
        clients = shared.clients
        self._route = ThemeRoute(self._registry, clients.of_server, clients.report_failure, self._gain)
        self._themes = Themes(shared)
        self._turn = Turn(self._piece_of, music, shared.clock.monotonic, self._begins)
        self._wake, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name='pkc-theme', daemon=True)
        shared.events.subscribe(PlayAsked, lambda _event: self._turn.asked_to_play())
        shared.events.subscribe(SettingsChanged, lambda _event: self._wake.set())

    def start(self) -> None:
        """Look which list is open, if that is wanted."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread. Music that plays comes to its end by itself: Kodi may be waiting for us now."""
        self._ending.set()
        self._wake.set()
        self._thread.join(_STOP_SECONDS)

    def routes(self) -> Mapping[str, Route]:
        """``/theme/…``."""
        return {'theme': self._route}

    def _begins(self) -> None:
        self.shared.events.publish(MusicBegan())

    def _gain(self) -> float:
        return _GAINS[self.shared.settings.current.theme_loudness]

    def _run(self) -> None:
        while not self._ending.is_set():
            wanted = self.shared.settings.current.theme_music
            try:
                self._turn.look(open_list.open_show() if wanted else OpenShow())
            except Exception:  # top of the thread
                LOG.exception('Theme music failed')
            self._wake.wait(_LOOK_S if wanted or self._turn.ends else None)
            self._wake.clear()

    def _piece_of(self, shown: OpenShow) -> Optional[Piece]:
        found = self._themes.of(shown)
        if found is None:
            return None
        theme = found.theme
        source = StreamSource(THEME, found.machine_identifier, theme.rating_key, theme.stamp, _NAME, theme.path, _MIME)
        if not self._registry.register(source):
            return None
        return Piece(source.url(self.shared.port), theme.show_title, partial(self._route.load, source))
