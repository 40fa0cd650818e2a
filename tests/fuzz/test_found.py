"""What the long run found, one by one."""
from __future__ import annotations

import base64
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from resources.lib import quick_json
from resources.lib.auth.account.tokens import jwt_expiry
from resources.lib.auth.credentials.record import read_credentials
from resources.lib.auth.servers import discovery
from resources.lib.local_server import endpoint
from resources.lib.plex_model import rating_key, sweep_row
from resources.lib.plex_notifications import read_frame
from resources.lib.plugin.routes import LIST
from resources.lib.service import profile_file
from resources.lib.service.library import schedule
from resources.lib.state_db import open_reader, prepare

HUGE = '1' + '0' * 400


@pytest.mark.parametrize('claims', ['{"exp": %s}' % HUGE, '{"exp": Infinity}', '{"exp": NaN}', '[' * 100_000])
def test_a_token_with_senseless_claims_has_no_end(claims: str) -> None:
    assert jwt_expiry('e30.%s.x' % base64.urlsafe_b64encode(claims.encode()).decode().rstrip('=')) == 0.0


@pytest.mark.parametrize('number', [10 ** 400, float('inf'), float('nan'), True])
def test_a_senseless_time_in_the_credentials_is_none(number: float) -> None:
    found = read_credentials({'client_identifier': 'c', 'account_jwt_expires': number})
    assert found.account_jwt_expires == 0.0


@pytest.mark.parametrize('port', ['²', '9' * 5000, '-1', '+1', '0', '65536'])
def test_a_neighbour_with_a_senseless_port_is_no_server(port: str) -> None:
    answer = 'HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nResource-Identifier: m\r\nPort: %s' % port
    assert discovery.parse(answer.encode(), '192.168.1.5') is None


@pytest.mark.parametrize('content', ['{"port": Infinity, "secret": "s"}', '{"port": %s, "secret": "s"}' % HUGE,
                                     '[' * 100_000])
def test_a_senseless_service_file_is_none(tmp_path: Path, content: str) -> None:
    Path(endpoint.path(str(tmp_path))).write_text(content, encoding='utf-8')
    assert endpoint.read(str(tmp_path)) is None


def test_json_that_is_nested_too_deeply_is_no_json() -> None:
    with pytest.raises(ValueError):
        quick_json.loads(b'[' * 100_000)


@pytest.mark.parametrize('content', ['[' * 100_000, '{"a": %s}' % HUGE, '{"a": NaN, "b": "x", "c": null}'])
def test_senseless_times_of_libraries_mean_that_they_are_due(tmp_path: Path, content: str) -> None:
    path = tmp_path / 'times.json'
    path.write_text(content, encoding='utf-8')
    assert schedule.LibrarySchedule(str(path)).not_due({'a': schedule.DAILY, 'b': schedule.DAILY}) == set()
    profile_file.read(str(path))


def test_options_and_sections_are_digits_that_python_reads_as_numbers() -> None:
    assert LIST.read({'start': '²', 'limit': '5'}) == {'limit': '5'}
    frame = '{"NotificationContainer": {"TimelineEntry": [{"itemID": "1", "sectionID": "²", "state": 5}]}}'
    assert [getattr(found, 'section_key', None) for found in read_frame(frame.encode())] == ['']


def test_a_state_file_whose_names_are_no_text_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / 'state.db'
    prepare(str(path))
    path.write_bytes(path.read_bytes().replace(b'CREATE TABLE doubt', b'CREATE TABLE d\x80ubt'))
    assert not prepare(str(path))
    assert (tmp_path / 'state.db.damaged').exists()


def test_a_state_file_with_words_for_numbers_is_read(tmp_path: Path) -> None:
    path = str(tmp_path / 'state.db')
    prepare(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO origin VALUES ('x')")
    with open_reader(path) as state:
        assert state.origin() == 0


def test_an_id_of_thousands_of_digits_is_none() -> None:
    assert sweep_row({'ratingKey': '1' * 5000, 'type': 'movie'}) is None
    assert rating_key({'ratingKey': '1' * 255}) == '1' * 255
