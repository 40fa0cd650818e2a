"""A sign-in that has ended is told once, not every few minutes, and passing trouble is not told at all."""
from __future__ import annotations

from typing import List, Tuple

import pytest

from resources.lib.auth.manager import SIGN_IN_AGAIN, SIGNED_IN, SIGNED_OUT, AuthStatus
from resources.lib.kodi import texts
from resources.lib.service.sign_in_notice import SignInNotice

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
    assert texts.by_name(told[0][0]) != texts.ERROR


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


def test_who_sits_before_the_screen_is_asked_instead() -> None:
    asked: List[str] = []
    notice = SignInNotice(lambda name, _: pytest.fail(name), lambda name: not asked.append(name))  # type: ignore[func-returns-value]
    for status in (GOOD, REVOKED, REVOKED, REVOKED):
        notice.look(status)
    assert asked == ['sign_in_again'], 'Later means later, not in five minutes'
    for status in (GOOD, REVOKED):
        notice.look(status)
    assert len(asked) == 2, 'another time'


def test_during_a_film_a_line_and_the_question_afterwards() -> None:
    told: List[str] = []
    asked: List[str] = []
    film = [True]
    notice = SignInNotice(lambda name, _: told.append(name), lambda name: not film[0] and not asked.append(name))  # type: ignore[func-returns-value]
    notice.look(REVOKED)
    notice.look(REVOKED)
    assert (told, asked) == (['sign_in_again'], [])
    film[0] = False
    notice.look(REVOKED)
    notice.look(REVOKED)
    assert (told, asked) == (['sign_in_again'], ['sign_in_again'])
