"""Somebody with playlists in Plex and in Kodi."""
from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import Callable, Dict, List, Sequence

from resources.lib import item_url
from resources.lib.playlists import entries, m3u
from resources.lib.service.events import PlaylistsChanged
from resources.lib.service.playlists import part
from tests.support.service_environment import ServiceEnvironment

PATIENCE = 20.0


class Player:
    """Somebody with playlists in Plex and in Kodi."""

    def __init__(self, environment: ServiceEnvironment) -> None:
        self.environment = environment
        self.kodi = environment.kodi
        self.library = environment.sync_env.library
        self.machine = environment.sync_env.machine
        self.folder = Path(self.kodi.real_path('special://profile/playlists/video'))
        self.record = Path(self.kodi.real_path(
            'special://profile/addon_data/%s/playlists.json' % item_url.ADDON_ID))

    def key(self, title: str) -> int:
        return next(item.rating_key for kind in ('movie', 'episode') for item in self.library.items(kind)
                    if item.title == title)

    def titles(self, keys: Sequence[object]) -> List[str]:
        return [self.library.need(key).title for key in keys]

    # ---- Plex ------------------------------------------------------------------------------------------------------

    def playlist(self, title: str, *items: str, **more: object) -> int:
        made = self.library.add_playlist(title, [self.key(item) for item in items], **more)  # type: ignore[arg-type]
        return made.rating_key

    def in_plex(self, playlist_key: int) -> List[str]:
        return self.titles(self.library.playlists[playlist_key].members)

    def of_plex(self) -> Dict[str, List[str]]:
        return {one.title: self.titles(one.members) for one in self.library.playlists.values()}

    # ---- Kodi ------------------------------------------------------------------------------------------------------

    def names(self) -> List[str]:
        """The playlist files; not those that are being written."""
        if not self.folder.exists():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.suffix.lower() in ('.m3u', '.m3u8'))

    def in_kodi(self, name: str) -> List[str]:
        urls = m3u.read((self.folder / name).read_bytes()).urls
        return self.titles([entries.rating_key(url, self.machine) for url in urls])

    def saves(self, name: str, *items: str, seconds_ago: float = 10.0, also: str = '') -> None:
        """What Kodi does when the user saves a playlist."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = ['#EXTCPlayListM3U::M3U']
        for title in items:
            lines += ['#EXTINF:0,' + title, self.url(title)]
        path = self.folder / name
        path.write_text('\n'.join([*lines, *filter(None, [also])]) + '\n', encoding='utf-8')
        then = time.time() - seconds_ago
        os.utime(path, (then, then))

    def url(self, title: str) -> str:
        item = self.library.need(self.key(title))
        if item.type == 'movie':
            return item_url.movie_url(self.machine, str(item.rating_key))
        return item_url.episode_url(self.machine, str(item.root().rating_key), str(item.rating_key))

    # ---- time ------------------------------------------------------------------------------------------------------

    def told(self) -> None:
        """The server says that a playlist has changed."""
        self.environment.running.shared.events.publish(PlaylistsChanged())

    def put_off(self) -> List[float]:
        """After how many seconds the service will compare, each time that it puts that off for a sync from now on."""
        playlists, found = self.environment._part(part.Playlists), []
        ask = playlists._ask_server

        def asked(seconds: float) -> None:
            if seconds == part._SYNCING:
                found.append(seconds)
            ask(seconds)
        playlists._ask_server = asked  # type: ignore[method-assign]
        return found

    def waits(self, condition: Callable[[], object]) -> None:
        self.told()
        self.kodi.wait_for(condition, PATIENCE)

    def settled(self) -> None:
        """Wait until both sides were compared twice more: whatever was going to happen has happened."""
        for _ in range(2):
            before = self._looks()
            self.told()
            self.kodi.wait_for(partial(self._have_looked, before + 1), PATIENCE)

    def _looks(self) -> int:
        return len(self.environment.sim.requests.find(r'/playlists$'))

    def _have_looked(self, times: int) -> bool:
        return self._looks() >= times

    def wants(self, mode: str) -> None:
        self.kodi.set_setting('plex_playlists', mode)
