"""Deletion: a few items go at once, masses only when they were gone twice, and never others than those."""
from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any, ContextManager, Iterator, List, Sequence, Tuple

import pytest

from resources.lib import state_db
from resources.lib.library_sync.kinds import MOVIE, VIDEO, Kind
from resources.lib.library_sync.options import SyncServer
from resources.lib.library_sync.removal import Removals
from resources.lib.library_sync.report import SyncReport
from resources.lib.state_db import ItemState, SectionState, StateDb


class Applied:
    """Notes what would be removed."""

    def __init__(self) -> None:
        self.removed: List[Tuple[str, List[str]]] = []

    def transaction(self) -> ContextManager[None]:
        return nullcontext()

    def remove(self, kind: Kind, keys: Sequence[str]) -> None:
        self.removed.append((kind.name, list(keys)))

    def forget(self, section_key: str) -> None:
        self.removed.append(('collection', [section_key]))

    @property
    def count(self) -> int:
        return sum(len(keys) for _, keys in self.removed)


class RemovalEnvironment:
    def __init__(self, state: StateDb) -> None:
        self.state, self.applied = state, Applied()
        self.report = SyncReport()

    def sync(self, gone: Sequence[str], known: int) -> int:
        """What one sync removes that found these items gone."""
        self.applied, self.report = Applied(), SyncReport()
        self.removals().confirmed('1', MOVIE, gone, known)
        return self.applied.count

    def removals(self) -> Removals:
        applied: Any = self.applied
        return Removals(applied, applied, self.state, SyncServer(1, 'machine', VIDEO), self.report)


@pytest.fixture
def env(tmp_path: Path) -> Iterator[RemovalEnvironment]:
    path = str(tmp_path / 'state.db')
    state_db.prepare(path)
    with state_db.open_writer(path, 1.0) as state, state.transaction():
        yield RemovalEnvironment(state)


def keys(count: int, start: int = 0) -> List[str]:
    return [str(number) for number in range(start, start + count)]


@pytest.mark.parametrize(('gone', 'known'), [(1, 1), (10, 10), (3, 5), (30, 100), (500, 5000), (11, 40)])
def test_a_few_go_at_once(env: RemovalEnvironment, gone: int, known: int) -> None:
    assert env.sync(keys(gone), known) == gone
    assert env.report.skipped == {}


@pytest.mark.parametrize(('gone', 'known'), [(11, 30), (31, 100), (501, 5000), (20000, 20000)])
def test_many_go_when_the_next_sync_sees_the_same(env: RemovalEnvironment, gone: int, known: int) -> None:
    assert env.sync(keys(gone), known) == 0
    assert env.report.skipped == {'deletions to be seen twice': gone}
    assert env.sync(list(reversed(keys(gone))), known) == gone
    assert env.state.doubt(1, '1', 'movie') == ''


def test_a_share_that_came_back_in_between_has_to_be_seen_twice_again(env: RemovalEnvironment) -> None:
    """A drive that comes and goes: the network share was away for one sync, then again."""
    assert env.sync(keys(50), 100) == 0
    assert env.sync([], 100) == 0
    assert env.sync(keys(50), 100) == 0


def test_other_items_missing_than_last_time_are_a_new_doubt(env: RemovalEnvironment) -> None:
    assert env.sync(keys(50), 100) == 0
    assert env.sync(keys(50, 1), 100) == 0
    assert env.sync(keys(50, 1), 100) == 50


def test_masses_are_removed_in_batches(env: RemovalEnvironment) -> None:
    env.sync(keys(501), 600)
    assert env.sync(keys(501), 600) == 501
    assert [len(part) for _, part in env.applied.removed] == [200, 200, 101]


def test_a_deselected_library_goes_from_the_episodes_up(env: RemovalEnvironment) -> None:
    def item(key: str, plex_type: str, section: str = '2') -> ItemState:
        return ItemState(1, key, plex_type, section, '', '', 1, 1, 1, 0, 0, 0, 0.0)
    env.state.put([item('1', 'show'), item('2', 'season'), item('3', 'episode'), item('4', 'episode'),
                     item('5', 'episode', '3')])
    env.removals().section(SectionState('2', 'u', 'show', 'TV', 0))
    assert env.applied.removed == [('episode', ['3', '4']), ('season', ['2']), ('show', ['1']),
                                     ('collection', ['2'])]
