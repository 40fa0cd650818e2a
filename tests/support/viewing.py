"""A user who watches a film or an episode of the simulated Plex in a fake Kodi."""
from __future__ import annotations

from typing import Any, Callable, Dict, List

from resources.lib.kodi.windows import skip
from resources.lib.playback.skipping import SkipFeature
from tests.support.service_environment import ServiceEnvironment

#: Seconds between two readings of the player's position by the service.
_TICK_S = 0.005
#: After this many readings without a reaction, the service is taken to have none.
_LOOKS = 20
BACK = 92


class Viewing(ServiceEnvironment):
    """``watch`` starts an item; ``at`` lets the film run to a position."""

    def watch(self, rating_key: Any, position: float = 0.0, kind: str = 'movie') -> Dict[str, Any]:
        """Play an item as Kodi does; returns the plugin's answer."""
        self.watcher._tick_playing = self.watcher._tick_paused = _TICK_S
        found: Dict[str, Any] = self.call('play', machine_identifier=self.sync_env.machine,
                                          rating_key=str(rating_key), type=kind)
        self.kodi.play(found['url'], found['total'], position)
        return found

    def skip_feature(self) -> SkipFeature:
        """The feature that skips markers of the playing film."""
        return next(one for one in self.watcher._features if isinstance(one, SkipFeature))

    def at(self, position: float) -> None:
        """Let the film run to this position (seconds)."""
        self.kodi.wait_for(self._playing)
        playing = self.kodi.playing
        assert playing is not None
        playing.position = position

    def passes(self, seconds: float) -> None:
        """Let so much time pass for the service at once, as for one that waits for the user."""
        self.clock.advance(seconds)

    def position(self) -> float:
        """The position of the film in seconds."""
        return self.kodi.playing.position if self.kodi.playing else -1.0

    def comes_to(self, position: float) -> None:
        """Wait until the service has jumped to this position."""
        self.kodi.wait_for(lambda: abs(self.position() - position) < 1.0)

    def shown(self, xml: str) -> Any:
        """The window of this XML, None when it is not on the screen."""
        return next((one for one in list(self.kodi.windows) if one.xml.name == xml and one.ready.is_set()), None)

    def window(self, xml: str = skip.LAYOUT.xml) -> Any:
        """Wait for the window; returns it."""
        self.kodi.wait_for(lambda: self.shown(xml))
        return self.shown(xml)

    def no_window(self, xml: str = skip.LAYOUT.xml) -> None:
        """Wait until the window is closed."""
        self.kodi.wait_for(lambda: not self.shown(xml))

    def stays_without(self, xml: str = skip.LAYOUT.xml) -> None:
        """Check that the window does not open while the service reads the player's position."""
        self.stays(lambda: not self.shown(xml))

    def stays(self, condition: Callable[[], Any]) -> None:
        """Check that a condition stays true while the service reads the player's position."""
        playing = self.kodi.playing
        assert playing is not None
        enough = playing.looks + _LOOKS

        def seen() -> bool:
            assert condition()
            return playing.looks >= enough
        self.kodi.wait_for(seen)

    def set_elements(self, rating_key: Any, **elements: List[Dict[str, Any]]) -> None:
        """Change the child elements (``Marker``, ``Media``) of an item of the server."""
        item = self.sim.library.get(rating_key)
        assert item is not None
        item.elements = dict(self.sim.library.stored(item), **elements)
        item.drop_cache()

    def _playing(self) -> bool:
        return self.watcher.active
