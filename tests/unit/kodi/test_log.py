from __future__ import annotations

import logging
import time

import pytest

from resources.lib.kodi import log
from resources.lib.kodi.redact import Redactor, redact
from tests.fakes import FakeKodi, xbmc

TOKEN = 'aBcD3fGh1jKlMn0pQr5t'
JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x'


@pytest.mark.parametrize('text', [
    'GET https://plex.tv/api?X-Plex-Token=%s&a=1', "{'X-Plex-Token': '%s'}", '{"X-Plex-Token": "%s"}',
    'x-plex-token: %s', 'X-Plex-Token%%3D%s', "('X-Plex-Token', '%s')", '{\\"X-Plex-Token\\": \\"%s\\"}',
    "b'X-Plex-Token=%s'", 'authToken="%s"', "'accessToken': '%s'", 'token=%s', 'the token is %s', 'token %s refused',
    'server_token = %s', 'X-PKC-Secret: %s', 'Authorization: Bearer %s', 'nonce=%s', "password='%s'",
    'refresh_token=%s', 'private key: %s', "'signature': '%s'", '<Server token="%s" />'])
def test_a_token_is_never_in_the_log(text: str) -> None:
    assert TOKEN not in redact(text % TOKEN)


@pytest.mark.parametrize('text', ['jwt %s', 'X-Plex-Token=%s', '"%s"', 'Bearer %s', "b'%s'", '%s.', 'x=%s&y'])
def test_a_jwt_is_never_in_the_log(text: str) -> None:
    found = redact(text % JWT)
    assert 'eyJ' not in found
    assert 'c2lnbmF0dXJl' not in found


@pytest.mark.parametrize(('text', 'secret'), [
    ('user jane.doe+plex@example.co.uk', 'example'), ('email=jane%40example.com', 'jane'),
    ('https://192-168-1-4.0123456789abcdef.plex.direct:32400/library', '192-168'),
    ('cannot reach 192-168-1-4.0123.plex.direct', '192-168'), ('http://192.168.1.4:32400/x', '192.168'),
    ('connect to 10.0.0.7:32400', '10.0.0.7'), ('address 203.0.113.9', '203.0'), ('https://my.nas.lan/web', 'nas'),
    ("HTTPSConnectionPool(host='my.nas.lan', port=32400)", 'nas'), ("Failed to resolve 'my.nas.lan'", 'nas'),
    ('https://user:pass@my.nas.lan:32400', 'pass'), ('http://[2001:db8::1]:32400/', '2001'),
    ('[fe80::1]:32400', 'fe80'),
    ('wss://my.nas.lan:32400/:/websockets', 'nas'), ('url=https%3A%2F%2Fmy.nas.lan%3A32400', 'nas')])
def test_addresses_are_never_in_the_log(text: str, secret: str) -> None:
    assert secret not in redact(text)


@pytest.mark.parametrize('text', [
    'code W8Q0', 'code: W8Q0', 'code=W8Q0', "'code': 'W8Q0'", '{"code": "W8Q0"}', 'https://plex.tv/link/?pin=W8Q0',
    'the code is W8Q0', 'Code "W8Q0"', 'PIN 1234', 'pin=1234&x', 'pin%3DW8Q0'])
def test_a_link_code_is_never_in_the_log(text: str) -> None:
    found = redact(text)
    assert 'W8Q0' not in found
    assert '1234' not in found


@pytest.mark.parametrize('text', [
    'GET https://plex.tv/api/v2/user: HTTP 401 (Plex error 1001)', 'http://127.0.0.1:57310/art/abc/1/thumb/2',
    'status code 404', 'error code 1001', 'Kodi 20.1.0, PMS 1.43.2.10687', 'the token was refused', 'token: None',
    'synchronised 1234 of 5678', 'plugin://plugin.video.plexkodiconnect/play/movies/0a1b2c/12',
    'File "/usr/lib/python3/x.py", line 12, in poll', 'code path', 'cancelled', '2026-11-23 22:10:11',
    'https://clients.plex.tv/api/v2/resources', 'http://localhost:8080/jsonrpc'])
def test_what_helps_to_find_an_error_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize('part', ['a', 'a.', 'a-', 'x_', 'token', 'token=', '1.', 'a@', ':', '[::', 'host=', 'https://',
                                  'eyJ', 'a.plex.direct@', '%40', ' ', 'code '])
def test_no_text_holds_up_the_service(part: str) -> None:
    start = time.monotonic()
    redact(part * (100_000 // len(part)))
    assert time.monotonic() - start < 1.0


def test_a_secret_in_use_is_removed_wherever_it_stands() -> None:
    redactor = Redactor()
    redactor.hide('a/b c-secret')
    assert redactor('[a/b c-secret] %22a%2Fb%20c-secret') == '[<secret>] %22<secret>'


def test_nothing_short_is_hidden_by_its_value() -> None:
    redactor = Redactor()
    redactor.hide('the')
    assert redactor('the end') == 'the end'


def test_tracebacks_are_redacted(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    try:
        try:
            raise ValueError('first X-Plex-Token=%s' % TOKEN)
        except ValueError as error:
            raise OSError('then https://192.168.1.4:32400/?X-Plex-Token=%s' % TOKEN) from error
    except OSError:
        logging.getLogger('pkc.test').exception('failed for %s', 'jane@example.com')
    level, text = fake_kodi.log[-1]
    assert level == xbmc.LOGERROR
    assert 'Traceback' in text
    assert 'ValueError' in text
    for secret in (TOKEN, '192.168', 'jane'):
        assert secret not in text


def test_levels_reach_kodi(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    logger = logging.getLogger('pkc.test')
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        logger.log(level, 'x')
    assert [level for level, _ in fake_kodi.log] == [xbmc.LOGINFO, xbmc.LOGWARNING, xbmc.LOGERROR, xbmc.LOGFATAL]
    assert fake_kodi.log[0][1] == '[plugin.x] pkc.test: x'


def test_a_detailed_log_shows_debug_lines_once(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    log.install('plugin.x', True)
    logging.getLogger('pkc.test').debug('detail')
    assert [text for _, text in fake_kodi.log] == ['[plugin.x] pkc.test: detail']


def test_a_wrong_log_call_does_not_end_its_thread(fake_kodi: FakeKodi) -> None:
    handler = log.KodiHandler('plugin.x', Redactor())
    handler.handle(logging.LogRecord('pkc.test', logging.INFO, __file__, 1, '%d items', ('many',), None))
    assert 'cannot format' in fake_kodi.log[-1][1]


def test_hiding_a_value_works_in_the_log(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    log.hide('loopback-secret')
    logging.getLogger('pkc.test').info('got loopback-secret')
    assert fake_kodi.log[-1][1].endswith('got <secret>')
