"""A library full of what real ones hold and nobody expects: all of it arrives, or is counted as left out."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resources.lib.library_sync.options import CHECK, DELTA
from tests.support.sync_environment import SyncEnvironment
from tools.plexsim import Library


@pytest.mark.parametrize('version', [119, 121, 131])
def test_odd_items_arrive_and_disturb_nobody(tmp_path: Path, version: int) -> None:
    library: Any = Library.generate(seed=5, movies=20, shows=2, seasons=2, episodes=3)
    odd = library.make_odd()
    env = SyncEnvironment(tmp_path, library, version)
    try:
        report = env.sync()
        assert report.complete and not report.error
        left_out = sum(report.skipped.values())
        movies = len(list(library.items('movie')))
        assert env.rows("SELECT count(*) FROM movie")[0][0] >= movies - left_out
        assert len(odd) > 10 and left_out <= 3, report.skipped
        assert not env.rows("SELECT 1 FROM movie WHERE c00 IS NULL OR c00 = '' OR instr(c00, char(0))")
        assert not env.rows('SELECT 1 FROM rating WHERE rating > 10 OR rating < 0')
        for mode in (DELTA, CHECK):
            assert env.sync(mode=mode).complete
        again = env.sync()
        assert again.complete and again.skipped == report.skipped
        before = env.fingerprint()
        env.sync()
        assert env.fingerprint() == before
    finally:
        env.close()
