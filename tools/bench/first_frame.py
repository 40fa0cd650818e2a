"""``python -m tools.bench.first_frame``: from OK to the first frame, in a real Kodi, over an add-on with a fixed URL.

Both play films of the simulated server, in turns: ours by their rows in Kodi's library, the other one a film by its
file's URL at the server, which it knows beforehand. The difference is what the add-on adds: its call, its question to
the server, and its stream. All films have the same file. One that was played before is asked for along with that
question (``service/playback/guesses.py``), so such plays are counted apart. None has a subtitle in a file of its own:
for one Kodi loads its fonts before the first frame, whoever has given it.
"""
from __future__ import annotations

import argparse
import datetime
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List

from tools.bench import table
from tools.bench.table import Line
from tools.kodilab import KodiLab
from tools.kodilab.install import install_by_folder
from tools.simprocess import ROOT
from tools.stage import ENVIRONMENT, PMS_PORT, Stage, build_repository, make_video

_DOCUMENT = ROOT / 'docs' / 'benchmarks.md'
_FIXED = 'plugin.video.fixed'
_ADDON_XML = '''<?xml version="1.0" encoding="UTF-8"?>
<addon id="%s" name="Fixed" version="1.0.0" provider-name="bench">
 <requires><import addon="xbmc.python" version="3.0.0"/></requires>
 <extension point="xbmc.python.pluginsource" library="main.py"><provides>video</provides></extension>
 <extension point="xbmc.addon.metadata"><platform>all</platform></extension>
</addon>
''' % _FIXED
#: Its list item is made off screen: else it waits for the lock that Kodi holds until it shows its busy dialog, 0.2 s.
_MAIN = '''import sys
import xbmcgui
import xbmcplugin
item = xbmcgui.ListItem(path=%r, offscreen=True)
item.setMimeType('video/x-matroska')
item.setContentLookup(False)
xbmcplugin.setResolvedUrl(int(sys.argv[1]), True, item)
'''
#: Milliseconds that the add-on may add.
_TARGET = 100.0
_STARTED = re.compile(r'^(\S+ \S+) .*OnAVStart', re.MULTILINE)


def main() -> int:
    """Measure, print a table, and write it into docs/benchmarks.md; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench.first_frame', description=__doc__)
    parser.add_argument('--plays', type=int, default=20, help='of each, at each latency')
    parser.add_argument('--write', action='store_true', help='write the table into docs/benchmarks.md')
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='pkc-bench-') as folder:
        lines, kodi = _measure(given.plays, Path(folder))
    text = 'Measured in Kodi %s on %s.\n\n%s' % (kodi, table.machine(), table.show(lines))
    print(text)
    if given.write:
        table.write(_DOCUMENT, 'bench-first-frame', text)
    return 0 if all(line.reached == 'yes' for line in lines) else 1


def _measure(plays: int, folder: Path) -> tuple[List[Line], str]:
    film = make_video(folder / 'film.mkv', 60)
    with KodiLab(folder / 'kodi', env=ENVIRONMENT, debug=True) as lab:
        stage = Stage(lab)
        films = str(4 * plays + 20)  # enough for a new one at each play, without a subtitle of its own
        state = stage.start_sim('--movies', films, '--no-oddities', '--shows', '1', '--prerender', '--media-file',
                                str(film))
        silent = [key for key in (str(one['ratingKey']) for one in stage.ask('items', type='movie'))
                  if not _has_subtitle_file(stage, key)]
        part = _part(stage, silent[0])['key']
        url = 'http://127.0.0.1:%d%s?X-Plex-Token=%s' % (PMS_PORT, part, state['owner_token'])
        install_by_folder(lab, [_fixed_plugin(folder, url)])
        lab.start()
        kodi = lab.labels('System.BuildVersion')['System.BuildVersion'].split(' ')[0]
        stage.install(build_repository(folder / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_yes()
        stage.link(stage.waiting_code())
        stage.leave_guide()
        stage.wait_synced(300)
        movies = lab.rpc('VideoLibrary.GetMovies', properties=['uniqueid'])['movies']
        rows = {one['uniqueid']['plex']: one['movieid'] for one in movies}
        known, *new = [rows[key] for key in silent]
        lab.rpc('GUI.ActivateWindow', window='settings')  # Kodi's home screen may crash after a film (docs/kodi.md)
        lines: List[Line] = []
        for latency in (0.0, 0.05):
            stage.tell('config', latency=latency)
            fixed, first, again = [], [], []
            _first_frame(lab, {'movieid': known})
            for _ in range(plays):
                fixed.append(_first_frame(lab, {'file': 'plugin://%s/play' % _FIXED}))
                first.append(_first_frame(lab, {'movieid': new.pop()}))
                again.append(_first_frame(lab, {'movieid': known}))
            lines += [_line(latency, 'a film never played before', first, fixed),
                      _line(latency, 'one played before', again, fixed)]
        return lines, kodi


def _part(stage: Stage, key: str) -> Dict[str, Any]:
    """The file of a film at the server."""
    return dict(stage.ask('truth', ids=key)[0]['Media'][0]['Part'][0])


def _has_subtitle_file(stage: Stage, key: str) -> bool:
    return any(stream.get('key') for stream in _part(stage, key).get('Stream', ()))


def _fixed_plugin(folder: Path, url: str) -> Path:
    place = folder / _FIXED
    place.mkdir()
    (place / 'addon.xml').write_text(_ADDON_XML, encoding='utf-8')
    (place / 'main.py').write_text(_MAIN % url, encoding='utf-8')
    return place


def _first_frame(lab: KodiLab, item: Dict[str, object]) -> float:
    """Milliseconds from the request until Kodi announces that picture and sound have started."""
    known, begun = len(_STARTED.findall(lab.log_text())), time.time()
    lab.rpc('Player.Open', item=item)
    lab.wait_for(lambda: len(_STARTED.findall(lab.log_text())) > known, 30, 'the first frame')
    started = datetime.datetime.fromisoformat(_STARTED.findall(lab.log_text())[known])  # local time, as our clock's
    lab.rpc('Player.Stop', playerid=lab.rpc('Player.GetActivePlayers')[0]['playerid'])
    lab.wait_for(lambda: not lab.rpc('Player.GetActivePlayers'), 20, 'the end of the player')
    time.sleep(2.5)  # else the next one waits for the player's clearing up
    return (started.timestamp() - begun) * 1000.0


def _line(latency: float, what: str, ours: List[float], fixed: List[float]) -> Line:
    more = statistics.median(ours) - statistics.median(fixed)
    return Line('OK to first frame, %s, %.0f ms to the server, over a fixed URL (%.0f ms, worst %.0f ms)' % (
        what, 1000 * latency, statistics.median(fixed), max(fixed)), '%+.0f ms' % more,
        '%.0f to %.0f ms in all' % (min(ours), max(ours)), '', '', '', '%.0f ms' % _TARGET,
        'yes' if more <= _TARGET else 'no, %.1f times' % (more / _TARGET))


if __name__ == '__main__':
    sys.exit(main())
