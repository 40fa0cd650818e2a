"""Dozens of random changes on both sides at once: in the end both are equal, and no mark is lost or doubled.

``python -m tools.live_soak`` goes on for as long as one likes.
"""
from __future__ import annotations

from pathlib import Path
from typing import Iterator, List

import pytest

from resources.lib.retry import RetryPolicy
from resources.lib.service.live import server
from tests.fakes import FakeKodi
from tests.support.live_environment import LiveEnvironment
from tools.live_soak.soak import Soak, library, tell

SEED = 1


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveEnvironment]:
    for name in ('_PUSHED', '_NOT_PUSHED'):
        monkeypatch.setattr(server, name, RetryPolicy(0.8, 2.0))
    made = LiveEnvironment.begun(fake_kodi, library(), monkeypatch)
    try:
        yield made
    finally:
        made.close()


def test_random_changes_on_both_sides_end_in_equality(env: LiveEnvironment, tmp_path: Path) -> None:
    said: List[str] = []
    outcome = Soak(env, tmp_path, SEED).run(seconds=4.0, pace=20.0, trouble_every=0.8, patience=60.0)
    assert tell(outcome, said.append), '\n'.join(said)
