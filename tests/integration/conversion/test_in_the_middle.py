"""What is converted by itself: an original that fails, and a line that is too slow."""
from __future__ import annotations

import threading
from typing import Any, List, Set

import pytest

from resources.lib.kodi.texts import transcode as texts
from tests.integration.conversion.cinema import Cinema

#: That something does not play, and that Kodi is busy.
MESSAGE, BUSY = 'Window.IsVisible(okdialog)', 'Window.IsVisible(busydialog)'


def test_an_original_that_does_not_start_is_converted_once_with_a_notice(cinema: Cinema) -> None:
    assert not cinema.converts()
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.said() == [cinema.text(texts.ORIGINAL_FAILED)]
    cinema.reads(cinema.ask()['url'])
    assert cinema.transcodes()
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: not cinema.transcodes())  # it fails too
    assert len(cinema.opened) == 1 and len(cinema.said()) == 1


@pytest.mark.parametrize(('resume', 'expected'), [(False, False), (True, {'hours': 0, 'minutes': 10, 'seconds': 0,
                                                                         'milliseconds': 0})])
def test_what_does_not_start_begins_where_it_should_have(cinema: Cinema, resume: bool, expected: Any) -> None:
    cinema.sim.library.set_progress(cinema.key, 600_000)
    assert not cinema.converts(resume=resume)
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.opened[0]['options'] == {'resume': expected}


def test_one_that_breaks_off_in_its_first_seconds_has_not_started(cinema: Cinema) -> None:
    found = cinema.watch(cinema.key)
    cinema.kodi.wait_for(cinema._playing)
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert '/stream/' in found['url'] and cinema.converts()


def test_what_kodi_only_says_in_a_message_has_failed_too(cinema: Cinema) -> None:
    """Kodi 20 calls a video stopped that it could not open."""
    assert not cinema.converts()
    cinema.kodi.conditions.add(MESSAGE)
    cinema.kodi.stop()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.kodi.builtins[-1] == 'Dialog.Close(okdialog)' and cinema.converts()


def test_kodi_is_told_to_play_it_when_it_is_not_busy_any_more(cinema: Cinema) -> None:
    """With two such signs Kodi 20 ends itself: it shows one while it waits for our plugin."""
    assert not cinema.converts()
    looked = threading.Event()
    cinema.kodi.conditions = Looked(cinema.kodi.conditions | {BUSY}, looked, BUSY)
    cinema.kodi.fail()
    assert looked.wait(20.0) and not cinema.opened
    cinema.kodi.conditions.discard(BUSY)
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.converts()


@pytest.mark.parametrize('seen', [False, True])
def test_what_the_user_stops_has_not_failed(cinema: Cinema, seen: bool) -> None:
    if seen:
        cinema.watch(cinema.key)
        cinema.kodi.wait_for(cinema._playing)
    else:
        assert not cinema.converts()
    looked = threading.Event()
    cinema.kodi.conditions = Looked(cinema.kodi.conditions, looked, MESSAGE)
    cinema.kodi.stop()
    assert looked.wait(20.0)
    cinema.kodi.wait_for(lambda: not [one for one in threading.enumerate() if one.name == 'pkc-fallback'])
    assert not cinema.opened and not cinema.said()


class Looked(Set[str]):
    """Kodi's conditions; tells when somebody looks for one of them."""

    def __init__(self, conditions: Set[str], looked: threading.Event, wanted: str) -> None:
        super().__init__(conditions)
        self._looked = looked
        self._wanted = wanted

    def __contains__(self, condition: object) -> bool:
        if condition == self._wanted:
            self._looked.set()
        return super().__contains__(condition)


def test_one_that_breaks_off_later_is_not_converted(cinema: Cinema) -> None:
    cinema.watch(cinema.key)
    cinema.at(900.0)
    looked = cinema.kodi.playing.looks if cinema.kodi.playing else 0
    cinema.kodi.wait_for(lambda: cinema.kodi.playing is not None and cinema.kodi.playing.looks > looked + 2)
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: not cinema.watcher.active)
    assert not cinema.opened


def test_the_user_may_not_want_that(cinema: Cinema) -> None:
    cinema.settings(transcode_fallback=False)
    assert not cinema.converts()
    cinema.kodi.fail()
    cinema.kodi.wait_for(cinema.watcher._events.empty)
    assert not cinema.converts() and not cinema.opened


def test_what_another_add_on_plays_is_nothing_to_us(cinema: Cinema) -> None:
    cinema.kodi.fail()
    cinema.kodi.wait_for(cinema.watcher._events.empty)
    assert not cinema.opened


def test_a_line_that_is_too_slow_is_measured_and_the_rest_comes_smaller(cinema: Cinema) -> None:
    cinema.line(3200)
    found = cinema.watch(cinema.key, 700.0)
    cinema.reads(found['url'], 900_000)
    for position in (701.0, 702.0, 703.0):  # it stands still three times
        cinema.at(position)
        _stands_still(cinema)
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.said() == [cinema.text(texts.LINE_TOO_SLOW)]
    assert cinema.opened[0]['options']['resume']['minutes'] == 11
    assert cinema.converts()
    assert 'maxVideoBitrate=2000' in cinema.sim.requests.find('/decision')[-1].query
    assert cinema.converts()  # the line is remembered for a while


def test_a_player_that_stands_still_on_a_fast_line_is_left_alone(cinema: Cinema) -> None:
    cinema.line(20_000)
    found = cinema.watch(cinema.key, 700.0)
    cinema.reads(found['url'])
    for position in (701.0, 702.0, 703.0):
        cinema.at(position)
        _stands_still(cinema)
    assert not cinema.opened


def _stands_still(cinema: Cinema) -> None:
    """Until the server has heard of it."""
    before = len(_buffering(cinema))
    cinema.kodi.wait_for(lambda: len(_buffering(cinema)) > before or cinema.opened)


def _buffering(cinema: Cinema) -> List[Any]:
    return [entry for entry in cinema.sim.requests.find('/:/timeline') if 'state=buffering' in entry.query]
