"""Choosing several servers, and what happens to one that is not wanted any more."""
from __future__ import annotations

from typing import Any, List, Tuple

import pytest

from resources.lib.auth.errors import ServerRefused
from resources.lib.kodi import settings
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import several_servers as texts
from resources.lib.plex_errors import PlexCancelled, PlexServerError
from resources.lib.service.events import ServerChosen
from tests.unit.service.account.flow_environment import FlowEnvironment, flow_env, server

__all__ = ['flow_env']


@pytest.fixture
def env(flow_env: FlowEnvironment) -> FlowEnvironment:
    flow_env.auth.listed = [server('a'), server('b', False, 'Bob'), server('c')]
    flow_env.auth.user, flow_env.auth.chosen = 'Ann', 'b'
    return flow_env


def left(env: FlowEnvironment) -> List[Tuple[str, ...]]:
    """The servers whose items are to go."""
    found: List[Tuple[str, ...]] = []
    env.shared.events.subscribe(ServerChosen, lambda event: found.append(event.left))
    return found


def test_several_are_ticked_in_one_list_and_the_present_one_is_ticked_already(env: FlowEnvironment) -> None:
    gone = left(env)
    env.kodi.answer(4, [1, 2])
    env.does('choose_server')
    assert env.shown('multiselect') == [(env.text(texts.CHOOSE_SERVERS), ['Server a', 'Server b (Bob)', 'Server c'],
                                         [1])]
    assert (env.auth.chosen, env.auth.others) == ('b', ('c',))
    assert env.syncs == 1 and gone == [()] and not env.shown('yesno')
    assert settings.load().server_name == 'Server b, Server c'


def test_with_several_the_entry_for_them_is_the_one_that_is_ticked(env: FlowEnvironment) -> None:
    env.auth.others = ('a',)
    env.does('choose_server')
    (_, labels, current), = env.shown('select')
    assert current == 4
    assert labels[4] == (env.text(texts.SEVERAL_AT_ONCE), 'Server a, Server b') or labels[4] == env.text(
        texts.SEVERAL_AT_ONCE)
    assert env.syncs == 0


def test_one_that_is_left_is_asked_about_and_its_items_go(env: FlowEnvironment) -> None:
    env.auth.others = ('a', 'c')
    gone = left(env)
    env.kodi.answer(4, [0, 1], True)
    env.does('choose_server')
    (_, question), = [one[:2] for one in env.shown('yesno')]
    assert question == env.text(texts.LEAVE_SERVERS_QUESTION) % 'Server c'
    assert gone == [('c',)] and (env.auth.chosen, env.auth.others) == ('a', ('b',))


@pytest.mark.parametrize('answers', [(4, [0, 1], False), (4, []), (4, None), (0, False)])
def test_no_and_giving_up_change_nothing(env: FlowEnvironment, answers: Any) -> None:
    env.auth.others = ('c',)
    gone = left(env)
    env.kodi.answer(*answers)
    env.does('choose_server')
    assert (env.auth.chosen, env.auth.others) == ('b', ('c',)) and gone == [] and env.syncs == 0


def test_one_instead_of_another_takes_one_press_and_no_question(env: FlowEnvironment) -> None:
    gone = left(env)
    env.kodi.answer(0)
    env.does('choose_server')
    assert env.auth.calls == ['select a'] and gone == [()] and not env.shown('yesno') and env.syncs == 1


def test_with_a_single_server_there_is_nothing_of_several(env: FlowEnvironment) -> None:
    env.auth.listed = [server('a')]
    env.does('choose_server')
    (_, labels, _), = env.shown('select')
    assert labels == ['Server a', env.text(account_texts.ENTER_ADDRESS)]


@pytest.mark.parametrize('error', [PlexServerError(503, 'starting'), ServerRefused('no token'), PlexCancelled('end')])
def test_a_server_that_does_not_want_us_yet_keeps_neither_the_others_nor_what_is_left_waiting(
        env: FlowEnvironment, error: Exception) -> None:
    env.auth.others, env.auth.connect_error = ('a',), error
    gone = left(env)
    env.kodi.answer(4, [1, 2], True)
    env.does('choose_server')
    assert gone == [('a',)] and (env.auth.chosen, env.auth.others) == ('b', ('c',)) and env.syncs == 1
