"""Our own small database: it may be lost or damaged at any time, and that costs a comparison, never the library."""
from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest

from resources.lib import state_db
from resources.lib.sql.errors import DatabaseError
from resources.lib.state_db import CollectionState, ItemState, SectionState, StateDb

VERSION_3 = Path(__file__).resolve().parents[1] / 'fixtures' / 'state' / 'version_3.sql'


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / 'state.db')


@pytest.fixture
def state(path: str) -> Iterator[StateDb]:
    state_db.prepare(path)
    with state_db.open_writer(path, 1.0) as state, state.transaction():
        yield state


def row(key: str, **more: Any) -> ItemState:
    return ItemState(1, key, 'movie', '1', '', '', int(key), int(key) + 100, 5, 0, 0, 0, 0.0)._replace(**more)


# ---- the file ------------------------------------------------------------------------------------------------------

def test_a_new_file_is_for_this_user_only(path: str) -> None:
    assert state_db.prepare(path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_start_with_nothing_to_do_does_not_touch_the_file(path: str) -> None:
    state_db.prepare(path)
    os.utime(path, (1, 1))
    before = Path(path).read_bytes()
    assert state_db.prepare(path)
    assert Path(path).read_bytes() == before and os.stat(path).st_mtime == 1


@pytest.mark.parametrize('content', [b'not a database' * 500, b'SQLite format 3\x00' + b'\xff' * 4000])
def test_a_damaged_file_is_set_aside_and_a_new_one_made(path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    assert not state_db.prepare(path)
    assert Path(path + '.damaged').read_bytes() == content
    with state_db.open_reader(path) as state:
        assert state.server_id('mid') == 0


def test_an_empty_file_left_by_a_crash_is_filled(path: str) -> None:
    Path(path).touch()
    assert state_db.prepare(path)
    with state_db.open_reader(path) as state:
        assert state.known(1, '1', 'movie') == {}


def test_the_file_of_a_newer_version_is_not_guessed_at(path: str) -> None:
    state_db.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('PRAGMA user_version = 99')
    assert not state_db.prepare(path)
    assert os.path.exists(path + '.damaged')


def test_a_file_that_is_only_busy_is_not_thrown_away(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state_db.prepare(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("INSERT INTO server (machine_identifier) VALUES ('mid')")
        other.execute('BEGIN EXCLUSIVE')
        real = sqlite3.connect
        monkeypatch.setattr(sqlite3, 'connect', lambda *args, **more: real(*args, **dict(more, timeout=0.02)))
        try:
            state_db.prepare(path)
        except DatabaseError:
            pass  # to be tried again later is fine
        monkeypatch.undo()
        other.execute('ROLLBACK')
    assert not os.path.exists(path + '.damaged')
    with state_db.open_reader(path) as state:
        assert state.server_id('mid') == 1


@pytest.mark.parametrize('folder', ['100% mine', 'what?', 'no#1', 'Wohnzimmer ß 第1', 'a b'])
def test_it_is_read_in_folders_with_any_name(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    path = str(tmp_path / folder / 'state.db')
    state_db.prepare(path)
    with state_db.open_writer(path, 1.0) as state:
        state.add_server('mid')
    with state_db.open_reader(path) as reader:
        assert reader.server_id('mid') == 1


def test_readers_cannot_write(path: str) -> None:
    state_db.prepare(path)
    with state_db.open_reader(path) as reader, pytest.raises(DatabaseError):
        reader.add_server('mid')


def test_a_reader_makes_no_file(path: str) -> None:
    with pytest.raises(DatabaseError), state_db.open_reader(path) as reader:
        reader.server_id('mid')
    assert not os.path.exists(path)


def version_3(path: str) -> None:
    """A file that the add-on made before collections had a table of their own."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_3.read_text(encoding='utf-8'))


def test_collections_of_an_older_file_go_where_they_are_now(path: str) -> None:
    version_3(path)
    assert state_db.prepare(path)
    with state_db.open_reader(path) as state:
        assert state.collections(1, '1') == {
            key: CollectionState(key, '1', title, 1700000000, count, smart) for key, title, count, smart in (
                ('31', 'Collection 1', 1, False), ('32', 'Collection 2', 1, False), ('33', 'Collection 3', 1, False),
                ('34', 'Smart', 12, True))}
        assert state.find(1, ['31', '34']) == {} == state.known(1, '1', 'collection')
        assert len(state.known(1, '1', 'movie')) == 12 and len(state.members(1, '34')) == 12


def test_marks_that_wait_in_an_older_file_still_wait(path: str) -> None:
    version_3(path)
    state_db.prepare(path)
    with state_db.open_reader(path) as state:
        assert [mark[:4] for mark in state.unsent_marks(1, '42')] == [('1', state_db.WATCHED, 1, 0)]


def test_an_older_file_is_brought_up_to_date_once(path: str) -> None:
    version_3(path)
    state_db.prepare(path)
    before = Path(path).read_bytes()
    assert state_db.prepare(path) and Path(path).read_bytes() == before


# ---- what it remembers ---------------------------------------------------------------------------------------------

def test_servers_are_told_apart(state: StateDb) -> None:
    first, second = state.add_server('one'), state.add_server('two')
    assert first != second and state.add_server('one') == first
    assert state.machine_identifier(second) == 'two' and state.machine_identifier(99) == ''
    state.put([row('7'), row('7', server_id=second, kodi_id=70)])
    assert state.find(first, ['7'])['7'].kodi_id == 7 and state.find(second, ['7'])['7'].kodi_id == 70
    state.forget(first, ['7'])
    assert state.find(first, ['7']) == {} and state.find(second, ['7'])


def test_more_items_than_sqlite_takes_at_once_are_found(state: StateDb) -> None:
    state.put(row(str(key)) for key in range(1, 1203))
    found = state.find(1, [str(key) for key in range(1, 2500)])
    assert len(found) == 1202 and found['1202'] == row('1202')
    assert state.find(1, []) == {}


def test_a_row_of_kodis_leads_to_the_plex_item_of_its_kind(state: StateDb) -> None:
    state.put([row('7', kodi_id=5), row('8', kodi_id=5, plex_type='episode')])
    found = state.by_kodi_id('episode', 5)
    assert found is not None and found.rating_key == '8'
    assert state.by_kodi_id('movie', 6) is None


def test_watch_state_is_updated_without_the_rest(state: StateDb) -> None:
    state.put([row('7'), row('8')])
    state.put_watch(1, [('7', 2, 3, 4, 5.5), ('99', 1, 1, 1, 1.0)])
    assert state.find(1, ['7', '8', '99']) == {
        '7': row('7', view_count=2, view_offset=3, last_viewed_at=4, user_rating=5.5), '8': row('8')}


def test_the_items_of_a_renamed_library_are_written_anew(state: StateDb) -> None:
    state.put([row('7'), row('8', section_key='2')])
    state.expire_section(1, '1')
    assert state.known(1, '1', 'movie')['7'].stamp == state_db.EXPIRED
    assert state.known(1, '2', 'movie')['8'].stamp == 5


def test_a_row_that_two_items_stand_for_is_told(state: StateDb) -> None:
    state.put([row('7', kodi_id=5), row('8', kodi_id=5), row('9', kodi_id=6)])
    assert state.claimed('movie', [5, 6], ['8', '9']) == {5}


def test_a_shows_seasons_and_episodes_are_found(state: StateDb) -> None:
    state.put([row('7', plex_type='show'), row('8', plex_type='season', parent_key='7'), row('9', parent_key='1')])
    assert state.children(1, ['7']) == ['8']


def test_known_items_are_those_of_one_library_and_kind(state: StateDb) -> None:
    state.put([row('7'), row('8', section_key='2'), row('9', plex_type='show')])
    assert list(state.known(1, '1', 'movie')) == ['7']
    state.forget(1, ['7', '9'])
    assert state.known(1, '1', 'movie') == {} and list(state.known(1, '2', 'movie')) == ['8']


def test_libraries_are_remembered_and_forgotten(state: StateDb) -> None:
    films = SectionState('1', 'uuid', 'movie', 'Films', 0)
    state.put_section(1, films)
    state.put_section(1, films._replace(missing=1))
    assert state.sections(1) == {'1': films._replace(missing=1)} and state.sections(2) == {}
    state.drop_section(1, '1')
    assert state.sections(1) == {}


def test_collections_are_remembered_and_forgotten(state: StateDb) -> None:
    saga = CollectionState('50', '1', 'Saga', 5, 3, False)
    state.put_collections(1, [saga, saga._replace(rating_key='51', smart=True)])
    state.put_collections(1, [saga._replace(title='The saga')])
    assert state.collections(1, '1') == {'50': saga._replace(title='The saga'),
                                         '51': saga._replace(rating_key='51', smart=True)}
    assert state.collections(1, '2') == {} == state.collections(2, '1')
    state.forget_collections(1, ['51'])
    assert state.has_collection(1, '50') and not state.has_collection(1, '51')


def test_a_doubt_is_kept_until_it_is_lifted(state: StateDb) -> None:
    state.set_doubt(1, '1', 'movie', 'abc')
    state.set_doubt(1, '1', 'movie', 'def')
    assert (state.doubt(1, '1', 'movie'), state.doubt(1, '1', 'show')) == ('def', '')
    state.set_doubt(1, '1', 'movie', '')
    assert state.doubt(1, '1', 'movie') == ''


@pytest.mark.parametrize('value', ['第1話 🎬', 'x' * 50_000, "'; DROP TABLE item; --", ''])
def test_any_text_comes_back_as_it_was(state: StateDb, value: str) -> None:
    state.put([row('7', guid=value)])
    assert state.find(1, ['7'])['7'].guid == value


def test_the_largest_numbers_fit(state: StateDb) -> None:
    numbers: Tuple[int, ...] = (2 ** 62, -2 ** 62)
    for number in numbers:
        state.put([row('7', stamp=number, view_offset=number, last_viewed_at=number)])
        assert state.find(1, ['7'])['7'].stamp == number


def test_a_chosen_version_is_remembered_and_forgotten(state: StateDb) -> None:
    assert state.version_of('mid', '7') == ''
    state.put_version('mid', '7', '71')
    state.put_version('mid', '7', '72')
    assert state.version_of('mid', '7') == '72' and state.version_of('other', '7') == ''
    state.put_version('mid', '7', '')
    assert state.version_of('mid', '7') == ''


def test_an_older_file_gets_the_table_of_versions(path: str) -> None:
    state_db.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript('DROP TABLE version_choice; PRAGMA user_version = 5')
    with state_db.open_reader(path) as old, pytest.raises(DatabaseError):
        old.version_of('mid', '7')
    assert state_db.prepare(path)
    with state_db.open_writer(path, 1.0) as state, state.transaction():
        state.put_version('mid', '7', '71')
        assert state.version_of('mid', '7') == '71'
