"""Whoever makes or reads a secret has it hidden, without anybody else having to remember."""
from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Callable, Dict

import pytest
import responses

from resources.lib.auth.credentials.record import Credentials, HomeMember, ServerToken
from resources.lib.auth.credentials.store import CredentialStore
from resources.lib.auth.device_key.key_file import KeyFile
from resources.lib.auth.device_key.keys import DeviceKey
from resources.lib.auth.servers.connections import ServerConnection
from resources.lib.local_server import endpoint
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_tv import Pin, PlexTV, PlexUser, SwitchedUser, parse_server
from resources.lib.redaction import REDACTOR

USER = PlexUser('1', 'uuid', 'Jane')
SERVER = {'clientIdentifier': 'm', 'provides': 'server', 'accessToken': 'word-of-a-listed-server'}


def session() -> PlexSession:
    return PlexSession(ClientIdentity('me', '4.0.0'))


@pytest.mark.parametrize(('make', 'secret'), [
    (lambda: Pin('1', 'K7QX', 900.0), 'K7QX'),
    (lambda: Pin('1', 'K7QX', 900.0, 'word-of-a-claimed-pin'), 'word-of-a-claimed-pin'),
    (lambda: SwitchedUser(USER, 'word-of-a-switch'), 'word-of-a-switch'),
    (lambda: parse_server(SERVER), 'word-of-a-listed-server'),
    (lambda: ServerToken('1', 'm', 'legacy', 'word-of-a-server-token'), 'word-of-a-server-token'),
    (lambda: HomeMember(USER, 'word-of-a-member'), 'word-of-a-member'),
    (lambda: Credentials('a', 'b', account_jwt='word-of-an-account'), 'word-of-an-account'),
    (lambda: Credentials('a', 'b', legacy_token='word-of-an-old-account'), 'word-of-an-old-account'),
    (lambda: ServerConnection('http://x', 'word-of-a-connection', 'm', 'n', True, '1'), 'word-of-a-connection'),
    (lambda: PMSClient(session(), 'http://x', 'word-of-a-client'), 'word-of-a-client')])
def test_what_holds_a_secret_has_it_hidden(make: Callable[[], object], secret: str) -> None:
    assert make() is not None
    assert secret not in REDACTOR('see %s!' % secret)


def test_the_loopback_secret_is_hidden() -> None:
    secret = endpoint.new_secret()
    assert secret not in REDACTOR('see %s!' % secret)


def test_the_device_key_its_passphrase_and_its_signatures_are_hidden(tmp_path: Path) -> None:
    key = DeviceKey.generate()
    shown = REDACTOR('%s|%s|%s|%r' % (key.seed.hex(), key.seed.hex().upper(),
                                      base64.b64encode(b'12' + key.seed).decode(), key.seed))
    assert len(shown.replace('<secret>', '')) < 20
    KeyFile(str(tmp_path)).save(key)
    for word in ((tmp_path / 'device_key.pass').read_text(), key.sign({'a': 1})):
        assert word not in REDACTOR('see %s!' % word)


def test_what_the_credentials_file_holds_is_hidden_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / 'credentials.json').write_text(json.dumps({
        'client_identifier': 'c', 'account_jwt': 'read-account-word', 'legacy_token': 'read-legacy-word',
        'server_tokens': [{'user_id': '1', 'machine_identifier': 'm', 'kind': 'home', 'token': 'read-server-word'}],
        'member': {'user': {'id': '2'}, 'token': 'read-member-word'}}), encoding='utf-8')
    CredentialStore(str(tmp_path)).load()
    for word in ('account', 'legacy', 'server', 'member'):
        assert word not in REDACTOR('read-%s-word' % word)


@responses.activate
def test_what_plex_tv_gives_and_what_is_sent_there_is_hidden() -> None:
    answers: Dict[str, object] = {
        'GET auth/nonce': {'nonce': 'word-of-a-nonce'}, 'POST auth/token': {'auth_token': 'word-of-an-exchange'},
        'POST home/users/u/switch': {'id': 1, 'authToken': 'word-of-a-home-user'}}
    for what, answer in answers.items():
        method, _, path = what.partition(' ')
        responses.add(method, 'https://clients.plex.tv/api/v2/' + path, json=answer)
    plex_tv = PlexTV(session())
    for word in (plex_tv.nonce(), plex_tv.exchange('x'), plex_tv.switch_user('u', 't', '7391').token):
        assert word.startswith('word-of-')
        assert word not in REDACTOR('see %s!' % word)
    assert '7391' not in REDACTOR('switch: the PIN 7391')
