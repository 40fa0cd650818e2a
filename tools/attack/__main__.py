"""``python -m tools.attack [NAME ...]``: carry out attacks and print the figures. All together take some minutes."""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import List

from tools.attack.attacks import ALL, LOOPBACK
from tools.attack.figures import peak_memory
from tools.simprocess import ROOT


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(prog='python -m tools.attack', description=__doc__)
    parser.add_argument('names', nargs='*', metavar='NAME', help='one of: ' + '; '.join([*ALL, *LOOPBACK]))
    parser.add_argument('--child', action='store_true', help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in ALL and name not in LOOPBACK]
    if unknown:
        parser.error('no such attack: ' + ', '.join(unknown))
    if arguments.child:
        _child(arguments.names[0])
    else:
        _table([name for name in arguments.names or ALL if name in ALL])
        for name in arguments.names or LOOPBACK:
            if name in LOOPBACK:
                print(json.dumps({'attack': name, **LOOPBACK[name]()}), flush=True)


def _table(names: List[str]) -> None:
    print('| attack | came to | memory, MB | seconds | others served meanwhile |\n|---|---|---|---|---|')
    for name in names:
        done = subprocess.run([sys.executable, '-m', 'tools.attack', '--child', name], cwd=str(ROOT),
                              stdout=subprocess.PIPE, check=True)
        found = json.loads(done.stdout)
        print('| %s | %s | %.0f | %.1f | %d |' % (name, found['outcome'], found['memory'], found['seconds'],
                                                found['served']), flush=True)


def _child(name: str) -> None:
    before = peak_memory()
    figures = ALL[name]()
    print(json.dumps(dict(figures._asdict(), memory=peak_memory() - before)))


if __name__ == '__main__':
    main()
