"""``make bench-kodi``: waiting times of a user, in a real Kodi with the add-on installed from its repository."""
from __future__ import annotations

import argparse
import datetime
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, List, Tuple

from tools.bench import slow_box, table
from tools.bench.table import Line
from tools.bench.waits import pinging, sync_line, wait_line
from tools.kodilab import KodiLab
from tools.kodilab.install import install_by_folder
from tools.simprocess import ROOT
from tools.stage import ADDON, ENVIRONMENT, Stage, build_repository, make_video

DOCUMENT = ROOT / 'docs' / 'benchmarks.md'
_EMPTY = 'plugin.video.empty'
_LATENCY = '0.02'
#: Seconds to wait before measuring the idle processor time, and seconds of measuring.
_REST, _IDLE = 10.0, 30.0
_ADDON_XML = '''<?xml version="1.0" encoding="UTF-8"?>
<addon id="%s" name="Empty" version="1.0.0" provider-name="bench">
 <requires><import addon="xbmc.python" version="3.0.0"/></requires>
 <extension point="xbmc.python.pluginsource" library="main.py"><provides>video</provides></extension>
 <extension point="xbmc.addon.metadata"><platform>all</platform></extension>
</addon>
''' % _EMPTY
_MAIN = '''import sys
import xbmcgui
import xbmcplugin
if 'play' in sys.argv[0]:
    xbmcplugin.setResolvedUrl(int(sys.argv[1]), True, xbmcgui.ListItem(path='%s'))
else:
    xbmcplugin.endOfDirectory(int(sys.argv[1]), True)
'''

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
    parser.add_argument('--calls', type=int, default=20, help='plugin calls that are timed')
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
        install_by_folder(lab, [_empty_plugin(folder, film)])
        lab.start()
        kodi = lab.labels('System.BuildVersion')['System.BuildVersion'].split(' ')[0]
        stage.install(build_repository(folder / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_yes()
        code = stage.waiting_code()
        with pinging(lab) as waits:
            stage.link(code)
            report = stage.wait_synced(900)
        lines = [sync_line(report), wait_line('during the sync', waits)]
        lines += _lists(stage, arguments.calls)
        lines.append(_playback(stage))
        lines.append(_change(stage, started[1]))
        lines.append(_service_start(lab))
        time.sleep(_REST)
        idle = _idle(lab)
        lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=False)
        time.sleep(_REST)
        idle -= _idle(lab)
        lines.append(Line('processor when idle, over Kodi alone', '%.2f %% of a core' % (100 * idle), '', '', '', '',
                          '0.3 %', 'yes' if idle < 0.003 else 'no'))
        return lines, kodi


def _empty_plugin(folder: Path, film: Path) -> Path:
    """A plugin that does nothing, to measure the time of a call itself."""
    place = folder / _EMPTY
    place.mkdir()
    (place / 'addon.xml').write_text(_ADDON_XML, encoding='utf-8')
    (place / 'main.py').write_text(_MAIN % film, encoding='utf-8')
    return place


def _lists(stage: Stage, calls: int) -> List[Line]:
    """Continue Watching with 50 items, alternating with a plugin that lists nothing."""
    empty, ours = [], []
    for _ in range(calls):
        empty.append(_empty_call(stage))
        ours.append(_list_call(stage))
    # Measuring memory takes time, so it is done in separate calls.
    more = [_grown(stage.lab.pid, lambda: _list_call(stage)) - _grown(stage.lab.pid, lambda: _empty_call(stage))
            for _ in range(calls)]
    median = statistics.median(more)
    return [_over('Continue Watching, 50 items', ours, empty, 0.040),
            Line("memory of such a call, over an empty plugin's", '%.1f MB' % median,
                 '%.1f to %.1f MB' % (min(more), max(more)), '', '', '', '10 MB', 'yes' if median <= 10 else 'no')]


def _empty_call(stage: Stage) -> float:
    begun = time.monotonic()
    stage.lab.rpc('Files.GetDirectory', directory='plugin://%s/' % _EMPTY, media='video')
    return time.monotonic() - begun


def _list_call(stage: Stage) -> float:
    begun = time.monotonic()
    found = stage.directory('/continue_watching?limit=50')
    if len(found) != 50:
        raise SystemExit('Continue Watching has %d items' % len(found))
    return time.monotonic() - begun


def _grown(pid: int, call: Callable[[], float]) -> float:
    """The maximal growth of Kodi's resident memory during a call, in MB."""
    before, ended, most = _resident(pid), threading.Event(), [0.0]

    def look() -> None:
        while not ended.wait(0.001):
            most[0] = max(most[0], _resident(pid))

    thread = threading.Thread(target=look)
    thread.start()
    call()
    ended.set()
    thread.join()
    return max(most[0] - before, 0.0)


def _resident(pid: int) -> float:
    return int(Path('/proc/%d/statm' % pid).read_text(encoding='ascii').split()[1]) * 4096 / 2.0 ** 20


def _playback(stage: Stage) -> Line:
    """The time from OK until Kodi knows what to play; opening it then takes the player far longer."""
    movie = stage.lab.rpc('VideoLibrary.GetMovies', properties=['file'], limits={'end': 1})['movies'][0]
    stage.lab.rpc('GUI.ActivateWindow', window='settings')  # Kodi's home screen may crash after a film (docs/kodi.md)
    ours, empty = [], []
    for _ in range(10):
        empty.append(_opened(stage.lab, 'plugin://%s/play' % _EMPTY))
        ours.append(_opened(stage.lab, movie['file']))
    return _over('play, from OK to the URL in Kodi', ours, empty, 0.060)


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


def _over(name: str, ours: List[float], empty: List[float], target: float) -> Line:
    """A row for calls of our plugin and of an empty one: the difference of the medians."""
    more = statistics.median(ours) - statistics.median(empty)
    return Line('%s, over an empty plugin (%.0f ms)' % (name, 1000 * statistics.median(empty)),
                '%+.0f ms' % (1000 * more), '%.0f to %.0f ms in all' % (1000 * min(ours), 1000 * max(ours)), '', '', '',
                '%.0f ms' % (1000 * target), 'yes' if more <= target else 'no, %.1f times' % (more / target))


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


def _idle(lab: KodiLab) -> float:
    """The share of one core that an idle Kodi takes."""
    begun, used = time.monotonic(), _used(lab.pid)
    time.sleep(_IDLE)
    return (_used(lab.pid) - used) / (time.monotonic() - begun)


def _used(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path('/proc/%d/stat' % pid).read_text(encoding='ascii').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


if __name__ == '__main__':
    main()
