"""``python -m tools.bench.slow_server``: first syncs from servers like a NAS, compared with a client that only fetches.

The simulated Plex works for some milliseconds on each item of a batch, on as many requests at a time as it has workers.
The client that is compared asks for the same batches with a fixed number of parallel requests, and does nothing with
the answers; the number is the one that is best for that server.
"""
from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List

from resources.lib.plex_functions import BATCH_SIZE, PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tools.bench import table
from tools.bench.environment import BenchEnvironment
from tools.bench.table import Line
from tools.simprocess import ROOT

DOCUMENT = ROOT / 'docs' / 'benchmarks.md'
_TARGET = 1.15
_LATENCY = 0.02
_MILLISECONDS = (0, 3, 10)
_WORKERS = (1, 2, 4)


def main() -> None:
    """Measure, print a table, and write it into docs/benchmarks.md; with a JSON argument, fetch only."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench.slow_server', description=__doc__)
    parser.add_argument('--movies', type=int, default=1000)
    parser.add_argument('--shows', type=int, default=50, help='each with 4 seasons of 10 episodes')
    parser.add_argument('--runs', type=int, default=3, help='of each server, sync and client in turns')
    parser.add_argument('--milliseconds', type=float, nargs='*', default=_MILLISECONDS, help='of work for each item')
    parser.add_argument('--workers', type=int, nargs='*', default=_WORKERS, help='of the server')
    parser.add_argument('--write', action='store_true', help='write the table into docs/benchmarks.md')
    parser.add_argument('--fetch', metavar='JSON', help='what the compared client is to do (used by this program)')
    arguments = parser.parse_args()
    if arguments.fetch:
        print(_fetch(json.loads(arguments.fetch)))
        return
    lines: List[Line] = []
    with BenchEnvironment(arguments.movies, arguments.shows, _LATENCY) as environment:
        batches = _batches(environment)
        for milliseconds in arguments.milliseconds:
            for workers in arguments.workers:
                environment.sim.tell('config', item_milliseconds=milliseconds, server_workers=workers)
                lines.append(_compared(environment, batches, '%g ms an item, %d at a time' % (milliseconds, workers),
                                       arguments.runs, workers))
                print(lines[-1], file=sys.stderr, flush=True)
    text = 'Measured on %s.\n\n%s' % (table.machine(), table.show(lines))
    print(text)
    if arguments.write:
        table.write(DOCUMENT, 'bench-slow-server', text)


def _batches(environment: BenchEnvironment) -> List[List[str]]:
    """The ids of all batches that a first sync fetches."""
    found: List[List[str]] = []
    for body in environment.bodies:
        found.append([str(raw['ratingKey']) for raw in json.loads(body)['MediaContainer']['Metadata']])
    return found


def _compared(environment: BenchEnvironment, batches: List[List[str]], name: str, runs: int, workers: int) -> Line:
    numbers = {number: _bare(environment, batches, number) for number in (workers, workers + 1, workers + 2)}
    best = min(numbers, key=lambda number: numbers[number])
    bare, syncs = [numbers[best]], []
    for _ in range(runs):
        syncs.append(environment.sync(environment.library()))
        bare.append(_bare(environment, batches, best))
    walls = [run.wall for run in syncs]
    ratio = statistics.median(walls) / statistics.median(bare)
    return Line(name, '%.2f s' % statistics.median(walls), '%.2f to %.2f s' % (min(walls), max(walls)),
                '%.2f s' % statistics.median(run.cpu for run in syncs), str(syncs[0].requests),
                '%.1f' % syncs[0].megabytes, '%.2f x %.2f s (%d requests at a time)' % (
                    _TARGET, statistics.median(bare), best),
                '%s, %.2f x' % ('yes' if ratio <= _TARGET else 'no', ratio))


def _bare(environment: BenchEnvironment, batches: List[List[str]], number: int) -> float:
    """Seconds of a process that fetches all batches, so many at a time."""
    wanted: Dict[str, Any] = {'pms_url': environment.sim.state['pms_url'], 'batches': batches, 'number': number,
                              'token': environment.sim.state['owner_token']}
    out = subprocess.run([sys.executable, '-m', 'tools.bench.slow_server', '--fetch', json.dumps(wanted)],
                         cwd=str(ROOT), stdout=subprocess.PIPE, check=True)
    return float(out.stdout)


def _fetch(wanted: Dict[str, Any]) -> float:
    client = PMSClient(PlexSession(ClientIdentity('bench', '4.0.0')), wanted['pms_url'], wanted['token'])
    client.identity()  # opens the connection
    assert all(len(batch) <= BATCH_SIZE for batch in wanted['batches'])
    begun = time.perf_counter()
    with ThreadPoolExecutor(wanted['number']) as pool:
        list(pool.map(client.items_body, wanted['batches']))
    return time.perf_counter() - begun


if __name__ == '__main__':
    main()
