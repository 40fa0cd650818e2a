"""From the first refresh to the sign-out: renewals, lost keys, revoked devices, secrets."""
from __future__ import annotations

import os
import threading
import traceback
from typing import Any, List

import pytest

from resources.lib.auth.errors import (
    NotSignedIn,
    SignInAgain,
)
from resources.lib.plex_errors import (
    PlexRateLimited,
    PlexServerError,
    PlexUnauthorized,
)
from tests.unit.auth.conftest import DAY, LAN, MACHINE, NEW_LAN


def files(plex: Any) -> List[str]:
    return sorted(os.listdir(plex.folder))


def test_after_a_start_the_account_is_refreshed_once(plex: Any) -> None:
    plex.signed_in()
    manager = plex.manager()
    assert manager.tick() > 3600
    manager.tick()
    assert plex.count('auth/token') == 1


def test_refresh_comes_when_less_than_a_day_is_left(plex: Any) -> None:
    manager = plex.signed_in()
    plex.advance(5.9 * DAY)
    manager.tick()
    assert plex.count('auth/token') == 0
    plex.advance(0.2 * DAY)
    manager.tick()
    assert plex.count('auth/token') == 1


def test_ten_threads_with_an_expired_token_make_one_refresh(plex: Any) -> None:
    manager = plex.signed_in()
    plex.advance(8 * DAY)
    results: List[Any] = []
    start = threading.Barrier(10)

    def work() -> None:
        start.wait()
        results.append(manager.servers()[0].machine_identifier)
    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [MACHINE] * 10
    assert plex.count('auth/token') == 1


def test_ten_threads_want_a_connection_and_one_finds_it(plex: Any) -> None:
    manager = plex.signed_in()
    results: List[Any] = []
    start = threading.Barrier(10)

    def work() -> None:
        start.wait()
        results.append(manager.connection())
    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, results))) == 1
    assert plex.count('pins/link') == 1


@pytest.mark.parametrize('status', [429, 500, 503])
def test_busy_plex_tv_is_asked_ever_more_rarely_for_a_nonce(plex: Any, status: int) -> None:
    plex.signed_in()
    manager = plex.manager()
    plex.fail = {'auth/nonce': status}
    waited = []
    for _ in range(200):
        pause = manager.tick()
        waited.append(pause)
        plex.advance(pause)
    nonces = plex.count('auth/nonce')
    assert nonces <= 201
    assert max(waited) > 1700
    assert sum(waited[:3]) < 300
    assert manager.status().state == 'signed_in'
    plex.advance(8 * DAY)
    for _ in range(50):
        with pytest.raises((PlexRateLimited, PlexServerError)):
            manager.servers()
    assert plex.count('auth/nonce') == nonces + 1
    plex.fail = {}
    plex.advance(3600)
    manager.tick()
    assert manager.servers()


def test_revoked_device_asks_for_a_new_sign_in_and_stops_asking_plex_tv(plex: Any) -> None:
    manager = plex.signed_in()
    connection = manager.connection()
    plex.revoke_device()
    before = plex.count('plex.tv')
    for _ in range(100):
        plex.advance(DAY / 2)
        manager.tick()
        with pytest.raises(SignInAgain):
            if manager.status().state == 'sign_in_again':
                manager.servers()
            else:
                raise SignInAgain('not yet')
    assert plex.count('plex.tv') - before <= 6
    assert (manager.status().state, manager.status().message_key) == ('sign_in_again', 'device_revoked')
    assert manager.connection(force=True).token == connection.token
    again = plex.manager()
    again.tick()
    assert again.status().state == 'sign_in_again'
    assert plex.count('plex.tv') - before <= 6


def test_new_sign_in_after_a_revoked_device_heals_everything(plex: Any) -> None:
    manager = plex.signed_in()
    manager.connection()
    plex.revoke_device()
    plex.advance(7 * DAY)
    manager.tick()
    assert manager.status().state == 'sign_in_again'
    attempt = manager.begin_sign_in()
    plex.link(attempt.code)
    assert attempt.poll() == 'linked'
    assert manager.status().state == 'signed_in'
    assert manager.status().machine_identifier == MACHINE
    assert manager.servers()


def test_one_refusal_alone_is_not_believed(plex: Any) -> None:
    manager = plex.signed_in()
    plex.advance(7 * DAY)
    refusals = [1]

    def refuse_once(path: str) -> None:
        plex.fail = {'auth/token': 422} if refusals and path.endswith('auth/token') else {}
        if plex.fail:
            refusals.pop()
    plex.before = refuse_once
    manager.tick()
    assert manager.status().state == 'signed_in'
    assert plex.count('auth/token') == 2


def test_bad_request_and_captive_portal_do_not_sign_the_user_out(plex: Any) -> None:
    manager = plex.signed_in()
    for status in (400, 403, 404):
        plex.fail = {'auth/token': status}
        plex.advance(7 * DAY)
        manager.tick()
        assert manager.status().state == 'signed_in'


@pytest.mark.parametrize('damage', ['lost', 'garbage'])
def test_lost_key_is_told_clearly_and_the_server_goes_on_working(plex: Any, damage: str) -> None:
    plex.signed_in().connection()
    path = plex.folder + '/device_key.pem'
    if damage == 'lost':
        os.remove(path)
    else:
        with open(path, 'w', encoding='utf-8') as file:
            file.write('-----BEGIN PRIVATE KEY-----\n!!!\n')
    manager = plex.manager()
    before = plex.count('plex.tv')
    manager.tick()
    assert (manager.status().state, manager.status().message_key) == ('sign_in_again', 'key_lost')
    assert plex.count('plex.tv') == before
    assert manager.connection().base_url == LAN


def test_disk_that_does_not_give_the_key_now_is_no_reason_to_sign_in_again(
        plex: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plex.signed_in()
    manager = plex.manager()

    def broken(_: Any) -> None:
        raise OSError(5, 'Input/output error')
    monkeypatch.setattr('resources.lib.auth.device_key.key_file.KeyFile.load', broken)
    manager.tick()
    assert manager.status().state == 'signed_in'
    monkeypatch.undo()
    plex.advance(3600)
    manager.tick()
    assert plex.count('auth/token') == 1


def test_endpoint_that_always_says_401_does_not_cause_a_refresh_each_time(plex: Any) -> None:
    manager = plex.signed_in()
    plex.fail = {'/resources': 401}
    for _ in range(20):
        with pytest.raises(PlexUnauthorized):
            manager.servers()
    assert plex.count('auth/token') == 1
    assert manager.status().state == 'signed_in'


# signing out, and what is left where

def test_sign_out_revokes_and_leaves_no_secret(plex: Any) -> None:
    manager = plex.signed_in()
    manager.connection()
    account = [text for text, token in plex.tokens.items() if text.startswith('leg-')]
    manager.sign_out()
    assert manager.status().state == 'signed_out'
    assert files(plex) == ['credentials.json']
    with open(plex.folder + '/credentials.json', encoding='utf-8') as file:
        content = file.read()
    assert [secret for secret in plex.secrets if secret in content] == []
    assert account and account[0] not in plex.tokens
    with pytest.raises(NotSignedIn):
        manager.connection()


def test_sign_out_works_without_internet(plex: Any) -> None:
    manager = plex.signed_in()
    plex.plex_tv_down = True
    manager.sign_out()
    assert manager.status().state == 'signed_out'


def test_nobody_signed_in_means_no_request(plex: Any) -> None:
    manager = plex.manager()
    with pytest.raises(NotSignedIn):
        manager.connection()
    assert manager.tick() > 600
    assert plex.requests == []


def test_errors_and_their_tracebacks_name_no_token_and_no_address(plex: Any) -> None:
    plex.link_refused = True
    manager = plex.signed_in()
    texts = [repr(manager.servers()), repr(manager.status())]
    for change in ({}, {'pms_at': NEW_LAN}, {'pms_at': 'http://192.168.1.99:1', 'plex_tv_down': True}):
        vars(plex).update(change)
        for call in (lambda: manager.connection(force=True), manager.servers):
            try:
                texts.append(repr(call()))
            except Exception as error:
                texts.append(''.join(traceback.format_exception(type(error), error, error.__traceback__)))
    text = '\n'.join(texts)
    assert 'NeedsSecondPin' in text and 'ServerUnreachable' in text
    assert [word for word in plex.secrets | {'192.168.1'} if word in text] == []
