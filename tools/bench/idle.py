"""``python -m tools.bench.idle``: what the add-on costs a Kodi that nobody uses, over the same Kodi without it.

Kodi's own use of the processor varies from one minute to the next by more than the add-on adds, so the add-on is
enabled and disabled in turns for minutes each, and the medians of both are compared. The requests that it sends to the
server meanwhile are counted.
"""
from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import List

from tools.bench import table
from tools.bench.processor import share
from tools.bench.table import Line
from tools.kodilab import KodiLab
from tools.simprocess import ROOT
from tools.stage import ADDON, ENVIRONMENT, Stage, build_repository

_DOCUMENT = ROOT / 'docs' / 'benchmarks.md'
#: Seconds after enabling or disabling the add-on that are not measured: it starts, and looks at the server once.
_REST = 30.0
#: The share of one core that the add-on may take.
_TARGET = 0.001


def main() -> int:
    """Measure, print a table, and write it into docs/benchmarks.md; 1 if the target is missed."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench.idle', description=__doc__)
    parser.add_argument('--minutes', type=float, default=10.0, help='that the add-on is measured in all')
    parser.add_argument('--turns', type=int, default=5, help='in which these minutes are taken')
    parser.add_argument('--movies', type=int, default=1000)
    parser.add_argument('--shows', type=int, default=50, help='each with 4 seasons of 10 episodes')
    parser.add_argument('--write', action='store_true', help='write the table into docs/benchmarks.md')
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='pkc-bench-') as folder:
        line, kodi = _measure(given, Path(folder))
    text = 'Measured in Kodi %s on %s.\n\n%s' % (kodi, table.machine(), table.show([line]))
    print(text)
    if given.write:
        table.write(_DOCUMENT, 'bench-idle', text)
    return 0 if line.reached == 'yes' else 1


def _measure(given: argparse.Namespace, folder: Path) -> tuple[Line, str]:
    seconds = 60.0 * given.minutes / given.turns
    with KodiLab(folder / 'kodi', env=ENVIRONMENT, debug=False) as lab:
        stage = Stage(lab)
        stage.start_sim('--movies', str(given.movies), '--shows', str(given.shows), '--seasons', '4',
                        '--episodes', '10', '--prerender')
        lab.start()
        kodi = lab.labels('System.BuildVersion')['System.BuildVersion'].split(' ')[0]
        stage.install(build_repository(folder / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_yes()
        stage.link(stage.waiting_code())
        stage.leave_guide()
        report = stage.wait_synced(900)
        with_it: List[float] = []
        without: List[float] = []
        asked = 0
        for turn in range(given.turns):
            time.sleep(_REST)
            known = len(stage.ask('requests'))
            with_it.append(share(lab.pid, seconds))
            asked += len(stage.ask('requests')) - known
            lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=False)
            time.sleep(_REST)
            without.append(share(lab.pid, seconds))
            lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=True)
            print('turn %d: %.2f %% with, %.2f %% without' % (turn + 1, 100 * with_it[-1], 100 * without[-1]),
                  flush=True)
        items = report['added'] + report['changed'] + report['unchanged']
        return _line(with_it, without, '%d items, %d times %.0f s in turns; %d requests an hour' % (
            items, given.turns, seconds, asked * 60 / given.minutes)), kodi


def _line(with_it: List[float], without: List[float], how: str) -> Line:
    alone = statistics.median(without)
    more = statistics.median(with_it) - alone
    pairs = [one - other for one, other in zip(with_it, without)]
    return Line('processor at rest over Kodi alone (%.2f %%), %s' % (100 * alone, how),
                '%+.2f %% of a core' % (100 * more), '%+.2f to %+.2f %%' % (100 * min(pairs), 100 * max(pairs)),
                '', '', '', '%.1f %%' % (100 * _TARGET), 'yes' if more <= _TARGET else 'no')


if __name__ == '__main__':
    raise SystemExit(main())
