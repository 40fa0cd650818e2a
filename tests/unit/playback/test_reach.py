"""A share that is switched off costs a moment once, not at each playback."""
from __future__ import annotations

import threading
from typing import Iterator, List, Tuple

import pytest

from resources.lib.playback.reach import REST, Shares, Silent, existing
from tests.unit.playback.fakes import until

NAS, OTHER = 'smb://nas', 'smb://other'


class SlowFiles:
    """Files on shares; ``gone`` makes Kodi wait for an answer."""

    def __init__(self) -> None:
        self.there = {'smb://nas/a.mkv', 'smb://other/b.mkv'}
        self.asked: List[str] = []
        self.gone = False
        #: Set when the share is there again.
        self.back = threading.Event()
        self.error = False

    def exists(self, path: str) -> bool:
        self.asked.append(path)
        if self.error:
            raise RuntimeError('odd path')
        if self.gone:
            self.back.wait(60)
        return path in self.there

    def listed(self, folder: str) -> Tuple[List[str], List[str]]:
        return [], [path[len(folder):] for path in self.there if path.startswith(folder)]


class Bench:
    def __init__(self) -> None:
        self.files = SlowFiles()
        self.now = 100.0
        self.shares = Shares(self.files, 20.0, lambda: self.now)

    def goes(self) -> None:
        """A share does not answer any more; nobody needs to wait for it for long."""
        self.files.gone, self.shares._patience_s = True, 0.05

    def comes_back(self) -> None:
        """It answers."""
        self.files.gone, self.shares._patience_s = False, 20.0
        self.files.back.set()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.files.back.set()


def test_what_is_there_is_found(bench: Bench) -> None:
    assert bench.shares.exists(NAS, 'smb://nas/a.mkv') and not bench.shares.exists(NAS, 'smb://nas/b.mkv')
    assert bench.shares.listed(NAS, 'smb://nas/') == ([], ['a.mkv'])
    assert existing(bench.shares, NAS, ['smb://nas/x', 'smb://nas/a.mkv', 'smb://nas/y']) == 'smb://nas/a.mkv'
    assert existing(bench.shares, NAS, ['smb://nas/x']) == ''
    assert 'smb://nas/y' not in bench.files.asked


def test_a_dead_share_is_asked_once_a_minute(bench: Bench) -> None:
    bench.goes()
    for _ in range(3):
        with pytest.raises(Silent):
            bench.shares.exists(NAS, 'smb://nas/a.mkv')
    assert bench.files.asked == ['smb://nas/a.mkv']
    bench.comes_back()
    assert bench.shares.exists(OTHER, 'smb://other/b.mkv'), 'the other share suffers'
    with pytest.raises(Silent):
        bench.shares.exists(NAS, 'smb://nas/a.mkv')
    bench.now += REST + 1
    until(lambda: not bench.shares._hanging)
    assert bench.shares.exists(NAS, 'smb://nas/a.mkv')


def test_a_share_on_which_kodi_still_waits_is_not_asked_again(bench: Bench) -> None:
    bench.goes()
    with pytest.raises(Silent):
        bench.shares.exists(NAS, 'smb://nas/a.mkv')
    bench.now += 10 * REST
    with pytest.raises(Silent):
        bench.shares.exists(NAS, 'smb://nas/a.mkv')
    assert len(bench.files.asked) == 1, 'a second thread hangs'


def test_a_share_that_is_known_to_be_away_rests(bench: Bench) -> None:
    bench.shares.rest(NAS)
    with pytest.raises(Silent):
        bench.shares.exists(NAS, 'smb://nas/a.mkv')
    bench.now += REST + 1
    assert bench.shares.exists(NAS, 'smb://nas/a.mkv')


def test_what_kodi_refuses_to_look_at_is_streamed(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.files.error = True
    with pytest.raises(Silent):
        bench.shares.exists(NAS, 'smb://nas/a.mkv')
    assert 'Looking at a share failed' in caplog.text
