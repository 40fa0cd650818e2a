"""Who may control the player."""
from __future__ import annotations

import pytest

from resources.lib.plex_errors import PlexConnectionError
from resources.lib.remote_control import controllers
from resources.lib.remote_control.controllers import ADMITTED, REFUSED, TOO_MANY, Controller, Controllers

PHONE, OTHER = Controller('phone', '192.168.1.5'), Controller('tablet', '192.168.1.6')


class Desk:
    """Controllers with a clock, and a server that knows some tokens."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.good = {'ours'}
        self.asked: list[str] = []
        self.down = False
        self.controllers = Controllers(self.confirms, lambda: self.now)

    def confirms(self, token: str) -> bool:
        self.asked.append(token)
        if self.down:
            raise PlexConnectionError('away')
        return token in self.good


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_without_a_token_nobody_gets_in(desk: Desk) -> None:
    assert desk.controllers.admit(PHONE, '') == REFUSED
    assert not desk.asked


def test_a_token_is_asked_about_once(desk: Desk) -> None:
    assert [desk.controllers.admit(PHONE, 'ours') for _ in range(3)] == [ADMITTED] * 3
    assert [desk.controllers.admit(PHONE, 'wrong') for _ in range(3)] == [REFUSED] * 3
    assert desk.asked == ['ours', 'wrong']


def test_a_revoked_token_ends_with_the_hour(desk: Desk) -> None:
    desk.controllers.admit(PHONE, 'ours')
    desk.good.clear()
    desk.now += controllers.CONFIRMED_SECONDS + 1
    assert desk.controllers.admit(PHONE, 'ours') == REFUSED


def test_a_token_that_was_refused_may_be_good_later(desk: Desk) -> None:
    assert desk.controllers.admit(PHONE, 'new') == REFUSED
    desk.good.add('new')
    desk.now += controllers.REFUSED_SECONDS + 1
    assert desk.controllers.admit(PHONE, 'new') == ADMITTED


def test_who_shows_its_token_with_each_request_must_go_on_to_do_so(desk: Desk) -> None:
    desk.controllers.admit(PHONE, 'ours')
    assert desk.controllers.admit(PHONE, '') == REFUSED


def test_the_token_of_play_media_counts_for_an_hour_of_silence(desk: Desk) -> None:
    assert desk.controllers.admit(PHONE, '', 'ours') == ADMITTED
    for _ in range(3):
        desk.now += controllers.KNOWN_SECONDS - 1
        assert desk.controllers.admit(PHONE, '') == ADMITTED
    desk.now += controllers.KNOWN_SECONDS + 1
    assert desk.controllers.admit(PHONE, '') == REFUSED


def test_it_counts_for_that_identifier_at_that_address(desk: Desk) -> None:
    desk.controllers.admit(PHONE, '', 'ours')
    assert desk.controllers.admit(OTHER, '') == REFUSED
    assert desk.controllers.admit(Controller('phone', '192.168.1.6'), '') == REFUSED
    assert desk.controllers.admit(Controller('other', '192.168.1.5'), '') == REFUSED
    assert desk.controllers.admit(PHONE, 'wrong') == REFUSED, 'a wrong token is no better than none'


def test_guessing_is_slow_and_does_not_lock_others_out(desk: Desk) -> None:
    verdicts = [desk.controllers.admit(PHONE, 'guess %d' % number) for number in range(50)]
    assert verdicts.count(REFUSED) == len(desk.asked) == 5 and verdicts[-1] == TOO_MANY
    assert desk.controllers.admit(OTHER, 'ours') == ADMITTED
    assert desk.controllers.admit(PHONE, '', 'ours') == ADMITTED, 'what is known costs nothing'
    desk.now += 61
    assert desk.controllers.admit(PHONE, 'guess') == REFUSED


def test_many_guesses_make_nobody_forgotten(desk: Desk) -> None:
    desk.controllers.admit(OTHER, 'ours')
    for number in range(100):
        desk.now += 20
        desk.controllers.admit(Controller('x', '10.0.0.%d' % (number % 200)), 'guess %d' % number)
    assert desk.controllers.admit(OTHER, 'ours') == ADMITTED
    assert desk.asked.count('ours') == 1
    assert len(desk.controllers._tokens) <= 32


def test_odd_tokens_are_not_even_asked_about(desk: Desk) -> None:
    for odd in ('x' * 3000, 'ä' * 20, 'a\nb'):
        assert desk.controllers.admit(PHONE, odd) == REFUSED
    assert not desk.asked


def test_no_answer_is_no_admission_and_is_asked_again(desk: Desk) -> None:
    desk.down = True
    with pytest.raises(PlexConnectionError):
        desk.controllers.admit(PHONE, 'ours')
    desk.down = False
    assert desk.controllers.admit(PHONE, 'ours') == ADMITTED


def test_another_user_begins_anew(desk: Desk) -> None:
    desk.controllers.admit(PHONE, '', 'ours')
    desk.controllers.forget()
    assert desk.controllers.admit(PHONE, '') == REFUSED
    desk.good.clear()
    assert desk.controllers.admit(PHONE, 'ours') == REFUSED


def test_no_token_is_kept(desk: Desk) -> None:
    desk.controllers.admit(PHONE, '', 'ours')
    assert 'ours' not in repr(vars(desk.controllers))
