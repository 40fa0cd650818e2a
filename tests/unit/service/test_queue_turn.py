"""What is remembered of Kodi's playlist, where several servers have items and play queues of the same number."""
from __future__ import annotations

from typing import Any, Dict

from resources.lib.kodi import playlist
from resources.lib.playback.queue_place import QueuePlace
from resources.lib.plex_queues import PlayQueue
from resources.lib.service import queue_entries
from resources.lib.service.queue_turn import QueueTurn
from tests.fakes import FakeKodi

HERE, THERE = 'a' * 40, 'b' * 40


def wire(machine: str, rating_key: str = '7') -> Dict[str, Any]:
    return {'url': 'plugin://film', 'label': 'Film', 'mediatype': 'movie', 'properties': {
        playlist.SERVER: machine, playlist.ITEM: rating_key, playlist.PLACE: '5:1', playlist.START: '90.000'}}


def queue(version: str) -> PlayQueue:
    return PlayQueue('5', '1', 0, (), version)


def test_an_item_of_another_server_with_the_same_key_is_no_entry(fake_kodi: FakeKodi) -> None:
    turn = QueueTurn()
    turn.give([wire(HERE)])
    assert turn.standing(THERE, '7') is None
    found = turn.standing(HERE, '7')
    assert found is not None and (found.place, found.start_s) == (QueuePlace('5', '1'), 90.0)


def test_a_queue_of_another_server_with_the_same_number_has_a_version_of_its_own(fake_kodi: FakeKodi) -> None:
    turn = QueueTurn()
    turn.take(object(), HERE, queue('1'))
    turn.changed(THERE, queue('9'))
    assert (turn.version(HERE, '5'), turn.version(THERE, '5')) == ('1', '')
    turn.changed(HERE, queue('2'))
    assert turn.version(HERE, '5') == '2'


def test_what_plays_stands_where_the_entry_of_its_own_server_does(fake_kodi: FakeKodi) -> None:
    playlist.fill([wire(HERE)])
    fake_kodi.playlist.position = 0
    assert queue_entries.current_place(HERE, '7') == QueuePlace('5', '1')
    assert queue_entries.current_place(THERE, '7') is None
