"""The art server asks Plex only for pictures of items that are ours or were just listed."""
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from resources.lib import state_db
from resources.lib.service.artwork.permitted import PermittedArt
from resources.lib.state_db import CollectionState, ItemState, StateDb


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / 'state.db')


def test_synced_items_are_known_those_of_other_servers_are_not(path: str) -> None:
    state_db.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        state = StateDb(connection)
        state.put([ItemState(state.add_server('mid'), '7', 'movie', '1', '', '', 1, 1, 1, 0, 0, 0, 0.0)])
        state.put_collections(1, [CollectionState('50', '1', 'Saga', 1, 3, False)])
        state.add_server('other')
        connection.commit()
    known = PermittedArt(path, {})
    assert known('mid', '7') and known('mid', '50')
    assert not known('mid', '8') and not known('other', '7') and not known('stranger', '7')


def test_listed_items_are_known_without_a_database(path: str) -> None:
    known = PermittedArt(path, {'7': None})
    assert known('mid', '7') and not known('mid', '8')
    assert not Path(path).exists()


@pytest.mark.parametrize('content', [b'', b'garbage' * 999, b'SQLite format 3\x00'])
def test_a_damaged_database_means_unknown_not_an_error(path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    assert not PermittedArt(path, {})('mid', '7')
