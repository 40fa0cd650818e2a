"""A sign-in that has ended is told once, not every few minutes, and passing trouble is not told at all."""
from __future__ import annotations

from typing import List, Tuple

import pytest

from resources.lib.auth.manager import SIGN_IN_AGAIN, SIGNED_IN, SIGNED_OUT, AuthStatus
from resources.lib.kodi import texts
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.service.account.notice import SignInNotice

GOOD = AuthStatus(SIGNED_IN)
REVOKED = AuthStatus(SIGN_IN_AGAIN, message_key='device_revoked')


def busy(_name: str) -> bool:
    """A film is playing, or another dialog is open."""
    return False


@pytest.mark.parametrize('message_key', ['device_revoked', 'key_lost', 'credentials_damaged'])
def test_one_sentence_for_each_reason(message_key: str) -> None:
    told: List[Tuple[str, bool]] = []
    notice = SignInNotice(lambda name, error: told.append((name, error)), busy)
    for _ in range(5):
        notice.look(AuthStatus(SIGN_IN_AGAIN, message_key=message_key))
    assert len(told) == 1
    assert texts.by_name(told[0][0]) != error_texts.ERROR


def test_it_is_told_again_when_it_happens_again() -> None:
    told: List[str] = []
    notice = SignInNotice(lambda name, _: told.append(name), busy)
    for status in (GOOD, REVOKED, REVOKED, GOOD, REVOKED):
        notice.look(status)
    assert told == ['sign_in_again', 'sign_in_again']


def test_user_whose_pin_is_needed_is_told() -> None:
    told: List[str] = []
    SignInNotice(lambda name, _: told.append(name), busy).look(AuthStatus(SIGNED_IN, message_key='choose_user_again'))
    assert told == ['choose_user_again']


@pytest.mark.parametrize('status', [GOOD, AuthStatus(SIGNED_OUT), AuthStatus(SIGNED_IN, message_key='server_starting'),
                                    AuthStatus(SIGNED_IN, message_key='plex_tv_unreachable')])
def test_what_passes_by_itself_is_no_news(status: AuthStatus) -> None:
    SignInNotice(lambda name, _: pytest.fail(name), pytest.fail).look(status)


class Viewer:
    """Sits before the screen, except while a film plays; asked once, he says Later."""

    def __init__(self, film: bool = False) -> None:
        self.film = film
        self.told: List[str] = []
        self.asked: List[str] = []
        self.notice = SignInNotice(lambda name, _: self.told.append(name), self._ask)

    def _ask(self, name: str) -> bool:
        if not self.film:
            self.asked.append(name)
        return not self.film

    def looks(self, *states: AuthStatus) -> None:
        for status in states:
            self.notice.look(status)


def test_who_sits_before_the_screen_is_asked_instead() -> None:
    viewer = Viewer()
    viewer.looks(GOOD, REVOKED, REVOKED, REVOKED)
    assert (viewer.told, viewer.asked) == ([], ['sign_in_again']), 'Later means later, not in five minutes'
    viewer.looks(GOOD, REVOKED)
    assert len(viewer.asked) == 2, 'another time'


def test_during_a_film_a_line_and_the_question_afterwards() -> None:
    viewer = Viewer(film=True)
    viewer.looks(REVOKED, REVOKED)
    assert (viewer.told, viewer.asked) == (['sign_in_again'], [])
    viewer.film = False
    viewer.looks(REVOKED, REVOKED)
    assert (viewer.told, viewer.asked) == (['sign_in_again'], ['sign_in_again'])
