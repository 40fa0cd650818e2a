"""With a real MariaDB server, which is started once for each process of the tests.

Where there is none these tests are left out, and pytest says so at its end.
"""
from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, List

import pytest

from tests.fakes.fixtures import fake_kodi as fake_kodi
from tests.support.shared_library import SharedLibraryEnvironment
from tests.support.sync_environment import SyncEnvironment
from tools import mariadb
from tools.mariadb import MariaDbServer
from tools.mysql_server import VARIABLE, MySqlServer
from tools.plexsim import Library

HERE = Path(__file__).parent
LEFT_OUT = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: List[pytest.Item]) -> None:
    """Leave the tests of this folder out where no server can be started."""
    if mariadb.find() and mariadb.find('mariadb-install-db'):
        return
    unwanted = [item for item in items if HERE in item.path.parents]
    config.hook.pytest_deselected(items=unwanted)
    config.stash[LEFT_OUT] = len(unwanted)
    items[:] = [item for item in items if item not in unwanted]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it."""
    count = config.stash.get(LEFT_OUT, 0)
    if count:
        terminalreporter.write_line('LEFT OUT: %d tests with a shared library, for MariaDB is not installed '
                                    '(tools/setup/ensure_mariadb.sh).' % count)


@pytest.fixture(scope='session')
def server() -> Iterator[MariaDbServer]:
    with MySqlServer() if os.environ.get(VARIABLE) else MariaDbServer() as made:
        yield made


@pytest.fixture
def clean_server(server: MariaDbServer) -> Iterator[MariaDbServer]:
    yield server
    server.drop_databases()


@pytest.fixture
def library() -> Library:
    return Library.generate(seed=7, movies=60, shows=3, seasons=2, episodes=4, collections=3)


@pytest.fixture
def version() -> int:
    """The version of Kodi's schema."""
    return 121


@pytest.fixture
def env(clean_server: MariaDbServer, library: Library, tmp_path: Path,
        version: int) -> Iterator[SharedLibraryEnvironment]:
    made = SharedLibraryEnvironment(tmp_path, library, clean_server, version)
    yield made
    made.close()


@pytest.fixture
def expected(tmp_path: Path, library: Library, version: int) -> Iterator[SyncEnvironment]:
    """A library in SQLite of the same server."""
    folder = tmp_path / 'sqlite'
    folder.mkdir()
    made = SyncEnvironment(folder, library, version)
    yield made
    made.close()
