"""A log that is sent to a stranger tells nothing of its owner."""
from __future__ import annotations

import base64
import json
import time
from typing import List
from urllib.parse import quote

import pytest

from resources.lib.redaction import Redactor
from resources.lib.redaction.report import KEY, ReportRedactor

TOKEN = 'aBcD3fGh1jKlMn0pQr5t'
JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x'
PASSWORD = 'hun!ter2$x'
MACHINE = '0123456789abcdef0123456789abcdef01234567'
CLIENT = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
NAMES = ('Käthe Müller', 'Ann', "Ann's attic", 'Kodi', 'anna.m')


def redact(*lines: str) -> List[str]:
    report = ReportRedactor(Redactor(), NAMES)
    return [report(line) for line in lines]


def twice(text: str) -> str:
    return quote(quote(text, safe=''), safe='')


@pytest.mark.parametrize(('line', 'secrets'), [
    ('GET /x?X-Plex-Token=%s&a=1' % TOKEN, [TOKEN]), ('X-Plex-Token%%3D%s' % TOKEN, [TOKEN]),
    ('url=%s' % twice('https://nas.example/x?X-Plex-Token=' + TOKEN), [TOKEN, 'nas.example']),
    ('the token is %s' % TOKEN, [TOKEN]), (json.dumps({'authToken': TOKEN}), [TOKEN]),
    ('jwt=%s' % JWT, [JWT, 'eyJ']), ('Bearer %s' % JWT, ['eyJ']), ('Authorization: Basic dXNlcjpwYXNz', ['dXNlcjpw']),
    ('Cookie: session=abc; other=def', ['abc', 'def']), ('api_key=0a1b2c3d4e', ['0a1b2c3d4e']),
    ('mail from ann.miller+tv@example.co.uk', ['miller', 'example']), ('mail%3Dann%40example.com', ['example']),
    ('https://192-168-1-4.0123456789abcdef0123456789abcdef.plex.direct:32400/library', ['192-168', '0123456789']),
    ('connect to 203.0.113.9:32400', ['203.0.113']), ('public address 2001:db8::7:8', ['2001:db8']),
    ('smb://ann:%s@nas/films/a.mkv' % PASSWORD, ['ann:', PASSWORD, '@nas', '//nas']),
    ('smb://ann:p@ss%s@nas/films' % PASSWORD, ['p@ss', PASSWORD, '//nas']),
    ('nfs://10.0.0.7/volume1/films', ['10.0.0']), ('davs://ann:%s@cloud.example.org:5006/f/' % PASSWORD,
                                                  [PASSWORD, 'cloud.example']),
    ('webdav://a:%s@cloud.example.org/' % PASSWORD, [PASSWORD, 'cloud.example']),
    ('ftp://ann:%s@ftp.example.org/x' % PASSWORD, [PASSWORD, 'example.org']),
    ('sftp://ann:%s@box.example.org:22/x' % PASSWORD, [PASSWORD, 'example.org']),
    ('image://%s/' % quote('smb://ann:%s@nas/films/p.jpg' % PASSWORD, safe='!$'), [PASSWORD, 'ann%3A', '%40nas']),
    ('image://%s/' % twice('smb://ann:pw-9@nas/films/p.jpg'), ['pw-9', 'ann%253A', 'nas%252F']),
    ('stack://smb://ann:%s@nas/a.mkv , smb://ann:%s@nas/b.mkv' % (PASSWORD, PASSWORD), [PASSWORD, '@nas']),
    ('zip://%s/in.zip' % quote('smb://ann:pw-9@nas/a.zip', safe=''), ['pw-9', '%40nas']),
    ('smb://ann:%s@nas/x' % ('y' * 400), ['yyyy', 'nas']),
    ('\\\\nas\\films\\a.mkv', ['nas']),
    ('<videodatabase><type>mysql</type><host>nas.home</host><user>kodi_db</user><pass>%s</pass>' % PASSWORD,
     ['nas.home', 'kodi_db', PASSWORD]),
    ('<pass>%s</pass>' % PASSWORD, [PASSWORD]), ("password: '%s'" % 'secret-9', ['secret-9']),
    ("Access denied for user 'kodi_db'@'nas-2' (using password: YES)", ['kodi_db', 'nas-2']),
    ("Can't connect to MySQL server on 'nas-2' (111)", ['nas-2']), ('mysql://kodi_db:pw-9@nas-2/MyVideos121',
                                                                 ['pw-9', 'nas-2', 'kodi_db']),
    ('interface eth0, MAC 00:1A:2b:3C:4d:5E up', ['1A:2b', '3C:4d']), ('ether 00-1a-2b-3c-4d-5e', ['1a-2b']),
    ('/art/%s/7/thumb/1' % MACHINE, [MACHINE[:20]]), ('X-Plex-Client-Identifier: %s' % CLIENT, ['6ba7b810']),
    ('Local hostname: annas-box', ['annas-box']), ('userID=1234567&x=1', ['1234567']),
    ('"accountID": 7654321', ['7654321']),
    ('special://home is mapped to: /home/anna/.kodi', ['anna']), ('home is /home/anna', ['anna']),
    ('C:\\Users\\Anna Maria\\AppData\\x', ['Anna', 'Maria']),
    ('"C:\\\\Users\\\\anna\\\\AppData"', ['anna']), ('/Users/anna/Library/Kodi', ['anna']),
    ('path=%2Fhome%2Fanna%2F.kodi', ['anna']),
    ('Käthe Müller is watching now', ['Käthe', 'Müller']), ('user=K%C3%A4the%20M%C3%BCller', ['K%C3', 'M%C3']),
    (json.dumps({'user': 'Käthe Müller'}), ['u00e4', 'M\\u00fc']), ('ANN has signed in', ['ANN']),
    ("Server Ann's attic answers", ['Ann', 'attic']), ('login anna.m', ['anna.m']),
    ('seed -----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIA\\n-----END PRIVATE KEY----- done', ['MC4CAQ']),
    ('code W8Q0 at plex.tv/link', ['W8Q0']), ('https://plex.tv/link/?pin=W8Q0', ['W8Q0'])])
def test_nothing_of_a_person_is_left(line: str, secrets: List[str]) -> None:
    found, = redact('2026-11-28 18:00:01.123 T:77 info <general>: ' + line)
    assert found.startswith('2026-11-28 18:00:01.123 T:77 info <general>: ')
    assert [secret for secret in secrets if secret.lower() in found.lower()] == [], found


def test_what_is_registered_is_found_in_any_encoding() -> None:
    redactor = Redactor()
    redactor.hide('correct horse')
    report = ReportRedactor(redactor)
    for form in ('correct horse', 'correct%20horse', base64.b64encode(b'correct horse').decode(),
                 b'correct horse'.hex()):
        assert form not in report('x ' + form)


def test_a_key_over_several_lines_is_gone_and_the_log_goes_on() -> None:
    assert redact('key: -----BEGIN ENCRYPTED PRIVATE KEY-----', 'MC4CAQAwBQYDK2VwBCIEIA', 'Zm9v',
                  '-----END ENCRYPTED PRIVATE KEY-----', 'started in 0.1 s') == [
        'key: ' + KEY, KEY, KEY, KEY, 'started in 0.1 s']


def test_a_key_that_never_ends_does_not_take_the_log_with_it() -> None:
    lines = redact('-----BEGIN PRIVATE KEY-----', *['line'] * 500)
    assert lines[1] == KEY and lines[-1] == 'line'


def test_the_same_identifier_keeps_its_number() -> None:
    first, second, third = redact(MACHINE, CLIENT, MACHINE.upper())
    assert (first, second, third) == ('<id 1>', '<id 2>', '<id 1>')


@pytest.mark.parametrize('line', [
    '2026-11-28 18:00:01.123 T:77 info <general>: Kodi 20.1 (20.1.0) Git:20230312-2bc0f0d. Platform: Linux x86 64-bit',
    'GET https://plex.tv/api/v2/user: HTTP 401', 'plugin://plugin.video.plexkodiconnect/continue_watching?limit=50',
    'synchronised 1234 of 5678 in 3.2 s', 'File "/usr/lib/python3/x.py", line 12, in poll',
    'http://127.0.0.1:57310/subtitle/12', 'special://profile/addon_data', 'The user has no other users',
    'annotated', 'PMS 1.43.2.10687', 'http://localhost:8080/jsonrpc'])
def test_what_helps_stays(line: str) -> None:
    assert redact(line) == [line]


@pytest.mark.parametrize('part', ['smb://', 'a:b@', '%2f', '%40', 'http%3a%2f%2f', '-----BEGIN ', '/home/', '\\',
                                  '<user>', 'user ', '0123456789abcdef', 'aa:', 'cookie: ', "host='", 'Ann ', 'a' * 64])
def test_no_line_holds_up_the_report(part: str) -> None:
    report = ReportRedactor(Redactor(), NAMES)
    start = time.process_time()
    report(part * (8192 // len(part)))
    assert time.process_time() - start < 1.0
