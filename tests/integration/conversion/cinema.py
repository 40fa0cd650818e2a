"""One film of nine Mbit/s, and Kodi as a user makes it play."""
from __future__ import annotations

import urllib.request
from typing import Any, Dict, List

import pytest

from resources.lib.local_server.upstream import Upstream
from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import Library

LENGTH_S = 5400.0
BITRATE = 9000


class Cinema(Viewing):
    """One film of nine Mbit/s; Kodi asks for what it is told to play, as a user's OK makes it."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        library = Library.empty()
        self._patch = monkeypatch
        self.film = library.add_movie('Film', duration=int(LENGTH_S * 1000))
        super().__init__(kodi, library, monkeypatch)
        self.key = str(self.film.rating_key)
        self.describe()
        self.opened: List[Dict[str, Any]] = []
        kodi.rpc['Player.Open'] = self._opened

    def describe(self, **changes: Any) -> None:
        """The file of the film: H.264 in 1080p, with changes of its picture (``codec`` …) and of the version."""
        stream_names = ('codec', 'bitDepth', 'DOVIPresent', 'DOVIProfile')
        picture = {name: value for name, value in changes.items() if name in stream_names}
        first = self.film.rating_key * 10000
        streams = [dict({'id': first, 'streamType': 1, 'codec': 'h264', 'index': 0, 'bitDepth': 8}, **picture),
                   {'id': first + 1, 'streamType': 2, 'codec': changes.pop('audio', 'aac'), 'channels': 6, 'index': 1}]
        part = {'id': self.film.rating_key * 100, 'key': '/library/parts/%s00/1/file.mkv' % self.key,
                'container': 'mkv', 'file': '/films/Film.mkv', 'size': 9_000_000, 'Stream': streams}
        media = {'id': self.film.rating_key * 10, 'width': 1920, 'height': 1080, 'bitrate': BITRATE, 'Part': [part],
                 'videoResolution': '1080', 'videoCodec': streams[0]['codec'], 'container': 'mkv'}
        media.update({name: value for name, value in changes.items() if name not in stream_names})
        self.set_elements(self.key, Media=[media])

    def settings(self, **values: Any) -> None:
        """What the user sets."""
        for name, value in values.items():
            self.kodi.set_setting(name, str(value).lower())

    def ask(self, **more: Any) -> Dict[str, Any]:
        """What Kodi gets for the film."""
        found: Dict[str, Any] = self.call('play', machine_identifier=self.sync_env.machine, rating_key=self.key,
                                          type='movie', **more)
        return found

    def converts(self, **more: Any) -> bool:
        """Whether Kodi gets a transcode."""
        return '/transcode/' in str(self.ask(**more)['url'])

    def reads(self, url: str, size: int = -1) -> bytes:
        """As the player does."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=25) as answer:
            return bytes(answer.read(size))

    def starts(self, url: str, position: float = 0.0) -> None:
        """The player opens a transcode, and it plays."""
        self.watcher._tick_playing = 0.05
        self.reads(url)
        self.kodi.play(url, LENGTH_S, position)
        self.kodi.wait_for(self._playing)

    def line(self, kbps: int) -> None:
        """The line to the server has this speed, by the service's clock: nobody waits, and no load makes it slower."""
        self.clock.stop()
        read = Upstream.read

        def paced(upstream: Upstream, size: int) -> bytes:
            piece = read(upstream, size)
            self.clock.advance(len(piece) * 8 / 1000.0 / kbps)
            return piece
        self._patch.setattr(Upstream, 'read', paced)

    def said(self) -> List[str]:
        """The notices in the corner."""
        return [text for _, text, _ in self.kodi.notifications]

    def picks(self, action: str, choice: str = '') -> Dict[str, Any]:
        """An entry of the context menu, with an answer to what was asked."""
        answer = {'choice': choice} if choice else {}
        found: Dict[str, Any] = self.call('item_action', plexid=self.key, action=action, **answer)
        return found

    def text(self, number: int) -> str:
        """A text of the add-on."""
        return self.running.shared.addon.text(number)

    def transcodes(self) -> List[Any]:
        """What runs at the server."""
        return list(self.sim.transcoder.running())

    def _opened(self, params: Dict[str, Any]) -> str:
        self.opened.append(params)
        return 'OK'
