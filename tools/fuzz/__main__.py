"""Fuzz all readers of foreign input: ``python -m tools.fuzz --inputs 200000``."""
from __future__ import annotations

import argparse
import sys

from tools.fuzz.run import MEMORY_LIMIT, feed
from tools.fuzz.targets import TARGETS


def main() -> int:
    """Run with the command-line arguments; returns 1 when an error was found."""
    parser = argparse.ArgumentParser(prog='python -m tools.fuzz', description=__doc__)
    parser.add_argument('--inputs', type=int, default=200_000, help='how many, over all targets')
    parser.add_argument('--only', action='append', choices=[target.name for target in TARGETS], help='these targets')
    parser.add_argument('--seed', type=int, help='the same inputs again')
    chosen = parser.parse_args()
    targets = [target for target in TARGETS if not chosen.only or target.name in chosen.only]
    bad = False
    print('%-14s %8s %9s %9s  %s' % ('target', 'inputs', 'seconds', 'grown', 'found'), flush=True)
    for target in targets:
        result = feed(target, -(-chosen.inputs // len(targets)), chosen.seed)
        print('%-14s %8d %9.1f %5.0f MiB  %d' % (result.name, result.inputs, result.seconds, result.grown,
                                                 len(result.findings)),
              flush=True)
        for finding in result.findings:
            print('    %s: %s\n        given %s' % finding, flush=True)
        bad = bad or bool(result.findings) or result.grown > MEMORY_LIMIT
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
