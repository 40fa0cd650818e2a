"""The art server asks Plex only for pictures of items that are ours or were just listed."""
from __future__ import annotations

from pathlib import Path

import pytest

from resources.lib import state_db
from resources.lib.local_server.pictures import KINDS, Picture
from resources.lib.service.artwork.permitted import PermittedArt
from resources.lib.state_db import CollectionState, ItemState


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / 'state.db')


def thumb(machine_identifier: str, rating_key: str, kind: str = 'thumb') -> Picture:
    return Picture(machine_identifier, rating_key, kind, '1700000000')


def remember(path: str, **types: str) -> None:
    state_db.prepare(path)
    with state_db.open_writer(path, 1.0) as state:
        server = state.add_server('mid')
        state.put([ItemState(server, key[1:], plex_type, '1', '', '', 1, 1, 1, 0, 0, 0, 0.0)
                   for key, plex_type in types.items() if plex_type != 'collection'])
        state.put_collections(server, [CollectionState(key[1:], '1', 'Saga', 1, 3, False)
                                       for key, plex_type in types.items() if plex_type == 'collection'])
        state.add_server('other')


def test_synced_items_are_known_those_of_other_servers_are_not(path: str) -> None:
    remember(path, _7='movie')
    known = PermittedArt(path, {})
    assert known(thumb('mid', '7'))
    assert not known(thumb('mid', '8')) and not known(thumb('other', '7')) and not known(thumb('stranger', '7'))


def test_an_item_has_only_the_pictures_of_its_type(path: str) -> None:
    remember(path, _1='movie', _2='show', _3='season', _4='episode', _5='collection', _6='track')
    known = PermittedArt(path, {})
    found = {key: {kind for kind in KINDS if known(thumb('mid', key, kind))} for key in '123456'}
    assert found['1'] == found['2'] == set(KINDS) - {'composite', 'playlist'}
    assert found['3'] == {'thumb', 'poster', 'art', 'background', 'banner'}
    assert found['4'] == {'thumb', 'poster', 'art', 'background'}
    assert found['5'] == {'thumb', 'poster', 'art', 'background', 'composite'}
    assert found['6'] == set()


def test_listed_pictures_are_known_without_a_database_and_no_other_one_of_the_item(path: str) -> None:
    known = PermittedArt(path, {'mid/7/thumb/1700000000': None})
    assert known(thumb('mid', '7'))
    assert not known(thumb('mid', '8')) and not known(thumb('other', '7')) and not known(thumb('mid', '7', 'art'))
    assert not known(Picture('mid', '7', 'thumb', '1700000001'))
    assert not Path(path).exists()


@pytest.mark.parametrize('content', [b'', b'garbage' * 999, b'SQLite format 3\x00'])
def test_a_damaged_database_means_unknown_not_an_error(path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    assert not PermittedArt(path, {})(thumb('mid', '7'))
