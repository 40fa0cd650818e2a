"""Random changes of a library, with faults and interruptions: after each sync Kodi holds the truth.

Two judges: what a sync into an empty database makes of the same library, row for row, and a plain reading of the
simulated server's own records. A failure names seed and step; ``PKC_STEPS`` and ``PKC_SEED`` repeat it or go further.
"""
from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from resources.lib.library_sync.options import CHECK, DELTA, SWEEP
from tests.support.random_changes import Hands, assert_truth, comparable, first_sync
from tests.support.sync_environment import SyncEnvironment
from tests.support.waiting import CancelledWhen
from tools.plexsim import Library

STEPS = int(os.environ.get('PKC_STEPS', '20'))
SEED = int(os.environ.get('PKC_SEED', '0'))


class Trouble:
    """What may go wrong during a sync."""

    def __init__(self, env: SyncEnvironment, rng: random.Random) -> None:
        self.env = env
        self.rng = rng

    def strike(self) -> str:
        """Sync under trouble; its report does not matter, only that nothing is lost by it."""
        name = self.rng.choice(('errors', 'drops', 'truncated', 'cancel', 'state', 'clean', 'html'))
        getattr(self, name)()
        self.env.sim.faults.clear()
        return name

    def _faulty(self, kind: str, **more: Any) -> None:
        self.env.sim.faults.add(r'/library/', kind, probability=0.3, **more)
        self.env.sync(mode=self.rng.choice((DELTA, SWEEP, CHECK)))

    def errors(self) -> None:
        self._faulty('status', value=500)

    def drops(self) -> None:
        self._faulty('drop')

    def truncated(self) -> None:
        self._faulty('truncate')

    def html(self) -> None:
        self._faulty('html')

    def cancel(self) -> None:
        left = [self.rng.randrange(1, 25)]

        def stop() -> bool:
            left[0] -= 1
            return left[0] < 0
        self.env.sync(cancellation=CancelledWhen(stop), mode=self.rng.choice((SWEEP, CHECK)))

    def state(self) -> None:
        path = Path(self.env.state_db)
        if self.rng.random() < 0.5:
            path.unlink()
        else:
            path.write_bytes(b'this is no database' * 100)

    def clean(self) -> None:
        """Kodi's "clean library" takes rows away."""
        self.env.execute('DELETE FROM movie WHERE idMovie IN (SELECT idMovie FROM movie ORDER BY idMovie LIMIT 3)')
        self.env.execute('DELETE FROM files WHERE idFile IN (SELECT idFile FROM files ORDER BY idFile LIMIT 2)')
        self.env.execute('DELETE FROM episode WHERE idFile NOT IN (SELECT idFile FROM files)')
        self.env.execute('DELETE FROM movie WHERE idFile NOT IN (SELECT idFile FROM files)')


@pytest.mark.parametrize('version', [119, 121, 131])
def test_whatever_happens_kodi_ends_with_what_plex_has(tmp_path: Path, version: int) -> None:
    rng = random.Random(SEED or version)
    env = SyncEnvironment(tmp_path, Library.generate(seed=3, movies=20, shows=2, seasons=2, episodes=3), version)
    try:
        hands, trouble = Hands(env, rng), Trouble(env, rng)
        env.sync()
        for step in range(STEPS):
            done = [hands.change() for _ in range(rng.randrange(1, 5))]
            if rng.random() < 0.3:
                done.append(trouble.strike())
            mode = rng.choice((DELTA, DELTA, DELTA, SWEEP, CHECK))
            where = 'seed %d, step %d, %s: %s' % (SEED or version, step, mode, ', '.join(done))
            report = env.sync(mode=mode)
            assert report.complete and not report.error, where
            if report.skipped or mode == DELTA:
                env.sync()  # deletions of many items at once are to be seen twice
            assert_truth(env, where)
            if step % 3 == 0:
                wanted, found = first_sync(env, tmp_path / ('fresh%d' % step), version), comparable(env.video_db)
                for table in wanted:
                    more = [row for row in found[table] if row not in wanted[table]]
                    less = [row for row in wanted[table] if row not in found[table]]
                    assert not more and not less, '%s: %s: is %r, should be %r' % (where, table, more[:3], less[:3])
                assert not env.sync().wrote, where
    finally:
        env.close()
