"""A connection that others on the network cannot read."""
from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest

from resources.lib.sql import engines
from resources.lib.sql.errors import ConnectionLost
from resources.lib.sql.location import ServerDatabase
from tests.support.tls import certificate
from tools.mariadb import MariaDbServer


@pytest.fixture(scope='module')
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[MariaDbServer, Path]]:
    folder = tmp_path_factory.mktemp('certificates')
    certificate(folder)
    with MariaDbServer() as made:
        made.stop()
        made.use_certificate(folder)
        made.start()
        yield made, folder


def cipher(server: MariaDbServer, **options: Any) -> str:
    """The cipher of a connection."""
    location = ServerDatabase(dataclasses.replace(server.location, **options), '')
    connection = engines.open_reader(location, 1.0)
    try:
        return str(connection.rows("SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0][1])
    finally:
        connection.close()


def test_with_an_authority(secure: Tuple[MariaDbServer, Path], tmp_path: Path) -> None:
    server, folder = secure
    assert cipher(server) == ''
    assert cipher(server, ca=str(folder / 'ca.pem'))
    another = tmp_path / 'another'
    another.mkdir()
    certificate(another)
    with pytest.raises(ConnectionLost):
        cipher(server, ca=str(another / 'ca.pem'))
    with pytest.raises(ConnectionLost):
        cipher(server, ca=os.devnull + '/missing')


def test_with_ciphers_alone(secure: Tuple[MariaDbServer, Path]) -> None:
    assert cipher(secure[0], ciphers='ECDHE+AESGCM')


def test_a_server_without_it_is_not_used(server: MariaDbServer, tmp_path: Path) -> None:
    certificate(tmp_path)
    with pytest.raises(ConnectionLost):
        cipher(server, ca=str(tmp_path / 'ca.pem'))
