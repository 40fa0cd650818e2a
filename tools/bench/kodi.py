"""``make bench-kodi``: waiting times of a user, in a real Kodi with the add-on installed from its repository."""
from __future__ import annotations

import argparse
import datetime
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import List, Tuple

from tools.bench import list_call, slow_box, table
from tools.bench.processor import share
from tools.bench.table import Line
from tools.bench.waits import pinging, sync_line, wait_line
from tools.kodilab import KodiLab
from tools.kodilab.install import install_by_folder
from tools.simprocess import ROOT
from tools.stage import ADDON, ENVIRONMENT, Stage, build_repository, make_video

DOCUMENT = ROOT / 'docs' / 'benchmarks.md'
_LATENCY = '0.02'
#: Seconds to wait before measuring the idle processor time, and seconds of measuring.
_REST, _IDLE = 10.0, 30.0
#: A program for Kodi's network: prints when a port answered first (monotonic clock, the same for all processes).
_WAITER = '''import http.client, sys, time
end = time.monotonic() + 50
while time.monotonic() < end:
    connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=5)
    try:
        connection.request('GET', '/')
        connection.getresponse()
        break
    except http.client.RemoteDisconnected:
        break  # refused without a word: there is no key in the question
    except OSError:
        time.sleep(0.005)
print(time.monotonic())
'''


def main() -> None:
    """Measure, print a table, and write it into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench.kodi', description=__doc__)
    parser.add_argument('--movies', type=int, default=1000)
    parser.add_argument('--shows', type=int, default=50, help='each with 4 seasons of 10 episodes')
    parser.add_argument('--calls', type=int, default=60, help='calls of a list that are timed')
    parser.add_argument('--processor', type=int, default=0, metavar='PERCENT',
                        help='a slow box: let Kodi have only this share of a core, and measure its first sync alone '
                             '(needs Linux, root and cgroup v1)')
    parser.add_argument('--write', action='store_true', help='write the table into docs/benchmarks.md')
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='pkc-bench-') as folder:
        if arguments.processor:
            lines, kodi = slow_box.measure(arguments.movies, arguments.shows, arguments.processor, Path(folder))
        else:
            lines, kodi = _measure(arguments, Path(folder))
    text = 'Measured in Kodi %s on %s.\n\n%s' % (kodi, table.machine(), table.show(lines))
    print(text)
    if arguments.write:
        table.write(DOCUMENT, 'bench-slow-box' if arguments.processor else 'bench-kodi', text)


def _measure(arguments: argparse.Namespace, folder: Path) -> Tuple[List[Line], str]:
    film = make_video(folder / 'film.mkv')
    with KodiLab(folder / 'kodi', env=ENVIRONMENT, debug=False) as lab:
        stage = Stage(lab)
        stage.start_sim('--movies', str(arguments.movies), '--shows', str(arguments.shows), '--seasons', '4',
                        '--episodes', '10', '--latency', _LATENCY, '--prerender', '--media-file', str(film))
        started = [item['ratingKey'] for item in stage.ask('items', type='movie')[:50]]
        for key in started:
            stage.tell('mutate', op='set_progress', args={'rating_key': key, 'milliseconds': 600000})
        install_by_folder(lab, list_call.plugins(folder, film))
        lab.start()
        kodi = lab.labels('System.BuildVersion')['System.BuildVersion'].split(' ')[0]
        stage.install(build_repository(folder / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_yes()
        code = stage.waiting_code()
        with pinging(lab) as waits:
            stage.link(code)
            stage.leave_guide()
            report = stage.wait_synced(900)
        lines = [sync_line(report), wait_line('during the sync', waits)]
        lines += list_call.lines(stage, arguments.calls)
        lines.append(_playback(stage))
        lines.append(_change(stage, started[1]))
        lines.append(_service_start(lab))
        time.sleep(_REST)
        idle = share(lab.pid, _IDLE)
        lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=False)
        time.sleep(_REST)
        idle -= share(lab.pid, _IDLE)
        lines.append(Line('processor when idle, over Kodi alone', '%.2f %% of a core' % (100 * idle), '', '', '', '',
                          '0.3 %', 'yes' if idle < 0.003 else 'no'))
        return lines, kodi


def _playback(stage: Stage) -> Line:
    """The time from OK until Kodi knows what to play; opening it then takes the player far longer."""
    movie = stage.lab.rpc('VideoLibrary.GetMovies', properties=['file'], limits={'end': 1})['movies'][0]
    stage.lab.rpc('GUI.ActivateWindow', window='settings')  # Kodi's home screen may crash after a film (docs/kodi.md)
    ours, empty = [], []
    for _ in range(10):
        empty.append(_opened(stage.lab, 'plugin://%s/play' % list_call.EMPTY))
        ours.append(_opened(stage.lab, movie['file']))
    return list_call.over('play, from OK to the URL in Kodi', ours, empty, 0.060)


def _opened(lab: KodiLab, file: str) -> float:
    known, begun = len(_openings(lab)), time.time()
    lab.rpc('Player.Open', item={'file': file})
    lab.wait_for(lambda: lab.rpc('Player.GetActivePlayers'), 30, 'the player of ' + file)
    opened = datetime.datetime.fromisoformat(_openings(lab)[known])  # local time, as our clock's
    taken = opened.timestamp() - begun
    lab.rpc('Player.Stop', playerid=lab.rpc('Player.GetActivePlayers')[0]['playerid'])
    lab.wait_for(lambda: not lab.rpc('Player.GetActivePlayers'), 20, 'the end of the player')
    time.sleep(2.5)  # else the next one waits for the player's clearing up
    return taken


def _openings(lab: KodiLab) -> List[str]:
    """The local times in Kodi's log at which its player got a file to play."""
    return re.findall(r'^(\S+ \S+) .*VideoPlayer::OpenFile: ', lab.log_text(), re.MULTILINE)


def _change(stage: Stage, rating_key: str) -> Line:
    """The time from a change at the server until Kodi has it, when the user starts a sync at once."""
    stage.tell('mutate', op='scrobble', args={'rating_key': rating_key})
    before, begun = time.time(), time.monotonic()
    stage.lab.builtin('RunPlugin(plugin://plugin.video.plexkodiconnect/sync)')
    report = stage.wait_synced(60, before)
    return Line('sync by hand after one change', '%.2f s' % (time.monotonic() - begun), '', '',
                str(report['requests']), '%.2f' % (report['received'] / 1e6), '', '')


def _service_start(lab: KodiLab) -> Line:
    """The time from enabling the add-on until the service's loopback server answers."""
    art = lab.rpc('VideoLibrary.GetMovies', properties=['art'], limits={'end': 1})['movies'][0]['art']['poster']
    found = re.search(r'127\.0\.0\.1(?::|%3a)(\d+)', art)
    if not found:
        raise SystemExit('no picture of ours in the library')
    taken = []
    for _ in range(5):
        lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=False)
        time.sleep(_REST / 2)
        waiter = lab.popen([sys.executable, '-c', _WAITER, found.group(1)], stdout=subprocess.PIPE)
        time.sleep(1)  # it needs a moment to begin
        begun = time.monotonic()
        lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=True)
        taken.append(float(waiter.communicate(timeout=60)[0]) - begun)
        time.sleep(_REST / 2)
    median = statistics.median(taken)
    return Line('service start to its first answer', '%.2f s' % median, '%.2f to %.2f s' % (min(taken), max(taken)), '',
                '', '', '0.5 s', 'yes' if median <= 0.5 else 'no, %.1f times' % (median / 0.5))


if __name__ == '__main__':
    main()
