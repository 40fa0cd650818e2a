"""The first steps, as the user goes through them: what has only one answer is not asked, and Back loses nothing."""
from __future__ import annotations

from typing import Any, List

import pytest

from resources.lib.kodi import settings
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import library as library_texts
from resources.lib.kodi.texts import start as texts
from resources.lib.plex_errors import PlexConnectionError
from tests.unit.service.account.flow_environment import FlowEnvironment, member, section, server

FILMS, SERIES, DONE = 0, 1, 2
OFF = 2


def go(flow_env: FlowEnvironment, flow: str, *answers: Any) -> List[str]:
    """Run the guide to its end; the headings of what was asked."""
    flow_env.kodi.dialogs.clear()
    flow_env.kodi.answers.clear()
    flow_env.kodi.answer(*answers)
    flow_env.does(flow)
    assert not flow_env.kodi.answers, 'a question was not asked'
    return [str(arguments[1] if kind == 'yesno' else arguments[0]) for kind, arguments in flow_env.kodi.dialogs]


def test_everything_is_asked_in_its_order(flow_env: FlowEnvironment) -> None:
    flow_env.auth.home = [member('Ann'), member('Ben')]
    flow_env.auth.listed = [server('a'), server('b')]
    asked = go(flow_env, 'offer_sign_in', True, 1, 1, DONE)
    assert asked == [flow_env.text(text_id) for text_id in (
        account_texts.SIGN_IN_OFFER, account_texts.CHOOSE_USER, account_texts.CHOOSE_SERVER, texts.GUIDE_LIBRARIES)]
    assert (flow_env.auth.user, flow_env.auth.chosen) == ('Ben', 'b')
    assert flow_env.syncs == 1, 'it has begun before the libraries were asked about, and goes on'
    assert not flow_env.shared.guide.active and settings.load().offered_sign_in


def test_what_has_only_one_answer_is_not_asked(flow_env: FlowEnvironment) -> None:
    flow_env.sections = [section('1', 'Films'), section('3', 'Music', 'artist')]
    assert go(flow_env, 'offer_sign_in', True) == [flow_env.text(account_texts.SIGN_IN_OFFER)]
    assert flow_env.auth.chosen == 'a' and flow_env.syncs == 1


def test_libraries_that_are_taken_out_at_first_need_no_second_question(flow_env: FlowEnvironment) -> None:
    asked = go(flow_env, 'offer_sign_in', True, FILMS, OFF, DONE)
    assert flow_env.shown('yesno') == [('PlexKodiConnect', asked[0])]
    assert flow_env.excluded == {'uuid-1'} and flow_env.syncs == 2
    assert flow_env.shown('select')[0][2] == DONE, 'one press goes on'


@pytest.mark.parametrize('answers', [(False,), ()])
def test_who_wants_to_sign_in_later_is_not_asked_again(flow_env: FlowEnvironment, answers: Any) -> None:
    assert len(go(flow_env, 'offer_sign_in', *answers)) == 1
    assert flow_env.codes == [] and flow_env.syncs == 0 and settings.load().offered_sign_in


def test_giving_up_the_code_ends_it(flow_env: FlowEnvironment) -> None:
    flow_env.enters_code = False
    assert len(go(flow_env, 'offer_sign_in', True)) == 1
    assert flow_env.syncs == 0 and flow_env.told() == []


def test_without_a_server_there_is_nothing_to_go_on_with(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed = []
    go(flow_env, 'offer_sign_in', True)
    assert [message for _, message in flow_env.shown('ok')] == [flow_env.text(error_texts.NO_SERVERS)]
    assert flow_env.shown('select') == []


def signed_in(flow_env: FlowEnvironment) -> None:
    flow_env.auth.user, flow_env.auth.chosen = 'Ann', 'a'


def test_again_everything_can_be_kept_by_going_back(flow_env: FlowEnvironment) -> None:
    signed_in(flow_env)
    flow_env.auth.home = [member('Ann'), member('Ben')]
    flow_env.auth.listed = [server('a'), server('b')]
    asked = go(flow_env, 'set_up', False, -1, -1, -1)
    assert asked == [flow_env.text(texts.SIGNED_IN_ALREADY) % 'Ann'] + [flow_env.text(text_id) for text_id in (
        account_texts.CHOOSE_USER, account_texts.CHOOSE_SERVER, texts.GUIDE_LIBRARIES)]
    assert (flow_env.auth.user, flow_env.auth.chosen) == ('Ann', 'a')
    assert flow_env.syncs == 0 and flow_env.excluded == frozenset() and flow_env.codes == []


def test_again_with_nothing_to_choose_only_the_account_is_asked_about(flow_env: FlowEnvironment) -> None:
    signed_in(flow_env)
    flow_env.auth.home, flow_env.sections = [member('Ann')], [section('1', 'Films')]
    assert go(flow_env, 'set_up', False) == [flow_env.text(texts.SIGNED_IN_ALREADY) % 'Ann']


def test_again_with_another_account(flow_env: FlowEnvironment) -> None:
    signed_in(flow_env)
    flow_env.auth.listed = [server('b')]
    go(flow_env, 'set_up', True, DONE)
    assert flow_env.codes == ['code'] and flow_env.auth.chosen == 'b' and flow_env.syncs == 1


def test_giving_up_another_account_goes_on_with_this_one(flow_env: FlowEnvironment) -> None:
    signed_in(flow_env)
    flow_env.enters_code = False
    asked = go(flow_env, 'set_up', True, DONE)
    assert asked[-1] == flow_env.text(texts.GUIDE_LIBRARIES) and flow_env.auth.user == 'Ann' and flow_env.syncs == 0


def test_again_a_library_that_goes_is_asked_about(flow_env: FlowEnvironment) -> None:
    signed_in(flow_env)
    asked = go(flow_env, 'set_up', False, FILMS, OFF, DONE, True)
    assert asked[-1] == flow_env.text(library_texts.REMOVE_LIBRARIES_QUESTION)
    assert flow_env.excluded == {'uuid-1'} and flow_env.syncs == 1


def test_again_with_another_user_the_library_follows(flow_env: FlowEnvironment) -> None:
    signed_in(flow_env)
    flow_env.auth.home, flow_env.sections = [member('Ann'), member('Ben')], [section('1', 'Films')]
    go(flow_env, 'set_up', False, 1, True)
    assert flow_env.auth.user == 'Ben' and flow_env.syncs == 1


def test_set_up_without_an_account_begins_with_the_code(flow_env: FlowEnvironment) -> None:
    assert go(flow_env, 'set_up', DONE) == [flow_env.text(texts.GUIDE_LIBRARIES)]
    assert flow_env.codes == ['code'] and flow_env.syncs == 1


def test_plex_tv_that_is_away_does_not_keep_the_user_from_the_libraries(flow_env: FlowEnvironment) -> None:
    signed_in(flow_env)
    flow_env.auth.home_error = PlexConnectionError('GET /api/v2/home/users: connection failed')
    asked = go(flow_env, 'set_up', False, DONE)
    assert asked[-1] == flow_env.text(texts.GUIDE_LIBRARIES)
    assert flow_env.told() == [flow_env.text(error_texts.PLEX_TV_UNREACHABLE)]


def test_plex_tv_that_is_away_from_the_beginning_is_told_once(flow_env: FlowEnvironment) -> None:
    flow_env.auth.error = PlexConnectionError('POST /api/v2/pins: connection failed')
    assert len(go(flow_env, 'offer_sign_in', True)) == 1
    assert flow_env.told() == [flow_env.text(error_texts.PLEX_TV_UNREACHABLE)]


def test_without_a_chosen_server_no_library_is_said_to_be_empty(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed = [server('a'), server('b')]
    asked = go(flow_env, 'offer_sign_in', True, -1)
    assert asked[-1] == flow_env.text(account_texts.CHOOSE_SERVER) and flow_env.syncs == 0
