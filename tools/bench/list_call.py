"""What a list of ours costs in a real Kodi, over a plugin that lists nothing, and where that time goes.

Calls are timed in turns, so that the machine is as busy for one kind as for the other. Where the time goes is told in
processor time of Kodi's process, the service's work included, which other programs disturb least. A part of ours is
measured by a plugin that uses our installed code up to that part and then lists nothing.
"""
from __future__ import annotations

import statistics
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Callable, Dict, List

from tools.bench.processor import share, used
from tools.bench.round_trip import BareClient
from tools.bench.table import Line
from tools.stage import ADDON, PMS_PORT, Stage

EMPTY, _PARTS = 'plugin.video.empty', 'plugin.video.parts'
ITEMS = 50
LIST = '/continue_watching?limit=%d' % ITEMS
#: What the server is asked for it.
_ASKED = '/hubs/continueWatching'
#: How often each kind of call is measured as a block of calls, and the seconds for which an idle Kodi is.
_BLOCKS, _IDLE = 5, 5.0
#: Seconds that a list may take over an empty plugin.
_TARGET = 0.020
_ADDON_XML = '''<?xml version="1.0" encoding="UTF-8"?>
<addon id="%s" name="%s" version="1.0.0" provider-name="bench">
 <requires><import addon="xbmc.python" version="3.0.0"/>%s</requires>
 <extension point="xbmc.python.pluginsource" library="main.py"><provides>video</provides></extension>
 <extension point="xbmc.addon.metadata"><platform>all</platform></extension>
</addon>
'''
_EMPTY_MAIN = '''import sys
import xbmcgui
import xbmcplugin
if 'play' in sys.argv[0]:
    xbmcplugin.setResolvedUrl(int(sys.argv[1]), True, xbmcgui.ListItem(path='%s'))
else:
    xbmcplugin.endOfDirectory(int(sys.argv[1]), True)
'''
_PARTS_MAIN = '''import sys
import xbmcplugin
import xbmcvfs
sys.path.insert(0, xbmcvfs.translatePath('special://home/addons/%s/'))
from resources.lib.entrypoint import Call, routes
from resources.lib.plugin import lists
from resources.lib.kodi import listitem
from resources.lib import quick_json
part = sys.argv[0].rstrip('/').rsplit('/', 1)[1]
if part != 'imports':
    call = Call(['plugin://%s/continue_watching', sys.argv[1], '?limit=%d'])
    pending = call.service.begin('list', dict(routes.LIST.read(call.query), path=call.path), 30.0)
    status, body = pending._receive()
    if part != 'answer':
        answer = quick_json.loads(body)
        if part != 'json':
            items = [listitem.list_item(wire) for wire in answer['items']]
xbmcplugin.endOfDirectory(int(sys.argv[1]), True)
''' % (ADDON, ADDON, ITEMS)
#: Parts of a call in their order: each measurement has all that come before it too.
_STEPS = (('imports', 'Python: our modules'), ('answer', "the service's answer over loopback"), ('json', 'JSON'),
          ('items', '%d list items' % ITEMS))


def plugins(folder: Path, film: Path) -> List[Path]:
    """The plugins to compare with, for installing: one that does nothing, and one for the parts of ours."""
    return [_plugin(folder, EMPTY, _EMPTY_MAIN % film),
            _plugin(folder, _PARTS, _PARTS_MAIN, '<import addon="script.module.kodi-six" version="0.1.0"/>')]


def _plugin(folder: Path, name: str, main: str, imports: str = '') -> Path:
    place = folder / name
    place.mkdir()
    (place / 'addon.xml').write_text(_ADDON_XML % (name, name, imports), encoding='utf-8')
    (place / 'main.py').write_text(main, encoding='utf-8')
    return place


def lines(stage: Stage, calls: int) -> List[Line]:
    """The rows of the table: a list from memory and one that asks the server, where the time goes, and memory."""
    times = in_turns(stage, calls)
    empty = times['empty']
    round_trip = statistics.median(times['round trip'])
    found = [over('Continue Watching, %d items, in memory' % ITEMS, times['memory'], empty, _TARGET),
             over('Continue Watching, %d items, one request' % ITEMS, times['request'], empty, _TARGET + 0.020),
             over('… the same', times['request'], [one + round_trip for one in empty], _TARGET,
                  'an empty plugin and that request by a bare client'),
             Line('… that request by a bare client', '%.0f ms' % (1000 * round_trip),
                  '10th percentile %.0f ms' % (1000 * _quick(times['round trip'])), '', '', '', '', '')]
    calls = max(calls // 3, 1)  # what follows varies less
    seconds = _processor(stage, calls)
    before = seconds['empty']
    for part, name in (*_STEPS, ('memory', 'giving them to Kodi, and its own work with them')):
        more = '%+.1f ms' % (1000 * (seconds[part] - before))
        found.append(Line('… in memory: ' + name, '', '', more, '', '', '', ''))
        before = seconds[part]
    # Measuring memory takes time, so it is done in separate calls.
    grown = [_grown(stage.lab.pid, lambda: list_call(stage)) - _grown(stage.lab.pid, lambda: empty_call(stage))
            for _ in range(calls)]
    median = statistics.median(grown)
    found.append(Line("memory of such a call, over an empty plugin's", '%.1f MB' % median,
                      '%.1f to %.1f MB' % (min(grown), max(grown)), '', '', '', '10 MB',
                      'yes' if median <= 10 else 'no'))
    return found


def in_turns(stage: Stage, calls: int) -> Dict[str, List[float]]:
    """Seconds of each kind of call, one after the other, and of the same request of a bare client."""
    times: Dict[str, List[float]] = {name: [] for name in ('empty', 'memory', 'request', 'round trip')}
    list_call(stage)
    with closing(BareClient(stage.lab, PMS_PORT, stage.ask('requests', path=_ASKED, last=100000)[-1])) as client:
        for _ in range(2 * calls):
            if len(times['request']) == calls:
                return times
            asked = _asked(stage)
            taken = {'empty': empty_call(stage), 'memory': list_call(stage)}
            kept = _asked(stage) == asked
            _something_changes(stage)
            taken['request'] = list_call(stage)
            kept = kept and _asked(stage) == asked + 1  # else the service heard of something else
            taken['round trip'] = client.ask()
            if kept:
                for name, seconds in taken.items():
                    times[name].append(seconds)
    raise SystemExit('the list was not in memory, or the server was not asked once')


def _processor(stage: Stage, calls: int) -> Dict[str, float]:
    """Processor seconds of one call of each kind, without what Kodi takes meanwhile for itself."""
    kinds: Dict[str, Callable[[], float]] = {
        'empty': lambda: empty_call(stage), **{part: _part_call(stage, part) for part, _ in _STEPS},
        'memory': lambda: list_call(stage)}
    idle = share(stage.lab.pid, _IDLE)
    sums = dict.fromkeys(kinds, 0.0)
    for _ in range(_BLOCKS):
        for name, call in kinds.items():
            begun, before = time.monotonic(), used(stage.lab.pid)
            for _ in range(calls):
                call()
            sums[name] += used(stage.lab.pid) - before - idle * (time.monotonic() - begun)
    return {name: seconds / (calls * _BLOCKS) for name, seconds in sums.items()}


def empty_call(stage: Stage) -> float:
    """The seconds of a call of the plugin that does nothing."""
    return _timed(lambda: stage.lab.rpc('Files.GetDirectory', directory='plugin://%s/' % EMPTY, media='video'))


def list_call(stage: Stage) -> float:
    """The seconds of a call for Continue Watching."""
    found: List[Dict[str, Any]] = []
    taken = _timed(lambda: found.extend(stage.directory(LIST)))
    if len(found) != ITEMS:
        raise SystemExit('Continue Watching has %d items' % len(found))
    return taken


def over(name: str, ours: List[float], empty: List[float], target: float, base: str = 'an empty plugin') -> Line:
    """A row for calls of our plugin and of an empty one: the difference of the medians."""
    more = statistics.median(ours) - statistics.median(empty)
    return Line('%s, over %s (%.0f ms)' % (name, base, 1000 * statistics.median(empty)),
                '%+.0f ms' % (1000 * more), '10th percentile %+.0f ms' % (1000 * (_quick(ours) - _quick(empty))),
                '', '', '', '%.0f ms' % (1000 * target),
                'yes' if more <= target else 'no, %.1f times' % (more / target))


def _quick(times: List[float]) -> float:
    """The 10th percentile."""
    return sorted(times)[len(times) // 10]


def _part_call(stage: Stage, part: str) -> Callable[[], float]:
    return lambda: _timed(lambda: stage.lab.rpc(
        'Files.GetDirectory', directory='plugin://%s/%s' % (_PARTS, part), media='video'))


def _timed(work: Callable[[], Any]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _asked(stage: Stage) -> int:
    """How often the server was asked for Continue Watching."""
    return len(stage.ask('requests', path=_ASKED, last=100000))


def _something_changes(stage: Stage) -> None:
    """Have the server push that somebody plays something, and wait until the service has heard it."""
    stage.tell('send_event', type='playing', payload={'ratingKey': '999999', 'state': 'playing', 'sessionKey': '1'})
    time.sleep(0.2)


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
