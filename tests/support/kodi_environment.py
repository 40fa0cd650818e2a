"""A real Kodi with the add-on installed, signed in and synced, and queries of its library."""
from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, List

from tests.support.remote_library import RemoteLibrary
from tools.kodilab import KodiLab
from tools.kodilab.install import install_by_folder
from tools.stage import PLUGIN, Stage


class KodiEnvironment(Stage):
    """``lab`` must have been created with ``tools.stage.ENVIRONMENT``; call :meth:`install_and_sync` first."""

    def __init__(self, lab: KodiLab) -> None:
        super().__init__(lab)
        self.library = RemoteLibrary(self)

    def install_and_sync(self, repository: Path, *sim_arguments: str) -> Dict[str, Any]:
        """Start the simulated Plex and Kodi, install, sign in; returns the report of the first sync."""
        self.start_sim('--prerender', *sim_arguments)
        install_by_folder(self.lab, sorted(repository.glob('*/*.zip')))
        self.lab.start()
        self.lab.wait_for(self.lab.dialog_open, 30, 'the offer to sign in')
        self.lab.answer_yes()
        self.link(self.waiting_code())
        self.leave_guide()
        return self.wait_synced(90)

    def sync(self, path: str = 'sync', timeout: float = 60.0) -> Dict[str, Any]:
        """Start a sync (or a ``full_check``) as the user does; returns its report."""
        begun = time.time()
        self.lab.builtin('RunPlugin(%s/%s)' % (PLUGIN, path))
        return self.wait_synced(timeout, after=begun, reason={'sync': 'user'}.get(path, path))

    @property
    def kodi(self) -> int:
        """Kodi's major version."""
        return int(self.lab.rpc('Application.GetProperties', properties=['version'])['version']['major'])

    @property
    def video_db(self) -> str:
        """The path of this Kodi version's video database; there may be others beside it."""
        return str(self.lab.profile.databases / ('MyVideos%d.db' % {19: 119, 20: 121, 21: 131}[self.kodi]))

    def rows(self, sql: str, *parameters: Any) -> List[Any]:
        """Query Kodi's video database."""
        with closing(sqlite3.connect(self.video_db, timeout=60.0)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def execute(self, sql: str, *parameters: Any) -> int:
        """Change Kodi's video database as another program would; returns the id of an inserted row."""
        with closing(sqlite3.connect(self.video_db, timeout=20)) as connection, connection:
            return int(connection.execute(sql, parameters).lastrowid or 0)

    def movies(self, *properties: str) -> List[Dict[str, Any]]:
        """Kodi's movies by JSON-RPC."""
        found: List[Dict[str, Any]] = self.lab.rpc('VideoLibrary.GetMovies', timeout=60,
                                                   properties=['title', 'uniqueid', *properties])['movies']
        return found

    def announced(self, method: str, timeout: float = 30.0) -> None:
        """Wait for an announcement of Kodi's since the last :meth:`KodiLab.clear_notifications`."""
        self.lab.wait_for(lambda: self.lab.notifications(method), timeout, method)


def content(path: Path) -> bytes:
    """What is in a file of a Kodi that goes on working: files come and go."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b''
