"""Kodi may end while the service is still being started: then it must not be kept waiting."""
from __future__ import annotations

import runpy
from typing import Iterator, List

import pytest

from resources.lib import service_entry
from tests.fakes import FakeKodi
from tools.simprocess import ROOT


class Recorder:
    """In place of the service."""

    def __init__(self, done: List[str]) -> None:
        self._done = done
        done.append('made')

    def run(self) -> None:
        """Until Kodi ends."""
        self._done.append('ran')


@pytest.fixture
def done(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[List[str]]:
    """What the service was asked to do."""
    found: List[str] = []
    monkeypatch.setattr(service_entry, 'Service', lambda: Recorder(found))
    yield found


def test_the_service_runs_until_kodi_ends(done: List[str]) -> None:
    runpy.run_path(str(ROOT / 'service.py'))
    assert done == ['made', 'ran']


def test_an_end_that_was_told_while_modules_were_imported_is_heard(done: List[str], fake_kodi: FakeKodi) -> None:
    """Kodi tells of it once, and only those monitors that are there."""
    fake_kodi.abort.set()
    runpy.run_path(str(ROOT / 'service.py'))
    assert not done


def test_an_end_that_is_told_while_the_parts_are_made_is_heard(done: List[str], fake_kodi: FakeKodi,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    def made() -> Recorder:
        fake_kodi.abort.set()
        return Recorder(done)
    monkeypatch.setattr(service_entry, 'Service', made)
    runpy.run_path(str(ROOT / 'service.py'))
    assert done == ['made']
