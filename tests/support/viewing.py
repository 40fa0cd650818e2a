"""Somebody in front of the TV: a film or an episode of the simulated Plex plays in a stand-in for Kodi."""
from __future__ import annotations

from typing import Any, Callable, Dict, List

from resources.lib.kodi.windows import skip
from resources.lib.playback.skipping import SkipFeature
from tests.support.service_environment import ServiceEnvironment

#: Seconds between two looks of the service at the player.
_TICK_S = 0.05
#: So many looks at the player without a consequence, and it is taken for having none.
_LOOKS = 20
BACK = 92


class Viewing(ServiceEnvironment):
    """``watch`` presses OK on an item; ``at`` lets the film run to a place."""

    def watch(self, rating_key: Any, position: float = 0.0, kind: str = 'movie') -> Dict[str, Any]:
        """Play an item as Kodi does; returns what the plugin got for it."""
        self.watcher._tick_playing = _TICK_S
        found: Dict[str, Any] = self.call('play', machine_identifier=self.sync_env.machine,
                                          rating_key=str(rating_key), type=kind)
        self.kodi.play(found['url'], found['total'], position)
        return found

    def skip_feature(self) -> SkipFeature:
        """What looks for markers in the film that plays."""
        return next(one for one in self.watcher._features if isinstance(one, SkipFeature))

    def at(self, position: float) -> None:
        """The film has come to this place (seconds) by itself."""
        self.kodi.wait_for(self._playing)
        playing = self.kodi.playing
        assert playing is not None
        playing.position = position

    def position(self) -> float:
        """Where the film is, in seconds."""
        return self.kodi.playing.position if self.kodi.playing else -1.0

    def comes_to(self, position: float) -> None:
        """Wait until somebody has jumped there."""
        self.kodi.wait_for(lambda: abs(self.position() - position) < 1.0, 10.0)

    def shown(self, xml: str) -> Any:
        """The window of that XML, None when it is not on the screen."""
        return next((one for one in list(self.kodi.windows) if one.xml.name == xml and one.ready.is_set()), None)

    def window(self, xml: str = skip.LAYOUT.xml) -> Any:
        """The window, waited for."""
        self.kodi.wait_for(lambda: self.shown(xml), 10.0)
        return self.shown(xml)

    def no_window(self, xml: str = skip.LAYOUT.xml) -> None:
        """Wait until it is gone."""
        self.kodi.wait_for(lambda: not self.shown(xml), 10.0)

    def stays_without(self, xml: str = skip.LAYOUT.xml) -> None:
        """It does not come up, however often the service looks at the player."""
        self.stays(lambda: not self.shown(xml))

    def stays(self, condition: Callable[[], Any]) -> None:
        """Something stays true, however often the service looks at the player."""
        playing = self.kodi.playing
        assert playing is not None
        enough = playing.looks + _LOOKS

        def seen() -> bool:
            assert condition()
            return playing.looks >= enough
        self.kodi.wait_for(seen, 20.0)

    def set_elements(self, rating_key: Any, **elements: List[Dict[str, Any]]) -> None:
        """Give an item of the server other child elements (``Marker``, ``Media``)."""
        item = self.sim.library.get(rating_key)
        assert item is not None
        item.elements = dict(self.sim.library.stored(item), **elements)
        item.drop_cache()

    def _playing(self) -> bool:
        return self.watcher.active
