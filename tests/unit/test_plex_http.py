"""The line to Plex: what is asked again, what never leaves this machine, and what a bad answer turns into."""
from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Type

import pytest
import requests
import responses

from resources.lib.plex_answers import redacted_path
from resources.lib.plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexForbidden,
    PlexHttpError,
    PlexNotFound,
    PlexRateLimited,
    PlexRejected,
    PlexServerError,
    PlexTokenExpired,
    PlexUnauthorized,
)
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.waiting import ToldWaiting

HOST = 'http://192-168-1-20.abcdef.plex.direct:32400'
URL = HOST + '/library/sections'
TOKEN = 'tok-SECRET-1234567890'


class SessionEnvironment:
    """A session and the pauses that it made."""

    def __init__(self, retries: int = 3, gives_up_after: int = 99) -> None:
        self.pauses: List[float] = []
        self._left = gives_up_after
        self.session = PlexSession(ClientIdentity('me', '4.0.0'), retries=retries, timeout=(2.0, 2.0),
                                   cancellation=ToldWaiting(self._sleep))

    def _sleep(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        self._left -= 1
        return self._left <= 0


@pytest.fixture
def env() -> SessionEnvironment:
    return SessionEnvironment()


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as made:
        yield made


class RawServer:
    """Answers each connection with the next bytes, as they are, and hangs up."""

    def __init__(self, *answers: bytes) -> None:
        self.requests: List[bytes] = []
        self._answers = list(answers)
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d/library/all' % self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while self._answers:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                head = b''
                while b'\r\n\r\n' not in head:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    head += piece
                self.requests.append(head)
                connection.sendall(self._answers.pop(0))

    def close(self) -> None:
        self._listener.close()
        self._thread.join(0.1)


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    made: List[RawServer] = []

    def make(*answers: bytes) -> RawServer:
        made.append(RawServer(*answers))
        return made[-1]
    yield make
    for server in made:
        server.close()


def whole(body: bytes, length: Optional[int] = None, kind: str = 'application/json') -> bytes:
    """An answer whose Content-Length may promise more than it holds."""
    return b'HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s' % (
        kind.encode(), len(body) if length is None else length, body)


# ---- asked again ---------------------------------------------------------------------------------------------------

def test_a_server_that_is_starting_is_asked_again_until_it_answers(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, status=503)
    mock.get(URL, body=requests.exceptions.ConnectionError('reset'))
    mock.get(URL, json={'fine': 1})
    assert env.session.get_json(URL) == {'fine': 1}
    assert env.session.stats.requests == 3 and env.session.stats.retries == 2


def test_a_dead_server_is_given_up_after_a_few_tries(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, body=requests.exceptions.ConnectTimeout())
    with pytest.raises(PlexConnectionError):
        env.session.get_json(URL)
    assert len(mock.calls) == 4 and len(env.pauses) == 3


def test_pauses_grow_differ_and_stay_bounded(mock: Any) -> None:
    """Boxes that all lost the same server must not come back in step, nor wait for minutes."""
    mock.get(URL, status=500)
    runs = []
    for _ in range(8):
        env = SessionEnvironment(retries=9)
        with pytest.raises(PlexServerError):
            env.session.request('GET', URL)
        runs.append(env.pauses)
        for attempt, pause in enumerate(env.pauses):
            whole_pause = min(20.0, 0.4 * 2 ** attempt)
            assert whole_pause / 2 <= pause <= whole_pause
    assert len({run[0] for run in runs}) > 1


def test_too_many_requests_waits_as_long_as_the_server_says(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, status=429, headers={'Retry-After': '7'})
    mock.get(URL, json={})
    env.session.get_json(URL)
    assert env.pauses == [7.0]


@pytest.mark.parametrize('value', ['86400', 'inf', 'Wed, 21 Oct 2026 07:28:00 GMT', '-5', 'soon', 'nan', ''])
def test_a_senseless_retry_after_does_not_stall_the_add_on(mock: Any, env: SessionEnvironment, value: str) -> None:
    mock.get(URL, status=429, headers={'Retry-After': value})
    mock.get(URL, json={})
    env.session.get_json(URL)
    assert 0.0 < env.pauses[0] <= 20.0


@pytest.mark.parametrize('status', [400, 401, 403, 404, 410, 422, 498])
def test_a_refusal_is_not_asked_again(mock: Any, env: SessionEnvironment, status: int) -> None:
    mock.get(URL, status=status)
    with pytest.raises(PlexHttpError) as caught:
        env.session.request('GET', URL)
    assert caught.value.status == status
    assert len(mock.calls) == 1


def test_what_was_posted_is_not_posted_again_after_a_lost_connection(mock: Any, env: SessionEnvironment) -> None:
    mock.post(URL, body=requests.exceptions.ReadTimeout())
    with pytest.raises(PlexConnectionError):
        env.session.request('POST', URL)
    assert len(mock.calls) == 1


def test_putting_is_repeated_and_retries_can_be_switched_off(mock: Any, env: SessionEnvironment) -> None:
    mock.put(URL, status=502)
    with pytest.raises(PlexServerError):
        env.session.request('PUT', URL)
    assert len(mock.calls) == 4
    with pytest.raises(PlexServerError):
        env.session.request('PUT', URL, retries=0)
    assert len(mock.calls) == 5


def test_kodis_end_does_not_wait_for_retries(mock: Any) -> None:
    env = SessionEnvironment(gives_up_after=1)
    mock.get(URL, status=503)
    with pytest.raises(PlexCancelled):
        env.session.get_json(URL)
    assert len(mock.calls) == 1


# ---- redirects -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('target', ['https://evil.example/library/sections', '//evil.example/x',
                                    HOST.replace('http:', 'https:') + '/library/sections',
                                    HOST.replace('32400', '80') + '/', 'http://me@evil.example/'])
def test_a_redirect_to_another_host_gets_no_token(mock: Any, env: SessionEnvironment, target: str) -> None:
    mock.get(URL, status=302, headers={'Location': target})
    with pytest.raises(PlexBadAnswer) as caught:
        env.session.request('GET', URL, token=TOKEN)
    assert len(mock.calls) == 1
    assert 'evil' not in str(caught.value) and TOKEN not in str(caught.value)


def test_a_redirect_on_the_same_host_is_followed_with_the_token(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, status=301, headers={'Location': '/library/sections/all?type=1'})
    mock.get(HOST + '/library/sections/all', json={'there': True},
             match=[responses.matchers.header_matcher({'X-Plex-Token': TOKEN})])
    assert env.session.get_json(URL, token=TOKEN, params={'a': 1}) == {'there': True}
    assert mock.calls[1].request.url == HOST + '/library/sections/all?type=1'


def test_going_round_in_circles_ends(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, status=302, headers={'Location': URL})
    with pytest.raises(PlexBadAnswer):
        env.session.request('GET', URL)
    assert len(mock.calls) < 10


@pytest.mark.parametrize('target', ['http://[broken', 'http://192.168.1.20:99999999/', 'http://\x7f/', ''])
def test_a_redirect_to_nonsense_is_a_bad_answer_not_a_crash(mock: Any, env: SessionEnvironment, target: str) -> None:
    mock.get(URL, status=302, headers={'Location': target})
    with pytest.raises(PlexError):
        env.session.get_json(URL, token=TOKEN)


# ---- what is sent --------------------------------------------------------------------------------------------------

def test_the_token_is_in_no_url_and_every_request_says_who_we_are(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, json={})
    env.session.get_json(URL, token=TOKEN, params={'type': 1})
    sent = mock.calls[0].request
    assert TOKEN not in sent.url
    assert sent.headers['X-Plex-Token'] == TOKEN
    assert sent.headers['X-Plex-Client-Identifier'] == 'me'
    assert sent.headers['Accept'] == 'application/json'


def test_one_requests_token_does_not_stick_to_the_next(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, json={})
    env.session.get_json(URL, token=TOKEN)
    env.session.get_json(URL)
    assert 'X-Plex-Token' not in mock.calls[1].request.headers


def test_no_password_of_the_users_netrc_is_sent(mock: Any, env: SessionEnvironment, tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / 'netrc'
    netrc.write_text('default login joe password hidden\n')
    netrc.chmod(0o600)
    monkeypatch.setenv('NETRC', str(netrc))
    mock.get(URL, json={})
    env.session.get_json(URL)
    assert 'Authorization' not in mock.calls[0].request.headers


def test_a_kodi_with_an_emoji_in_its_name_can_talk_to_plex(mock: Any) -> None:
    mock.get(URL, json={})
    session = PlexSession(ClientIdentity('me', '4.0.0', 'Wohnzimmer 📺\r\nX-Evil: 1'))
    session.get_json(URL)
    headers = mock.calls[0].request.headers
    assert headers['X-Plex-Device-Name'].startswith('Wohnzimmer')
    assert 'X-Evil' not in headers


@pytest.mark.parametrize(('host', 'encoding'), [
    (HOST, 'gzip'), ('https://192-168-1-20.abcdef.plex.direct:32400', 'gzip'), ('http://192.168.1.20:32400', 'gzip'),
    ('http://127.evil.example', 'gzip'), ('https://127.0.0.1:32400', 'gzip'), ('http://127.0.0.1:32400', 'identity'),
    ('http://localhost:32400', 'identity'), ('http://localhost.example:32400', 'gzip')])
def test_only_a_server_on_this_machine_need_not_compress(env: SessionEnvironment, mock: responses.RequestsMock,
                                                         host: str, encoding: str) -> None:
    mock.get(host + '/library/sections', json={'MediaContainer': {}})
    env.session.get_json(host + '/library/sections')
    assert mock.calls[0].request.headers['Accept-Encoding'] == encoding


# ---- bad answers ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(('status', 'kind'), [
    (400, PlexRejected), (401, PlexUnauthorized), (403, PlexForbidden), (404, PlexNotFound), (422, PlexRejected),
    (429, PlexRateLimited), (498, PlexTokenExpired), (500, PlexServerError), (503, PlexServerError)])
def test_each_status_has_a_meaning(mock: Any, status: int, kind: Type[PlexHttpError]) -> None:
    mock.get(URL, status=status, json={'errors': [{'code': 1001, 'message': 'User could not be authenticated'}]})
    with pytest.raises(kind) as caught:
        SessionEnvironment(retries=0).session.request('GET', URL)
    assert caught.value.code == 1001


@pytest.mark.parametrize('body', [b'', b'{', b'{"errors": 5}', b'{"errors": [[]]}', b'{"errors": [{"code": "x"}]}',
                                  b'<html>', b'\xff\xfe', b'{"errors": [{"code": null}]}', b'{"errors": {}}',
                                  b'["errors"]', b'{"errors": [{"code": 1e999}]}'])
def test_a_refusal_with_an_odd_body_is_still_that_refusal(mock: Any, env: SessionEnvironment, body: bytes) -> None:
    mock.get(URL, status=404, body=body)
    with pytest.raises(PlexNotFound):
        env.session.request('GET', URL)


def test_a_web_page_instead_of_json_is_a_bad_answer_and_not_asked_again(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, body='<html><title>Router login</title></html>', content_type='text/html')
    with pytest.raises(PlexBadAnswer) as caught:
        env.session.get_json(URL)
    assert len(mock.calls) == 1 and 'Router' not in str(caught.value)


def test_json_that_broke_off_is_asked_for_again(raw_server: Any, env: SessionEnvironment) -> None:
    good = b'{"MediaContainer": {"size": 1, "Metadata": [{"ratingKey": "7"}]}}'
    server = raw_server(whole(good[:30], len(good)), whole(good))
    assert env.session.get_json(server.url)['MediaContainer']['size'] == 1
    assert len(server.requests) == 2


def test_an_answer_whose_body_never_came_is_asked_for_again(raw_server: Any, env: SessionEnvironment) -> None:
    """Headers, then the connection is lost: a hiccup of the wireless network, not a broken server."""
    good = b'{"MediaContainer": {}}'
    server = raw_server(whole(b'', len(good)), whole(good))
    assert env.session.get_json(server.url) == {'MediaContainer': {}}


def test_json_that_always_breaks_off_ends(raw_server: Any, env: SessionEnvironment) -> None:
    server = raw_server(*[whole(b'{"a": [1, 2', 500)] * 8)
    with pytest.raises(PlexError):
        env.session.get_json(server.url)
    assert len(server.requests) <= 4


def test_a_download_that_broke_off_is_noticed(raw_server: Any, env: SessionEnvironment) -> None:
    """urllib3 1.26 and requests 2.31, which ship with Kodi, do not compare a body with its Content-Length."""
    server = raw_server(whole(b'x' * 1000, 5000, 'image/jpeg'))
    with pytest.raises(PlexConnectionError):
        env.session.request('GET', server.url, retries=0).whole()


def test_a_whole_download_arrives_whole(raw_server: Any, env: SessionEnvironment) -> None:
    server = raw_server(whole(b'x' * 200000, kind='image/jpeg'))
    assert env.session.request('GET', server.url).whole() == b'x' * 200000


def test_xml_that_broke_off_is_an_error(raw_server: Any, env: SessionEnvironment) -> None:
    server = raw_server(*[whole(b'<MediaContainer><Video/>', 400, 'text/xml')] * 5)
    with pytest.raises(PlexError):
        env.session.get_json(server.url)


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY a "&lol;&lol;&lol;&lol;">
<!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><MediaContainer>&c;</MediaContainer>"""


@pytest.mark.parametrize('body', [
    BILLION_LAUGHS, b'<!DOCTYPE x><MediaContainer/>',
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    b'<!DOCTYPE x SYSTEM "http://evil.example/x.dtd"><x/>', b'<a><b></a>', b'', b'\x00', b'<html><body/></html>'])
def test_hostile_xml_is_refused(mock: Any, env: SessionEnvironment, body: bytes) -> None:
    mock.get(URL, body=body, content_type='text/xml')
    with pytest.raises(PlexBadAnswer):
        env.session.get_json(URL)


def test_plain_xml_is_read(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, body='<MediaContainer size="2"><Video/><Video/></MediaContainer>')
    assert env.session.get_json(URL) == {'MediaContainer': {'size': '2', 'Metadata': [{}, {}]}}


@pytest.mark.parametrize('body', [b'{"errors": [{"code": 3000, "message": "Starting", "status": 503}]}',
                                  b'<?xml version="1.0"?><errors><error code="3000" message="Starting"/></errors>'])
def test_plexs_own_error_number_is_read_from_json_and_xml(mock: Any, env: SessionEnvironment, body: bytes) -> None:
    mock.get(URL, status=503, body=body)
    with pytest.raises(PlexServerError) as caught:
        env.session.request('GET', URL, retries=0)
    assert caught.value.code == 3000


def test_json_nested_without_end_is_a_bad_answer_not_a_crash(mock: Any, env: SessionEnvironment) -> None:
    mock.get(URL, body=b'[' * 100000 + b']' * 100000)
    with pytest.raises(PlexBadAnswer):
        env.session.get_json(URL)


# ---- what an error says --------------------------------------------------------------------------------------------

@pytest.mark.parametrize('setup', [
    {'status': 500}, {'status': 401}, {'status': 404}, {'status': 429}, {'body': '<html>'}, {'body': '{'},
    {'status': 302, 'headers': {'Location': 'http://evil.example/' + TOKEN}},
    {'body': requests.exceptions.ConnectionError(URL + '?X-Plex-Token=' + TOKEN)},
    {'body': requests.exceptions.SSLError(URL)}, {'body': requests.exceptions.ReadTimeout(URL)},
    {'body': requests.exceptions.ChunkedEncodingError(URL)}, {'body': requests.exceptions.InvalidURL(URL)}])
def test_no_error_tells_host_token_or_query(mock: Any, env: SessionEnvironment, setup: Dict[str, Any]) -> None:
    mock.get(URL, **setup)
    with pytest.raises(PlexError) as caught:
        env.session.get_json(URL, token=TOKEN, params={'pin': 'QQQQ'})
    said = '%s %r' % (caught.value, caught.value)
    for secret in (TOKEN, '192-168-1-20', 'plex.direct', '32400', 'QQQQ', '?'):
        assert secret not in said


def test_paths_in_errors_hide_pins_and_long_words() -> None:
    assert redacted_path('https://plex.tv/api/v2/pins/8812345?code=ABCD') == '/api/v2/pins/…'
    assert 'deadbeef' not in redacted_path('https://plex.tv/api/v2/home/users/deadbeef/switch?pin=1234')
    assert len(redacted_path('https://x/' + 'a' * 500)) <= 90


@pytest.mark.parametrize(('date', 'time'), [
    ('Tue, 01 Jul 2025 10:00:00 GMT', 1751364000.0), ('', None), ('yesterday', None),
    ('Tue, 99 Jul 2025 10:00:00 GMT', None), (None, None)])
def test_the_servers_clock_is_read_when_it_can_be(mock: Any, env: SessionEnvironment, date: Optional[str],
                                                  time: Optional[float]) -> None:
    mock.get(URL, json={}, headers={} if date is None else {'Date': date})
    env.session.get_json(URL)
    assert env.session.stats.server_time == (time or 0.0)
