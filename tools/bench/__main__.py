"""``python -m tools.bench``: the sync engine without Kodi, against a simulated Plex in a process of its own."""
from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

from resources.lib.library_sync.engine import LibrarySync, Options, Places
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import ClientIdentity, PlexSession
from tools import kodischema
from tools.simprocess import SimProcess


class Measured(NamedTuple):
    """One sync: wall and processor seconds."""

    report: SyncReport
    wall: float
    cpu: float


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench', description=__doc__)
    parser.add_argument('--movies', type=int, default=2000)
    parser.add_argument('--shows', type=int, default=50)
    parser.add_argument('--latency', type=float, default=0.02, help='seconds before each answer of the server')
    parser.add_argument('--workers', type=int, default=3, help='parallel requests')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--profile', action='store_true', help='profile one sync in a single thread instead')
    arguments = parser.parse_args()
    simulated = SimProcess('--movies', str(arguments.movies), '--shows', str(arguments.shows), '--seasons', '4',
                           '--episodes', '10', '--latency', str(arguments.latency), '--prerender')
    with tempfile.TemporaryDirectory() as folder, simulated as sim:
        if arguments.profile:
            _profile(sim.state, Path(folder))
        else:
            _table(arguments, sim.state, Path(folder))


def _sync(state: Dict[str, Any], folder: Path, name: str, workers: int, fresh: bool = True) -> LibrarySync:
    place = folder / name
    if fresh:
        place.mkdir()
        kodischema.create(str(place))
    client = PMSClient(PlexSession(ClientIdentity('bench', '4.0.0')), state['pms_url'], state['owner_token'])
    places = Places(str(place / 'MyVideos121.db'), str(place / 'state.db'))
    return LibrarySync(client, state['machine_identifier'], places, Options(workers=workers))


def _measure(sync: LibrarySync) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    report = sync.run()
    if report.error:
        raise SystemExit(report.error)
    return Measured(report, time.perf_counter() - wall, time.process_time() - cpu)


def _table(arguments: argparse.Namespace, state: Dict[str, Any], folder: Path) -> None:
    first: List[Measured] = []
    again: List[Measured] = []
    for run in range(arguments.runs):
        first.append(_measure(_sync(state, folder, str(run), arguments.workers)))
        again.append(_measure(_sync(state, folder, str(run), arguments.workers, fresh=False)))
    print('%-28s %8s %14s %8s %9s %9s %8s' % ('', 'median s', 'min to max', 'cpu s', 'items/s', 'requests', 'MB'))
    for name, runs in (('first sync', first), ('nothing changed', again)):
        walls = [one.wall for one in runs]
        report = runs[0].report
        print('%-28s %8.2f %6.2f to %5.2f %8.2f %9.0f %9d %8.1f' % (
            '%s, %d items' % (name, report.total), statistics.median(walls), min(walls), max(walls),
            statistics.median(one.cpu for one in runs), report.total / statistics.median(walls), report.requests,
            report.received / 1e6))


def _profile(state: Dict[str, Any], folder: Path) -> None:
    sync = _sync(state, folder, 'profile', 0)
    profile = cProfile.Profile()
    print(profile.runcall(sync.run))
    pstats.Stats(profile).sort_stats('tottime').print_stats(35)


if __name__ == '__main__':
    main()
