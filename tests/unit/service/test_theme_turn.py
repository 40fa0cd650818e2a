"""A show's music plays once while its lists are open, and never in the way of anything else."""
from __future__ import annotations

from typing import List, Optional

import pytest

from resources.lib.kodi.open_list import OpenShow
from resources.lib.service.theme_music.turn import Piece, Turn

ONE, SEASON, TWO, WITHOUT, NOWHERE = (OpenShow(1), OpenShow(rating_key='s1'), OpenShow(2), OpenShow(3), OpenShow())
URLS = {ONE: 'http://one', SEASON: 'http://one', TWO: 'http://two'}


class Player:
    """Kodi's player, and a user."""

    def __init__(self) -> None:
        self.playing = ''
        self.quiet = True
        self.history: List[str] = []

    def is_silent(self) -> bool:
        return not self.playing

    def is_at_rest(self) -> bool:
        return self.quiet

    def play(self, url: str, title: str) -> None:
        assert title == 'Show'
        self.playing = url
        self.history.append(url)

    def stop(self, url: str) -> None:
        if self.playing == url:
            self.playing = ''
            self.history.append('stop')


class Evening:
    def __init__(self) -> None:
        self.player, self.now = Player(), 100.0
        self.there, self.plays_meanwhile, self.loads = True, False, 0
        self.turn = Turn(self._piece, self.player, lambda: self.now)

    def _piece(self, shown: OpenShow) -> Optional[Piece]:
        return Piece(URLS[shown], 'Show', self._load) if shown in URLS else None

    def _load(self) -> bool:
        self.loads += 1
        if self.plays_meanwhile:
            self.player.playing = 'http://film'
        return self.there

    def shows(self, *lists: OpenShow) -> None:
        for shown in lists:
            for _ in range(3):
                self.turn.look(shown)
            self.now += 1.0


@pytest.fixture
def evening() -> Evening:
    return Evening()


def test_it_plays_once_and_ends_with_the_list(evening: Evening) -> None:
    evening.shows(NOWHERE, ONE, ONE, SEASON, ONE, NOWHERE)
    assert evening.player.history == ['http://one', 'stop']


def test_it_is_not_repeated_while_the_list_stays_open(evening: Evening) -> None:
    evening.shows(ONE)
    evening.player.playing = ''  # it is over, or the user has stopped it
    evening.shows(ONE, SEASON)
    assert evening.player.history == ['http://one']
    evening.shows(NOWHERE, ONE)
    assert evening.player.history == ['http://one', 'http://one']


def test_another_show_has_its_own(evening: Evening) -> None:
    evening.shows(ONE, TWO, WITHOUT)
    assert evening.player.history == ['http://one', 'stop', 'http://two', 'stop']


def test_it_waits_for_a_quiet_moment(evening: Evening) -> None:
    evening.player.quiet = False
    evening.shows(ONE)
    assert evening.player.history == []
    evening.player.quiet = True
    evening.shows(ONE)
    assert evening.player.history == ['http://one']


def test_it_does_not_end_while_kodi_may_be_opening_something_else(evening: Evening) -> None:
    evening.shows(ONE)
    evening.player.quiet = False
    evening.shows(NOWHERE)
    assert evening.player.history == ['http://one']
    evening.player.quiet = True
    evening.shows(NOWHERE)
    assert evening.player.history == ['http://one', 'stop']


def test_back_again_before_its_end_it_goes_on(evening: Evening) -> None:
    evening.shows(ONE)
    evening.player.quiet = False
    evening.shows(NOWHERE, ONE)
    evening.player.quiet = True
    evening.shows(ONE, NOWHERE)
    assert evening.player.history == ['http://one', 'stop']


def test_a_dialog_over_the_list_changes_nothing(evening: Evening) -> None:
    evening.shows(ONE)
    evening.turn.look(None)
    evening.shows(ONE)
    assert evening.player.history == ['http://one']


def test_what_the_user_plays_is_left_alone_for_the_whole_visit(evening: Evening) -> None:
    evening.player.playing = 'http://song'
    evening.shows(ONE)
    evening.player.playing = ''
    evening.shows(ONE, SEASON, NOWHERE)
    assert evening.player.history == []


def test_nothing_begins_or_is_stopped_while_kodi_is_about_to_play(evening: Evening) -> None:
    evening.turn.asked_to_play()
    evening.shows(ONE)
    assert evening.player.history == []
    evening.now += 60
    evening.shows(NOWHERE, TWO)
    evening.turn.asked_to_play()  # the user has chosen an episode and left the list at once
    evening.shows(NOWHERE)
    assert evening.player.history == ['http://two']
    evening.now += 60  # it did not play
    evening.shows(NOWHERE)
    assert evening.player.history == ['http://two', 'stop']


def test_a_film_that_took_its_place_is_not_stopped(evening: Evening) -> None:
    evening.shows(ONE)
    evening.player.playing = 'http://film'
    evening.shows(NOWHERE)
    assert evening.player.playing == 'http://film'


def test_kodi_is_told_when_it_is_there_and_does_not_wait_for_the_server(evening: Evening) -> None:
    evening.turn.look(ONE)
    assert (evening.loads, evening.player.history) == (1, [])
    evening.turn.look(ONE)
    assert (evening.loads, evening.player.history) == (1, ['http://one'])


def test_what_the_server_does_not_give_is_left_out(evening: Evening) -> None:
    evening.there = False
    evening.shows(ONE, ONE)
    assert (evening.loads, evening.player.history) == (1, [])


def test_what_begins_while_it_is_fetched_is_left_alone(evening: Evening) -> None:
    evening.plays_meanwhile = True
    evening.shows(ONE)
    assert evening.player.history == []
