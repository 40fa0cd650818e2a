"""``python -m tools.live_soak --minutes 120 --seed 1``, or ``--storm 10000``."""
from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests import fakes


def main() -> int:
    """Run it; 0 if both sides are equal at the end."""
    parser = argparse.ArgumentParser(prog='python -m tools.live_soak', description='random changes on both sides')
    parser.add_argument('--minutes', type=float, default=2.0)
    parser.add_argument('--seed', type=int, default=int(time.time()) % 100000)
    parser.add_argument('--pace', type=float, default=3.0, help='acts a second')
    parser.add_argument('--trouble', type=float, default=60.0, help='seconds between two troubles')
    parser.add_argument('--storm', type=int, default=0, metavar='FILMS', help='instead: a scan that changes so many')
    given = parser.parse_args()
    print('seed %d' % given.seed)
    fakes.activate()
    from tests.support.live_environment import LiveEnvironment  # what it imports needs Kodi's modules
    from tools.live_soak import soak, storm
    LiveEnvironment.hurried = False
    with tempfile.TemporaryDirectory(prefix='pkc-soak-') as folder, pytest.MonkeyPatch.context() as patch:
        kodi = fakes.install(folder)
        env = LiveEnvironment.begun(
            kodi, storm.library(given.storm) if given.storm else soak.library(), patch)
        try:
            if given.storm:
                return 0 if storm.storm(env, print) else 1
            outcome = soak.Soak(env, Path(folder), given.seed).run(
                given.minutes * 60.0, given.pace, given.trouble, 300.0)
        finally:
            env.close()
    return 0 if soak.tell(outcome, print) else 1


if __name__ == '__main__':
    sys.exit(main())
