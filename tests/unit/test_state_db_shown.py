"""Items that another server's row stands for: which row that is, what it shows, and how it is found."""
from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, List, Tuple

import pytest

from resources.lib import state_db
from resources.lib.state_db import EXPIRED, ItemState, StateFile, seen_as_one
from resources.lib.state_db import schema as tables


def item(server_id: int, key: str, kodi_id: int, **fields: Any) -> ItemState:
    plain = ItemState(server_id, key, 'movie', '1', '', 'plex://movie/' + key[-1], kodi_id, kodi_id, 5, 0, 0, 0, 0.0)
    return plain._replace(**fields)


@pytest.fixture
def state(tmp_path: Path) -> StateFile:
    path = str(tmp_path / 'state.db')
    state_db.prepare(path)
    opened = state_db.open_writer(path, 1.0)
    with opened.transaction():
        for machine in ('first', 'second', 'third'):
            opened.add_server(machine)
    return opened


def test_what_nobody_else_shows_is_told_and_what_two_show(state: StateFile) -> None:
    state.put([item(1, 'a', 11), item(2, 'xa', 0), item(2, 'xb', 0), item(1, 'b', 0), item(3, 'ya', 31)])
    assert state.not_shown(2, 'movie', [1, 3]) == ['xb']
    assert sorted(state.not_shown(2, 'movie', [])) == ['xa', 'xb']
    assert state.not_shown(2, 'show', [1, 3]) == []
    assert [row.rating_key for row in state.shown_twice(3, 'movie', [1, 2], 'plex://%')] == ['ya']
    assert state.shown_twice(1, 'movie', [], 'plex://%') == []
    assert state.shown('movie', ['plex://movie/a', 'plex://movie/b'], [2, 3]) == {'plex://movie/a': 31}
    state.give_up_rows(3, ['ya'])
    assert {key: [row.rating_key for row in rows] for key, rows in state.without_row('movie', [
        'plex://movie/a', 'plex://movie/b']).items()} == {'plex://movie/a': ['xa', 'ya'], 'plex://movie/b': ['b', 'xb']}


@pytest.mark.parametrize(('own', 'others', 'expected'), [
    ((1, 0, 50, 0.0), [(0, 700, 60, 4.0)], (0, 700, 60, 4.0)),
    ((3, 0, 50, 6.0), [(1, 0, 60, 4.0)], (3, 0, 60, 6.0)),
    ((0, 900, 50, 0.0), [(1, 0, 50, 2.0), (1, 0, 40, 8.0)], (0, 900, 50, 8.0)),
    ((0, 900, EXPIRED, 0.0), [(1, 0, 50, 0.0)], (0, 900, EXPIRED, 0.0)),
])
def test_the_row_shows_the_copy_that_was_viewed_last(state: StateFile, own: Tuple[Any, ...], others: List[Any],
                                                    expected: Tuple[Any, ...]) -> None:
    columns = ('view_count', 'view_offset', 'last_viewed_at', 'user_rating')
    row = item(1, 'a', 11, **dict(zip(columns, own)))
    copies = [item(number + 2, 'a', 0, **dict(zip(columns, values))) for number, values in enumerate(others)]
    assert tuple(getattr(seen_as_one(row, copies), column) for column in columns) == expected
    state.put([row, *copies])
    assert state.set_values('movie', 'view_offset').get(11, 0) == expected[1]
    assert state.set_values('movie', 'user_rating', [11]).get(11, 0) == expected[3]
    assert state.set_values('movie', 'user_rating', [12]) == {}


def test_each_query_finds_its_rows_by_an_index(state: StateFile, monkeypatch: pytest.MonkeyPatch) -> None:
    state.put([item(1, 'a', 11, view_offset=5), item(2, 'xa', 0, view_offset=7, last_viewed_at=9)])
    asked: List[str] = []
    rows = state.connection.rows

    def noted(sql: str, parameters: Any = ()) -> Any:
        asked.append(sql)
        return rows(sql, parameters)
    monkeypatch.setattr(state.connection, 'rows', noted)
    state.not_shown(2, 'movie', [1, 3])
    state.shown_twice(1, 'movie', [2, 3], 'plex://%')
    state.with_row('movie', ['plex://movie/a'])
    state.set_values('movie', 'view_offset')
    assert len(asked) == 5
    plain = sqlite3.connect(':memory:')
    plain.executescript(tables.TABLES)
    for sql in asked:
        for plan in plain.execute('EXPLAIN QUERY PLAN ' + sql.replace('?', '1')):
            assert 'USING PRIMARY KEY (server_id=?)' not in plan[3] and 'SCAN item' not in plan[3], sql
