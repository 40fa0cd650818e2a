"""Being listed as a player at plex.tv."""
from __future__ import annotations

import threading
from typing import Any, List, Sequence

import pytest

from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.remote_control import registration
from resources.lib.service.remote_control.registration import Registration
from tests.fakes import FakeKodi
from tests.support.shared import FakeClock, make_shared


class Auth:
    """Notes what plex.tv is told."""

    def __init__(self) -> None:
        self.told: List[Sequence[str]] = []
        self.usable, self.away = True, False
        self.heard = threading.Event()

    def status(self) -> Any:
        return self

    def announce_player(self, addresses: Sequence[str]) -> None:
        self.heard.set()
        if self.away:
            raise PlexConnectionError('away')
        self.told.append(list(addresses))


@pytest.fixture
def auth() -> Auth:
    return Auth()


def made(auth: Auth, address: List[str], clock: FakeClock) -> Registration:
    return Registration(make_shared(auth, clock=clock), 3005, lambda: address[0])


def test_it_is_told_again_twice_a_day_and_when_the_address_changes(fake_kodi: FakeKodi, auth: Auth) -> None:
    address, clock = ['192.168.1.9'], FakeClock()
    listed = made(auth, address, clock)
    assert [listed._announce() for _ in range(3)] == [registration._LOOK] * 3
    assert auth.told == [['http://192.168.1.9:3005']]
    address[0] = '192.168.1.10'
    listed._announce()
    clock.now += registration._AGAIN + 1
    listed._announce()
    listed.begin_anew()
    listed._announce()
    assert auth.told[1:] == [['http://192.168.1.10:3005']] * 3


def test_without_a_network_or_an_account_nothing_is_told(fake_kodi: FakeKodi, auth: Auth) -> None:
    listed = made(auth, [''], FakeClock())
    listed._announce()
    auth.usable = False
    made(auth, ['192.168.1.9'], FakeClock())._announce()
    assert not auth.told


def test_when_plex_tv_is_away_it_is_tried_again(fake_kodi: FakeKodi, auth: Auth) -> None:
    listed = made(auth, ['192.168.1.9'], FakeClock())
    auth.away = True
    assert listed._announce() < registration._LOOK
    auth.away = False
    listed._announce()
    assert auth.told


def test_in_the_end_it_is_no_player_any_more(fake_kodi: FakeKodi, auth: Auth) -> None:
    listed = made(auth, ['192.168.1.9'], FakeClock())
    listed.open()
    assert auth.heard.wait(20)
    listed.close()
    assert auth.told == [['http://192.168.1.9:3005'], []]
