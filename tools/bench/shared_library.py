"""``python -m tools.bench.shared_library``: first syncs into a library on MariaDB, in turns with one in files."""
from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any, Dict, List, Tuple

from tools import kodischema, mariadb
from tools.bench import table
from tools.bench.environment import BenchEnvironment, Run
from tools.bench.slow_line import SlowLine
from tools.bench.table import Line, line
from tools.mariadb import MariaDbServer
from tools.simprocess import ROOT

DOCUMENT = ROOT / 'docs' / 'benchmarks.md'
#: A first sync's time at 0 ms as a multiple of that of a library in files.
_TARGET = 2.0
_NEAR, _FAR = 'MariaDB on the same machine', 'MariaDB, 2 ms a round trip'


def lines(runs: int) -> List[Line]:
    """Each kind of library ``runs`` times: 1,000 movies, 50 shows and 2,000 episodes; nothing where it is missing."""
    if not mariadb.find():
        return []
    with MariaDbServer() as server, SlowLine(server.port, 2.0) as slow, BenchEnvironment(1000, 50) as environment:
        found: Dict[str, List[Tuple[Run, Run]]] = {'files': [], _NEAR: [], _FAR: []}
        for _ in range(runs):
            place = environment.library()
            found['files'].append((environment.sync(place), environment.sync(place)))
            for name, port in ((_NEAR, server.port), (_FAR, slow.port)):
                found[name].append(_on_server(environment, server, port))
    files = _fastest(found['files'])
    result: List[Line] = []
    for name, pairs in found.items():
        ratio = _fastest(pairs) / files
        reached = '%.2f x' % ratio if name != _NEAR else '%s, %.2f x' % ('yes' if ratio <= _TARGET else 'no', ratio)
        first = line('first sync, %s' % name, [one for one, _ in pairs])
        result += [first._replace(target='%.1f x files' % _TARGET if name == _NEAR else '',
                                  reached='' if name == 'files' else reached),
                   line('nothing changed, %s' % name, [again for _, again in pairs])]
    return result


def _fastest(pairs: List[Tuple[Run, Run]]) -> float:
    """Seconds of the first sync that the machine's other work disturbed least."""
    return min(first.wall for first, _ in pairs)


def _on_server(environment: BenchEnvironment, server: MariaDbServer, port: int) -> Tuple[Run, Run]:
    """A first sync into an empty library, and one with nothing changed."""
    server.drop_databases()
    name = kodischema.create_on_server(server)
    place: Path = environment.library()
    login = dataclasses.asdict(dataclasses.replace(server.location, port=port))
    places: Dict[str, Any] = {'server': login, 'video_db': name,
                              'state_db': str(place / 'state-shared.db')}
    return environment.sync(place, **places), environment.sync(place, **places)


def main() -> None:
    """Measure, print a table, and write it into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench.shared_library', description=__doc__)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--write', action='store_true', help='write the table into docs/benchmarks.md')
    arguments = parser.parse_args()
    show(lines(arguments.runs), arguments.write)


def show(found: List[Line], write: bool) -> None:
    """Print the table; ``write``: into the document too."""
    if not found:
        print('LEFT OUT: MariaDB is not installed (tools/setup/ensure_mariadb.sh).')
        return
    text = 'Measured on %s.\n\n%s' % (table.machine(), table.show(found))
    print(text)
    if write:
        table.write(DOCUMENT, 'bench-shared-library', text)


if __name__ == '__main__':
    main()
