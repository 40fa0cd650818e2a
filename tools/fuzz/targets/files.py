"""Files in the add-on's folder: damaged, cut off, of another version, or written by another program."""
from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Callable, List, Tuple

from hypothesis import strategies as st

from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.device_key.key_file import KeyFile
from resources.lib.auth.device_key.keys import DeviceKey
from resources.lib.local_server import endpoint
from resources.lib.service.library import history, schedule
from resources.lib.sql.errors import DatabaseError
from resources.lib.state_db import StateDb, open_reader, prepare
from resources.lib.state_db.schema import TABLES
from tools.fuzz import examples, inputs
from tools.fuzz.target import Reader, Target

_QUERIES: Tuple[Callable[[StateDb], object], ...] = (
    lambda db: db.origin(), lambda db: db.servers(), lambda db: db.server_id('mid'), lambda db: db.sections(1),
    lambda db: db.cursor(1, '1', 'movie'), lambda db: db.doubt(1, '1', 'movie'), lambda db: db.known(1, '1', 'movie'),
    lambda db: db.find(1, ['1']), lambda db: db.by_kodi_id('movie', 1),
    lambda db: db.machine_identifier(1), lambda db: db.claimed('movie', [1], ['2']), lambda db: db.children(1, ['1']),
    lambda db: db.guids(1, 'movie', ['g']), lambda db: db.counts(1, '1', 'movie'), lambda db: db.members(1, '1'),
    lambda db: db.kept_dates(1, ['1']), lambda db: db.unsent_marks(1, 'u'), lambda db: db.marks(1, 'u'),
    lambda db: db.ended_reports('mid', 'u'), lambda db: db.reporting_servers())


def _service_json(_stack: ExitStack, folder: Path) -> Reader:
    def read(content: bytes) -> None:
        Path(endpoint.path(str(folder))).write_bytes(content)
        found = endpoint.read(str(folder))
        assert found is None or 0 < found.port < 65536 and found.secret
    return read


def _credentials(_stack: ExitStack, folder: Path) -> Reader:
    path = folder / 'credentials.json'

    def read(content: bytes) -> None:
        path.write_bytes(content)
        found = CredentialStore(str(folder)).load()
        assert found.client_identifier
        CredentialStore(str(folder)).save(found)
        assert CredentialStore(str(folder)).load().to_json() == found.to_json(), 'what was written is read otherwise'
        for left in folder.iterdir():
            left.unlink()
    return read


def _device_key(_stack: ExitStack, folder: Path) -> Reader:
    KeyFile(str(folder)).save(DeviceKey(bytes(32)))
    paths = (folder / 'device_key.pem', folder / 'device_key.pass')
    whole = [path.read_bytes() for path in paths]

    def read(given: Tuple[int, int, bytes]) -> None:
        which, at, piece = given
        for path, content in zip(paths, whole):
            path.write_bytes(content)
        changed = whole[which]
        at %= len(changed) + 1
        paths[which].write_bytes(changed[:at] + piece + changed[at + len(piece):])
        key = KeyFile(str(folder)).load()
        assert key is None or len(key.seed) == 32
    return read


def _state_bytes(_stack: ExitStack, folder: Path) -> Reader:
    path = folder / 'state.db'
    prepare(str(path))
    with closing(sqlite3.connect(str(path))) as connection, connection:
        for number in range(20):
            connection.execute('INSERT INTO item VALUES (1, ?, "movie", "1", "", "g", ?, 1, 5, 0, 0, 0, 0.0)',
                               (str(number), number))
    whole = path.read_bytes()

    def read(changes: List[Tuple[int, bytes]]) -> None:
        content = bytearray(whole)
        for at, piece in changes:
            at %= len(content) + 1
            content[at:at + len(piece)] = piece
        _query(path, bytes(content))
    return read


def _query(path: Path, content: bytes) -> None:
    """Open and query a state database with this content, which must work, set it aside, or raise our own error."""
    for left in path.parent.iterdir():
        left.unlink()
    path.write_bytes(content)
    try:
        prepare(str(path))
        state = open_reader(str(path))
    except DatabaseError:
        return
    with state:
        for query in _QUERIES:
            try:
                query(state)
            except DatabaseError:
                pass


def _state_rows(_stack: ExitStack, folder: Path) -> Reader:
    path = folder / 'state.db'
    prepare(str(path))
    empty = path.read_bytes()
    with closing(sqlite3.connect(':memory:')) as known:
        known.executescript(TABLES)
        columns = {name: len(known.execute('PRAGMA table_info(%s)' % name).fetchall()) for (name,) in known.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")}
    tables = sorted(columns)

    def read(given: List[Tuple[int, List[Any]]]) -> None:
        path.write_bytes(empty)
        with closing(sqlite3.connect(str(path), isolation_level=None)) as connection:
            for number, values in given:
                table = tables[number % len(tables)]
                row = [values[at % len(values)] for at in range(columns[table])]
                try:
                    connection.execute('INSERT INTO %s VALUES (%s)' % (table, ', '.join('?' * len(row))), row)
                except sqlite3.Error:
                    pass  # the table refuses it
        _query(path, path.read_bytes())
    return read


def _notes(_stack: ExitStack, folder: Path) -> Reader:
    def read(content: bytes) -> None:
        for name in (history.FILE_NAME, history.LAST_FILE_NAME, schedule.FILE_NAME):
            (folder / name).write_bytes(content)
        history.SyncHistory(str(folder)).runs()
        schedule.LibrarySchedule(str(folder / schedule.FILE_NAME)).not_due({'a': 'daily', '1': 'weekly'})
    return read


_VALUES = (st.none() | st.integers(-2 ** 63,
                                   2 ** 63 - 1) | st.floats() | st.text(st.characters(exclude_categories=['Cs']),
                                                                        max_size=9)
           | st.binary(max_size=9) | st.sampled_from((0, 1, 'movie', '1', 'mid', 'u', 'g')))
_EXAMPLE_NOTES = {'a': 1600000000.0, '1': 5, 'runs': [{'reason': 'start', 'finished': '2026-01-01 10:00'}]}
TARGETS = (
    Target('service.json', inputs.documents(examples.SERVICE), _service_json),
    Target('credentials', inputs.documents(examples.CREDENTIALS), _credentials),
    Target('device key', st.tuples(st.integers(0, 1), st.integers(0, 10 ** 6), st.binary(max_size=40)), _device_key),
    Target('state bytes', st.lists(st.tuples(st.integers(0, 10 ** 7), st.binary(min_size=1, max_size=60)), min_size=1,
                                   max_size=8),
           _state_bytes),
    Target('state rows', st.lists(st.tuples(st.integers(0, 100), st.lists(_VALUES, min_size=1, max_size=13)),
                                  max_size=6),
           _state_rows),
    Target('notes', inputs.documents(_EXAMPLE_NOTES), _notes))
