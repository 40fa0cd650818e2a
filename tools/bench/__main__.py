"""``make bench``: the sync engine without Kodi, with a simulated Plex in another process."""
from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
from typing import List

from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.kinds import MOVIE
from resources.lib.library_sync.options import DELTA, DatabaseLocations, Options
from tools.bench import limits, shared_library, table
from tools.bench.environment import BenchEnvironment, Run, rows_of
from tools.bench.table import Line, line
from tools.simprocess import ROOT

DOCUMENT = ROOT / 'docs' / 'benchmarks.md'
#: Targets of a first sync: its time as a multiple of the machine's limits, its memory in MB; and of its growth.
_LIMIT, _MEMORY, _GROWTH = 1.8, 90.0, 1.15


def main() -> None:
    """Measure, print a table, and write it into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench', description=__doc__)
    parser.add_argument('--runs', type=int, default=5, help='of the small library; the large ones run once')
    parser.add_argument('--quick', action='store_true', help='the small library only')
    parser.add_argument('--growth', action='store_true', help='also 20,000 and 200,000 items (long, needs 6 GB)')
    parser.add_argument('--profile', action='store_true', help='profile one sync in a single thread instead')
    parser.add_argument('--write', action='store_true', help='write the table into docs/benchmarks.md')
    arguments = parser.parse_args()
    if arguments.profile:
        _profile()
        return
    lines = _small(arguments.runs)
    if not arguments.quick:
        lines += _movies() + _large()
    if arguments.growth:
        lines += _growth()
    text = 'Measured on %s.\n\n%s' % (table.machine(), table.show(lines))
    print(text)
    if arguments.write:
        table.write(DOCUMENT, 'bench', text)
    shared_library.show(shared_library.lines(arguments.runs), arguments.write)


def _small(runs: int) -> List[Line]:
    """1,000 movies and 50 shows: compared with the machine's limits, and with a latency of 20 ms."""
    with BenchEnvironment(1000, 50) as environment:
        alone, ratios = [], []
        for _ in range(runs):
            place = environment.library()
            run = environment.sync(place, workers=0)  # else the server would use the same cores at the same time
            limit = limits.parsing(environment.bodies) + limits.inserting(environment.library(), rows_of(place))
            alone.append(run)
            ratios.append(run.cpu / limit)
        ratio = statistics.median(ratios)
        environment.sim.tell('config', latency=0.02)
        distant = [environment.sync(environment.library()) for _ in range(runs)]
        waits = [environment.sync_beside_a_writer(environment.library()) for _ in range(runs)]
    return [line('first sync, no latency, one thread', alone)._replace(
                target='%.1f x limit' % _LIMIT, reached='%s, %.2f x (%.2f to %.2f)' % (
                    'yes' if ratio <= _LIMIT else 'no', ratio, min(ratios), max(ratios))),
            line('first sync, 20 ms', distant, 1.4),
            Line('longest wait of another writer meanwhile', '%.0f ms' % (1000 * statistics.median(waits)),
                 '%.0f to %.0f ms' % (1000 * min(waits), 1000 * max(waits)), '', '', '', '200 ms',
                 'yes' if max(waits) <= 0.2 else 'no')]


def _movies() -> List[Line]:
    with BenchEnvironment(10000, 0, 0.02) as environment:
        return [line('first sync, 20 ms', [environment.sync(environment.library())], 4.8)]


def _large() -> List[Line]:
    """10,000 movies and 50,000 episodes: the first sync and later ones."""
    with BenchEnvironment(10000, 500, 0.02, episodes=25) as environment:
        place = environment.library()
        first = environment.sync(place)
        again = environment.sync(place)
        if again.report['added'] + again.report['changed'] + again.report['removed']:
            raise SystemExit('a sync with nothing changed wrote: %s' % again.report)
        delta = [environment.sync(place, DELTA) for _ in range(3)]
        client = environment.client()
        section = next(section for section in client.sections() if section.plex_type == 'movie')
        keys = [row.rating_key for row in next(client.sweep(section.key, MOVIE.plex)).rows]
        for key in keys[:1000]:
            environment.sim.tell('mutate', op='scrobble', args={'rating_key': int(key)})
        environment.ask_once()
        watched = environment.sync(place, DELTA)
    return [line('first sync, 20 ms', [first], 25.0), _memory(first),
            line('nothing changed, all listings', [again], 4.0), line('nothing changed, by stamps', delta, 0.5),
            line('%d watched at the server' % watched.report['watched'], [watched], 0.5)]


def _memory(run: Run) -> Line:
    return Line('memory of that first sync', '%.0f MB' % run.memory, '', '', '', '', '%.0f MB' % _MEMORY,
                'yes' if run.memory <= _MEMORY else 'no')


def _growth() -> List[Line]:
    """Processor seconds for each item, compared with a library ten times as large."""
    lines, each = [], []
    for movies, shows in ((4000, 100), (40000, 1000)):
        with BenchEnvironment(movies, shows, episodes=39) as environment:
            run = environment.sync(environment.library())
        lines.append(line('first sync, no latency', [run]))
        each.append(run.cpu / run.items)
    factor = each[1] / each[0]
    return lines + [_memory(run), Line('growth of the time for each item', '%.2f times' % factor, '', '', '', '',
                                       '%.2f times' % _GROWTH, 'yes' if factor <= _GROWTH else 'no')]


def _profile() -> None:
    with BenchEnvironment(1000, 50) as environment:
        place = environment.library()
        locations = DatabaseLocations(str(place / 'MyVideos121.db'), str(place / 'state.db'))
        machine = environment.sim.state['machine_identifier']
        sync = LibrarySync(environment.client(), machine, locations, Options(workers=0))
        profile = cProfile.Profile()
        print(profile.runcall(sync.run))
        pstats.Stats(profile).sort_stats('tottime').print_stats(40)


if __name__ == '__main__':
    main()
