"""Many notifications become one look at the libraries concerned."""
from __future__ import annotations

import threading
from typing import Any, List, Optional

import pytest

from resources.lib.plex_errors import PlexBadAnswer
from resources.lib.plex_notifications import ItemChanged, PlaybackGoesOn, PlaybackStopped, SectionChanged, read_frame
from resources.lib.service.live.gathering import LONGEST, MOST_ITEMS, QUIET, SILENT, Gathering, Heard
from tests.fakes import FakeKodi
from tests.support.shared import FakeClock


class Listener:
    """A gathering and what it passed on."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.gathering = Gathering(self.clock, lambda key: {'7': '1', '8': '2'}.get(key, ''))
        self.taken: List[Optional[Heard]] = []
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        while True:
            self.taken.append(self.gathering.take())
            if self.taken[-1] is None:
                return

    def after(self, count: int) -> List[Optional[Heard]]:
        FakeKodi.wait_for(lambda: len(self.taken) >= count)
        return self.taken


@pytest.fixture
def listener() -> Any:
    made = Listener()
    yield made
    made.gathering.end()
    made._thread.join(20)
    assert made.taken[-1] is None


def test_what_comes_together_is_one_request_for_its_libraries(listener: Listener) -> None:
    for notification in (ItemChanged('5', '3'), ItemChanged('7', ''), PlaybackStopped('8'), SectionChanged('3')):
        listener.gathering.add(notification)
    assert listener.clock.settle() and listener.taken == []
    listener.clock.now += QUIET
    assert listener.after(1) == [Heard(frozenset({'1', '2', '3'}), frozenset({'5', '7', '8'}))]


def test_what_belongs_to_no_library_that_is_known_means_all(listener: Listener) -> None:
    listener.gathering.add(ItemChanged('5', '3'))
    listener.gathering.add(ItemChanged('99', ''))
    listener.clock.now += QUIET
    assert listener.after(1) == [Heard(frozenset(), frozenset({'5', '99'}))]


def test_a_server_that_never_rests_is_followed_all_the_same(listener: Listener) -> None:
    for _ in range(int(LONGEST / (QUIET / 2)) + 1):
        listener.gathering.add(ItemChanged('7', ''))
        listener.clock.now += QUIET / 2
    assert listener.after(1)[0] == Heard(frozenset({'1'}), frozenset({'7'}))


def test_so_many_items_are_looked_at_as_libraries(listener: Listener) -> None:
    for number in range(MOST_ITEMS + 1):
        listener.gathering.add(ItemChanged(str(number), '3'))
    listener.clock.now += LONGEST
    assert listener.after(1) == [Heard(frozenset({'3'}), frozenset())]


def test_what_is_being_played_is_looked_at_when_it_stops(listener: Listener) -> None:
    for _ in range(3):
        listener.gathering.add(ItemChanged('7', '1'))
        listener.gathering.add(PlaybackGoesOn('7'))
        listener.clock.now += LONGEST
        assert listener.clock.settle() and listener.taken == []
    listener.gathering.add(ItemChanged('8', '2'))
    listener.clock.now += QUIET
    assert listener.after(1) == [Heard(frozenset({'2'}), frozenset({'8'}))]
    listener.gathering.add(PlaybackStopped('7'))
    listener.clock.now += QUIET
    assert listener.after(2)[1] == Heard(frozenset({'1'}), frozenset({'7'}))


def test_a_playback_of_which_nothing_is_heard_any_more_is_over(listener: Listener) -> None:
    listener.gathering.add(PlaybackGoesOn('7'))
    listener.clock.now += SILENT
    listener.gathering.add(ItemChanged('7', '1'))
    listener.clock.now += QUIET
    assert listener.after(1) == [Heard(frozenset({'1'}), frozenset({'7'}))]


def test_the_playback_of_what_is_not_in_kodi_is_no_reason_to_look(listener: Listener) -> None:
    listener.gathering.add(PlaybackStopped('99'))
    listener.clock.now += LONGEST
    assert listener.clock.settle() and listener.taken == []


@pytest.mark.parametrize(('payload', 'found'), [
    ({'TimelineEntry': [{'itemID': 7, 'sectionID': '1', 'state': 5, 'identifier': 'com.plexapp.plugins.library'}]},
     [ItemChanged('7', '1')]),
    ({'TimelineEntry': [{'itemID': '7', 'sectionID': -1, 'state': 9}]}, [ItemChanged('7', '')]),
    ({'TimelineEntry': {'itemID': '7', 'sectionID': 1, 'state': '0', 'metadataState': 'deleted'}},
     [ItemChanged('7', '1')]),
    ({'TimelineEntry': [{'itemID': 7, 'sectionID': 1, 'state': state} for state in (0, 1, 2, 3, 4, 6)]}, []),
    ({'TimelineEntry': [{'itemID': 7, 'state': 5, 'identifier': 'com.plexapp.plugins.photos'}, 'x', None]}, []),
    ({'PlaySessionStateNotification': [{'ratingKey': '7', 'state': 'stopped'}, {'ratingKey': '8', 'state': 'playing'}]},
     [PlaybackStopped('7'), PlaybackGoesOn('8')]),
    ({'ActivityNotification': [{'event': 'ended', 'Activity': {'type': 'library.update.section',
                                                               'Context': {'librarySectionID': '4'}}}]},
     [SectionChanged('4')]),
    ({'ActivityNotification': [{'event': 'updated', 'Activity': {'type': 'library.update.section'}}]}, []),
    ({'type': 'reachability'}, []), ({}, [])])
def test_a_frame_says_what_is_worth_a_look(payload: Any, found: List[Any]) -> None:
    import json
    assert read_frame(json.dumps({'NotificationContainer': payload}).encode()) == found


@pytest.mark.parametrize('frame', [b'', b'{', b'[]', b'7', b'\xff\xfe', b'{"NotificationContainer": ' + b'[' * 9999])
def test_a_frame_that_is_none_is_said_to_be_one(frame: bytes) -> None:
    with pytest.raises(PlexBadAnswer):
        read_frame(frame)
