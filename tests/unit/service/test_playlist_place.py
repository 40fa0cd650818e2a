"""Whether Kodi has come to an entry of its playlist, or plays something in place of what plays there."""
from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest

from resources.lib.service.events import EventBus, KodiNotification
from resources.lib.service.playlist_place import PlaylistPlace
from tests.fakes import FakeKodi


class Evening:
    """Kodi's playlist has three entries."""

    def __init__(self, kodi: FakeKodi) -> None:
        self.kodi, self.events = kodi, EventBus()
        self.place = PlaylistPlace(self.events)
        kodi.playlist.entries = [('a', None), ('b', None), ('c', None)]

    def announce(self, method: str, **data: Any) -> None:
        self.events.publish(KodiNotification(method, data))

    def plays(self, position: int) -> None:
        """It plays from the playlist, -1: outside of it."""
        self.kodi.playlist.position = position
        self.announce('Player.OnAVStart')

    def asks(self, position: int, same: bool = False) -> bool:
        self.kodi.playlist.position, self.kodi.playlist.waits_for_answer = position, True
        return self.place.has_come_to(same)


@pytest.fixture
def evening(fake_kodi: FakeKodi) -> Iterator[Evening]:
    yield Evening(fake_kodi)


def test_the_first_entry_and_the_next_one(evening: Evening) -> None:
    assert evening.asks(0)
    evening.plays(0)
    assert evening.asks(1)


def test_a_video_outside_of_the_playlist(evening: Evening) -> None:
    assert not evening.asks(-1)
    evening.kodi.playlist.entries = []
    assert not evening.asks(0), 'Kodi keeps the position of a playlist that it has emptied'


def test_a_video_that_is_played_in_place_of_an_entry(evening: Evening) -> None:
    evening.plays(1)
    assert not evening.asks(1)


def test_an_entry_that_is_played_once_more(evening: Evening) -> None:
    evening.plays(1)
    assert evening.asks(1, same=True)
    evening.announce('Player.OnStop')
    assert evening.asks(1)


@pytest.mark.parametrize(('number', 'here'), [(1, True), (0, False)])
def test_a_playlist_that_was_filled_anew_meanwhile(evening: Evening, number: int, here: bool) -> None:
    """Kodi's playlist of music has another number."""
    evening.plays(0)
    data: Dict[str, Any] = {'playlistid': number}
    evening.announce('Playlist.OnClear', **data)
    assert evening.asks(0) is here
    evening.plays(0)
    assert not evening.asks(0)
