"""``python -m tools.film_loop``: finding out whether Kodi crashes at the ends of films, and because of what.

Plays a film of three seconds from the home screen to its end repeatedly, with widgets of a synced library on the
screen, and counts how often Kodi crashed. ``--with``:

- ``addon``: the add-on is signed in and plays from the simulated server
- ``empty``: the add-on is disabled, there is a service that only waits, and the film is a local file
- ``nothing``: the add-on is disabled, there is no service, and the film is a local file

For a backtrace let the system write core files (``ulimit -c unlimited``; ``/proc/sys/kernel/core_pattern``) and read
them with ``gdb -batch -ex 'thread apply all bt' KODI CORE``.
"""
from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List

from tests.support.kodi_environment import KodiEnvironment
from tools.kodilab import KodiLab, LabError
from tools.kodilab.install import install_by_folder
from tools.stage import ADDON, ENVIRONMENT, build_repository, make_video

ADDON_ON, EMPTY, NOTHING = 'addon', 'empty', 'nothing'
_FILM_SECONDS = 3
_EMPTY_ADDON = '''<?xml version="1.0" encoding="UTF-8"?>
<addon id="service.empty" name="Empty" version="1.0.0" provider-name="nobody">
<requires><import addon="xbmc.python" version="3.0.0"/></requires>
<extension point="xbmc.service" library="service.py"/>
<extension point="xbmc.addon.metadata"><summary>Waits</summary><platform>all</platform></extension></addon>'''


def main() -> None:
    """Print a line of JSON: films played, number of crashes, seconds."""
    parser = argparse.ArgumentParser(prog='python -m tools.film_loop', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--with', dest='variant', choices=(ADDON_ON, EMPTY, NOTHING), default=ADDON_ON)
    parser.add_argument('--films', type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='film-loop-') as folder, FilmLoop(Path(folder), arguments.variant) as loop:
        print(json.dumps(loop.run(arguments.films)))


class FilmLoop:
    """A Kodi with a synced library, widgets on its home screen, and a short film."""

    def __init__(self, folder: Path, variant: str) -> None:
        self._folder = folder
        self._variant = variant
        self._film = make_video(folder / 'film.mkv', _FILM_SECONDS)
        self._lab = KodiLab(folder / 'home', name='loop', env=ENVIRONMENT, debug=False)
        self._ends: List[str] = []

    def __enter__(self) -> FilmLoop:
        environment = KodiEnvironment(self._lab)
        self._lab.open()
        environment.install_and_sync(build_repository(self._folder / 'repository'), '--movies', '60', '--shows', '3',
                                     '--media-file', str(self._film))
        if self._variant != ADDON_ON:
            self._lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=False)
        if self._variant == EMPTY:
            self._lab.stop()
            install_by_folder(self._lab, [_empty_addon(self._folder)])
            self._lab.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._lab.close()

    def run(self, films: int) -> Dict[str, Any]:
        """Play this many films; Kodi is started again after a crash."""
        began = time.monotonic()
        movies = [movie['movieid'] for movie in self._lab.rpc('VideoLibrary.GetMovies')['movies']]
        for number in range(films):
            item = {'movieid': movies[number % len(movies)]} if self._variant == ADDON_ON else {'file': str(self._film)}
            try:
                self._play(item)
            except (LabError, OSError) as error:
                self._ends.append('film %d: %s, code %s' % (number, str(error)[:200], self._lab.returncode))
                self._lab.kill9()
                self._lab.start()
        return {'with': self._variant, 'films': films, 'ends': len(self._ends), 'what': self._ends,
                'seconds': round(time.monotonic() - began)}

    def _play(self, item: Dict[str, Any]) -> None:
        self._lab.rpc('GUI.ActivateWindow', window='home')
        self._lab.rpc('Player.Open', item=item)
        self._lab.wait_for(self._lab.active_player, 30, 'the player')
        self._lab.wait_for(lambda: not self._lab.active_player(), 30, 'the end of the film')
        time.sleep(1.0)  # the home screen comes back and loads its widgets again
        self._lab.rpc('JSONRPC.Ping')


def _empty_addon(folder: Path) -> Path:
    addon = folder / 'service.empty'
    addon.mkdir()
    (addon / 'addon.xml').write_text(_EMPTY_ADDON, encoding='utf-8')
    (addon / 'service.py').write_text('import xbmc\nxbmc.Monitor().waitForAbort()\n', encoding='utf-8')
    return addon


if __name__ == '__main__':
    main()
