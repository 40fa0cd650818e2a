"""Credentials survive crashes, full disks and damage, and nobody else can read them."""
from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from resources.lib import atomic_file
from resources.lib.auth.credentials.record import (
    HomeMember,
    JwtRefusal,
    ServerToken,
    new_credentials,
    read_credentials,
)
from resources.lib.auth.credentials.store import CREDENTIALS_DAMAGED, CredentialStore
from resources.lib.auth.device_key.keys import DeviceKey
from resources.lib.plex_tv import PlexUser, ServerAddress, ServerResource

ADDRESS = ServerAddress('https://a.plex.direct:32400', '10.0.0.2', 32400, 'https', True, False, False)
SERVER = ServerResource('m1', 'Attic', '1.43', True, False, '', True, False, True, (ADDRESS,), 'secret-access')


def full() -> object:
    return replace(new_credentials(), account_jwt='a.b.c', account_jwt_expires=5.0, legacy_token='old',
                   user=PlexUser('7', 'u7', 'Ann', 'https://thumb'),
                   member=HomeMember(PlexUser('8', 'u8', 'Ben'), 'd.e.f', 9.0, 8.0, True), machine_identifier='m1',
                   server_tokens=(ServerToken('7', 'm1', 'legacy', 'srv'), ServerToken('8', 'm1', 'resource', 'his')),
                   jwt_refusals=(JwtRefusal('m1', '1.43', 9.0),),
                   refused='device_revoked').with_servers([SERVER])


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    store = CredentialStore(str(tmp_path))
    store.save(full())  # type: ignore[arg-type]
    again = CredentialStore(str(tmp_path)).load()
    assert again == store.load()
    assert again.server('m1') == replace(SERVER, access_token='')
    assert again.server_token('m1') == ServerToken('8', 'm1', 'resource', 'his')
    assert replace(again, member=None).server_token('m1') == ServerToken('7', 'm1', 'legacy', 'srv')


def test_client_identifiers_are_made_once_and_differ(tmp_path: Path) -> None:
    first = CredentialStore(str(tmp_path / 'new' / 'folder')).load()
    second = CredentialStore(str(tmp_path / 'new' / 'folder')).load()
    assert first == second
    assert first.client_identifier != first.legacy_client_identifier


@pytest.mark.skipif(os.name == 'nt', reason='modes are POSIX')
def test_files_are_for_their_owner_only_and_no_scraps_are_left(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = CredentialStore(str(tmp_path))
        store.load()
        store.save_key(DeviceKey.generate())
        store.update(lambda now: replace(now, legacy_token='x'))
    finally:
        os.umask(old)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {
        'credentials.json': 0o600, 'device_key.pem': 0o600, 'device_key.pass': 0o600}


@pytest.mark.parametrize('content', [b'', b'{"client_ident', b'[]', b'\xff\xff', b'{}', b'[' * 100_000,
                                     b'{"client_identifier": 5}'])
def test_damaged_file_is_set_aside_and_the_user_is_asked_to_sign_in_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / 'credentials.json').write_bytes(content)
    store = CredentialStore(str(tmp_path))
    assert not store.load().has_account
    assert store.load().refused == CREDENTIALS_DAMAGED
    assert (tmp_path / 'credentials.json.damaged').read_bytes() == content
    assert CredentialStore(str(tmp_path)).load() == store.load()


def test_odd_fields_are_dropped_and_the_rest_is_kept() -> None:
    read = read_credentials({'client_identifier': 'c', 'account_jwt': 5, 'account_jwt_expires': 'soon', 'user': [],
                             'legacy_token': 'old', 'server_tokens': ['x', {'token': 't'}, None], 'servers': [{}, 3],
                             'jwt_refusals': 'no', 'member': {'user': 3, 'token': 't'}, 'from_a_newer_version': 1})
    assert (read.client_identifier, read.account_jwt, read.legacy_token, read.user) == ('c', '', 'old', None)
    assert (read.server_tokens, read.servers, read.jwt_refusals, read.member) == ((), (), (), None)
    assert read.legacy_client_identifier


def test_power_cut_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CredentialStore(str(tmp_path))
    before = store.load()

    def cut(*_: object) -> None:
        raise KeyboardInterrupt
    monkeypatch.setattr(atomic_file.os, 'replace', cut)
    with pytest.raises(KeyboardInterrupt):
        store.update(lambda now: replace(now, legacy_token='new'))
    monkeypatch.undo()
    assert CredentialStore(str(tmp_path)).load() == before
    store.update(lambda now: replace(now, legacy_token='newer'))
    assert CredentialStore(str(tmp_path)).load().legacy_token == 'newer'


def test_full_disk_keeps_credentials_in_memory_and_writes_them_later(tmp_path: Path,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    store = CredentialStore(str(tmp_path))
    store.load()

    def full_disk(_: int) -> None:
        raise OSError(28, 'No space left on device')
    monkeypatch.setattr(atomic_file.os, 'fsync', full_disk)
    store.update(lambda now: replace(now, legacy_token='new'))
    assert store.load().legacy_token == 'new'
    assert CredentialStore(str(tmp_path)).load().legacy_token == ''
    monkeypatch.undo()
    store.flush()
    assert CredentialStore(str(tmp_path)).load().legacy_token == 'new'
    assert [path.name for path in tmp_path.iterdir()] == ['credentials.json']


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    store = CredentialStore(str(tmp_path))
    store.load()
    before = os.stat(tmp_path / 'credentials.json').st_ino
    store.update(lambda now: now)
    assert os.stat(tmp_path / 'credentials.json').st_ino == before


def test_server_missing_from_one_answer_is_kept_if_it_is_the_chosen_one() -> None:
    other = replace(SERVER, machine_identifier='m2')
    credentials = replace(new_credentials(), machine_identifier='m1').with_servers([SERVER, other])
    assert [one.machine_identifier for one in credentials.with_servers([]).servers] == ['m1']
    assert 'secret-access' not in json.dumps(credentials.to_json())


def test_repr_of_credentials_holds_no_secret() -> None:
    text = repr(full()) + repr(SERVER)
    secrets = ('a.b.c', "'old'", "'srv'", 'secret-access', 'plex.direct', '10.0.0.2')
    assert [word for word in secrets if word in text] == []


def test_signing_out_takes_what_a_killed_process_or_damage_left(tmp_path: Path) -> None:
    store = CredentialStore(str(tmp_path))
    store.load()
    for name in ('credentials.json', 'device_key.pem', 'device_key.pass'):
        for leftover in ('.new', '.damaged'):
            (tmp_path / (name + leftover)).write_bytes(b'secret')
    store.delete_secrets()
    assert os.listdir(tmp_path) == ['credentials.json']
