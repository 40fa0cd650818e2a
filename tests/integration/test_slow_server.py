"""A server with much to do: a sync asks it for less at a time, and gets everything in the end."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from tests.support.sync_environment import SyncEnvironment
from tools.plexsim import Library, SimConfig


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    library = Library.generate(seed=5, movies=220, shows=3, seasons=2, episodes=5)
    made = SyncEnvironment(tmp_path, library, config=SimConfig(item_milliseconds=0.5, server_workers=1))
    yield made
    made.close()


@pytest.mark.parametrize('status', [429, 503])
def test_what_it_refuses_for_a_moment_is_asked_again(env: SyncEnvironment, status: int) -> None:
    env.sim.faults.add('/library/metadata/', status, times=2)
    report = env.sync(workers=6)
    assert report.complete and not report.error and report.skipped == {}
    assert report.added == 220 + 3 + 6 + 30
    assert not env.sync().wrote


@pytest.mark.parametrize('options', [{}, {'breath': 0.01}], ids=['usual', 'gentle'])
def test_all_of_it_comes_with_few_requests_at_a_time(env: SyncEnvironment, options: Any) -> None:
    report = env.sync(workers=2, **options)
    assert report.complete and report.added == 220 + 3 + 6 + 30
