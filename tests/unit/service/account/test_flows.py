"""Signing in and choosing, as the user sees it: no question that has only one answer, and nothing lost by Cancel."""
from __future__ import annotations

import threading
from typing import List

import pytest

from resources.lib.auth.errors import BadAddress, NeedsSecondPin, ServerUnreachable, UnknownServer
from resources.lib.kodi import settings
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import library as library_texts
from resources.lib.kodi.texts import several_servers
from resources.lib.kodi_db.errors import DatabaseMissing
from resources.lib.plex_errors import PlexConnectionError, PlexServerError
from resources.lib.sql.errors import DatabaseLocked
from tests.unit.service.account.flow_environment import FlowEnvironment, member, server

# ---- signing in ----------------------------------------------------------------------------------------------------

def test_with_one_server_there_is_no_question_and_the_sync_begins(flow_env: FlowEnvironment) -> None:
    flow_env.does('sign_in')
    assert flow_env.kodi.dialogs == [] and flow_env.auth.chosen == 'a' and flow_env.syncs == 1
    assert settings.load().user_name == 'Ann' and settings.load().server_name == 'Server a'


def test_with_several_servers_the_user_chooses_and_sees_whose_they_are(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed = [server('a'), server('b', False, 'Bob'), server('c', False)]
    flow_env.kodi.answer(1)
    flow_env.does('sign_in')
    (_, labels, _), = flow_env.shown('select')
    assert labels == ['Server a', 'Server b (Bob)', 'Server c', flow_env.text(account_texts.ENTER_ADDRESS),
                      flow_env.text(several_servers.SEVERAL_AT_ONCE)]
    assert flow_env.auth.chosen == 'b' and flow_env.syncs == 1


def test_closing_the_list_of_servers_chooses_none(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed = [server('a'), server('b')]
    flow_env.does('sign_in')
    assert flow_env.auth.chosen == '' and flow_env.syncs == 0


def test_an_account_without_a_server_is_told_so(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed = []
    flow_env.does('sign_in')
    assert [message for _, message in flow_env.shown('ok')] == [flow_env.text(error_texts.NO_SERVERS)]
    assert flow_env.syncs == 0


def test_signing_in_again_keeps_the_server_that_was_chosen(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed, flow_env.auth.chosen = [server('a'), server('b')], 'b'
    flow_env.does('sign_in')
    assert flow_env.kodi.dialogs == [] and flow_env.auth.chosen == 'b' and flow_env.syncs == 1


def test_giving_up_the_code_changes_nothing(flow_env: FlowEnvironment) -> None:
    flow_env.enters_code = False
    flow_env.does('sign_in')
    assert flow_env.auth.calls == ['cancel'] and flow_env.syncs == 0 and flow_env.kodi.dialogs == []


def test_a_server_that_wants_a_second_code_says_why_and_shows_it(flow_env: FlowEnvironment) -> None:
    flow_env.auth.connect_error = NeedsSecondPin()
    flow_env.does('sign_in')
    assert flow_env.codes == ['code', 'second code']
    assert [message for _, message in flow_env.shown('ok')] == [flow_env.text(account_texts.SECOND_SIGN_IN)]


def test_a_server_that_is_off_does_not_undo_the_sign_in(flow_env: FlowEnvironment) -> None:
    flow_env.auth.connect_error = PlexConnectionError('away')
    flow_env.does('sign_in')
    assert flow_env.auth.chosen == 'a' and flow_env.syncs == 1
    assert flow_env.told() == [flow_env.text(error_texts.SERVER_UNREACHABLE)]


@pytest.mark.parametrize('flow', ['sign_in', 'choose_server'])
def test_without_internet_the_user_hears_of_plex_tv_not_of_his_server(flow_env: FlowEnvironment, flow: str) -> None:
    """The server stands in the next room and is fine; it is plex.tv that does not answer."""
    flow_env.auth.error = PlexConnectionError('POST /api/v2/pins: connection failed')
    flow_env.does(flow)
    assert flow_env.told() == [flow_env.text(error_texts.PLEX_TV_UNREACHABLE)]


def test_a_defect_in_a_window_is_told_and_the_next_try_works(flow_env: FlowEnvironment) -> None:
    flow_env.auth.error = RuntimeError('defect')
    flow_env.does('sign_in')
    assert flow_env.told() == [flow_env.text(error_texts.ERROR)]
    flow_env.auth.error = None
    flow_env.does('sign_in')
    assert flow_env.auth.chosen == 'a'


def test_only_one_window_at_a_time(flow_env: FlowEnvironment) -> None:
    release = threading.Event()
    flow_env.on_sync = lambda: release.wait(2)
    assert flow_env.start('sign_in')
    assert not flow_env.start('sign_in') and not flow_env.start('choose_libraries')
    release.set()
    flow_env.finish()
    flow_env.does('choose_server')


# ---- who watches ----------------------------------------------------------------------------------------------------

def test_a_home_with_one_user_is_not_asked_who_watches(flow_env: FlowEnvironment) -> None:
    flow_env.auth.home = [member('Ann')]
    flow_env.does('sign_in')
    assert flow_env.kodi.dialogs == [] and flow_env.auth.user == 'Ann'


def test_a_child_watches_as_the_child(flow_env: FlowEnvironment) -> None:
    flow_env.auth.home = [member('Ann'), member('Kim')]
    flow_env.kodi.answer(1)
    flow_env.does('sign_in')
    (_, labels, _), = flow_env.shown('select')
    assert labels == ['Ann', 'Kim'] and flow_env.shown('input') == []
    assert settings.load().user_name == 'Kim' and flow_env.syncs == 1


def test_nobody_becomes_a_protected_user_without_the_pin(flow_env: FlowEnvironment) -> None:
    flow_env.auth.home, flow_env.auth.pins = [member('Ann'), member('Bob', True)], {'bob': '1234'}
    flow_env.kodi.answer(1, '1111', True, '2222', True, '3333', True, -1)
    flow_env.does('sign_in')
    assert len(flow_env.shown('input')) == 3 and flow_env.shown('ok')[0][1] == flow_env.text(account_texts.WRONG_PIN)
    assert flow_env.auth.user == 'Ann' and flow_env.auth.chosen == 'a'


def test_the_right_pin_on_the_second_try(flow_env: FlowEnvironment) -> None:
    flow_env.auth.home, flow_env.auth.pins = [member('Ann'), member('Bob', True)], {'bob': '1234'}
    flow_env.kodi.answer(1, '1111', True, '1234')
    flow_env.does('sign_in')
    assert flow_env.auth.user == 'Bob' and len(flow_env.shown('ok')) == 1


def test_closing_the_pin_leads_back_to_the_list(flow_env: FlowEnvironment) -> None:
    flow_env.auth.home, flow_env.auth.pins = [member('Ann'), member('Bob', True)], {'bob': '1234'}
    flow_env.kodi.answer(1, '', 0)
    flow_env.does('sign_in')
    assert len(flow_env.shown('select')) == 2 and flow_env.shown('select')[1][2] == 1 and flow_env.auth.user == 'Ann'


def test_a_home_that_cannot_be_asked_for_does_not_stop_the_sign_in(flow_env: FlowEnvironment) -> None:
    flow_env.auth.home_error = PlexConnectionError('away')
    flow_env.does('sign_in')
    assert flow_env.told() == [flow_env.text(error_texts.PLEX_TV_UNREACHABLE)] and flow_env.syncs == 1


# ---- the offer after the installation ------------------------------------------------------------------------------

def test_the_offer_after_the_installation_leads_to_the_code(flow_env: FlowEnvironment) -> None:
    flow_env.kodi.answer(True)
    flow_env.does('offer_sign_in')
    assert flow_env.codes == ['code'] and settings.load().offered_sign_in


def test_a_user_who_declines_is_not_asked_again(flow_env: FlowEnvironment) -> None:
    flow_env.does('offer_sign_in')
    assert flow_env.codes == [] and settings.load().offered_sign_in


def test_nobody_is_asked_who_is_signed_in(flow_env: FlowEnvironment) -> None:
    flow_env.auth.user = 'Ann'
    flow_env.does('offer_sign_in')
    assert flow_env.kodi.dialogs == []


# ---- a library of PlexKodiConnect 3.x -----------------------------------------------------------------------------

@pytest.mark.parametrize('flow', ['sign_in', 'choose_server'])
def test_the_question_about_an_older_library_comes_before_the_first_sync(flow_env: FlowEnvironment, flow: str) -> None:
    flow_env.kodi.answer(0)
    flow_env.does(flow)
    assert flow_env.questions == [0] and flow_env.syncs == 1


def test_a_library_that_cannot_be_read_does_not_stop_the_sign_in(flow_env: FlowEnvironment) -> None:
    flow_env.old_items = DatabaseMissing('none')
    flow_env.does('sign_in')
    assert flow_env.auth.chosen == 'a' and flow_env.syncs == 1 and flow_env.told() == []


@pytest.mark.parametrize('answer', [True, False])
def test_the_question_at_the_start_of_kodi_holds_the_sync_until_it_is_answered(
        flow_env: FlowEnvironment, monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    held: List[int] = []
    monkeypatch.setattr(flow_env.library.sync, 'hold', lambda: held.append(1))
    monkeypatch.setattr(flow_env.library.sync, 'release', lambda: held.append(-len(flow_env.questions)))
    flow_env.auth.user, flow_env.auth.chosen, flow_env.old_items = 'Ann', 'a', answer
    flow_env.library.start()
    flow_env.finish()
    flow_env.library.stop()
    assert held == [1, -1] and flow_env.syncs == int(answer)


@pytest.mark.parametrize('answer', [True, False])
def test_the_action_in_the_settings_begins_a_sync_only_after_a_yes(flow_env: FlowEnvironment, answer: bool) -> None:
    flow_env.auth.user, flow_env.auth.chosen, flow_env.old_items = 'Ann', 'a', answer
    flow_env.does('take_over')
    assert flow_env.syncs == int(answer)


def test_the_action_in_the_settings_says_that_the_library_is_locked(flow_env: FlowEnvironment) -> None:
    flow_env.auth.user, flow_env.old_items = 'Ann', DatabaseLocked('in use')
    flow_env.does('take_over')
    assert flow_env.told() == [flow_env.text(error_texts.DATABASE_BUSY)]


# ---- signing out and choosing a server -----------------------------------------------------------------------------

@pytest.mark.parametrize('answer', [True, False])
def test_signing_out_asks_first(flow_env: FlowEnvironment, answer: bool) -> None:
    flow_env.auth.user = 'Ann'
    flow_env.account.flows.show_names()
    flow_env.kodi.answer(answer)
    flow_env.does('sign_out')
    assert flow_env.auth.user == settings.load().user_name == ('' if answer else 'Ann')
    assert flow_env.told() == ([flow_env.text(account_texts.SIGNED_OUT)] if answer else [])


@pytest.mark.parametrize('answer', [True, False])
def test_who_signs_out_is_asked_what_becomes_of_the_library(flow_env: FlowEnvironment, answer: bool) -> None:
    flow_env.auth.user = 'Ann'
    flow_env.kodi.answer(True, answer)
    flow_env.does('sign_out')
    assert flow_env.auth.user == '' and flow_env.removed == int(answer)
    removed = [flow_env.text(library_texts.ITEMS_REMOVED)] if answer else []
    assert flow_env.told() == removed + [flow_env.text(account_texts.SIGNED_OUT)]


def test_a_library_that_is_locked_while_signing_out_is_told(flow_env: FlowEnvironment) -> None:
    flow_env.auth.user, flow_env.remove_error = 'Ann', DatabaseLocked('in use')
    flow_env.kodi.answer(True, True)
    flow_env.does('sign_out')
    assert flow_env.auth.user == '' and flow_env.text(error_texts.DATABASE_BUSY) in flow_env.told()


def test_another_server_can_be_chosen_and_the_current_one_is_marked(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed, flow_env.auth.chosen = [server('a'), server('b')], 'b'
    flow_env.kodi.answer(0)
    flow_env.does('choose_server')
    assert flow_env.shown('select')[0][2] == 1 and flow_env.auth.chosen == 'a' and flow_env.syncs == 1


def test_choosing_no_other_server_syncs_nothing(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed, flow_env.auth.chosen = [server('a'), server('b')], 'b'
    flow_env.does('choose_server')
    assert flow_env.auth.chosen == 'b' and flow_env.syncs == 0


def test_an_address_can_be_typed_and_corrected_until_a_server_of_the_account_answers(flow_env: FlowEnvironment) -> None:
    flow_env.auth.user = 'Ann'
    flow_env.auth.address_errors = [BadAddress(), ServerUnreachable(), UnknownServer(), PlexServerError(503, 'GET /')]
    flow_env.kodi.answer(1, 'a', True, 'b', True, 'c', True, 'd', True, '10.0.0.2')
    flow_env.does('choose_server')
    assert flow_env.auth.chosen == 'typed' and flow_env.syncs == 1
    assert [text for _, text in flow_env.shown('ok')] == [
        flow_env.text(number) for number in (error_texts.BAD_ADDRESS, error_texts.NO_SERVER_THERE,
                                             error_texts.SERVER_NOT_SHARED, error_texts.SERVER_BUSY)]
    assert [default for _, default, *_ in flow_env.shown('input')] == ['', 'a', 'b', 'c', 'd'], 'nothing is typed twice'


def test_typing_no_address_changes_nothing(flow_env: FlowEnvironment) -> None:
    flow_env.auth.user, flow_env.auth.chosen = 'Ann', 'a'
    flow_env.kodi.answer(1, '')
    flow_env.does('choose_server')
    assert flow_env.auth.chosen == 'a' and not flow_env.syncs


def test_without_internet_the_known_servers_can_be_chosen(flow_env: FlowEnvironment) -> None:
    flow_env.auth.user, flow_env.auth.error = 'Ann', PlexConnectionError()
    flow_env.auth.known = [server('a'), server('b')]
    flow_env.kodi.answer(1)
    flow_env.does('choose_server')
    assert flow_env.auth.chosen == 'b'


def test_choosing_among_no_servers_says_so(flow_env: FlowEnvironment) -> None:
    flow_env.auth.listed = []
    flow_env.does('choose_server')
    assert [message for _, message in flow_env.shown('ok')] == [flow_env.text(error_texts.NO_SERVERS)]
