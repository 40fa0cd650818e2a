"""Signing in and choosing, as the user sees it: no question that has only one answer, and nothing lost by Cancel."""
from __future__ import annotations

import threading
from typing import List

import pytest

from resources.lib.auth.errors import BadAddress, NeedsSecondPin, ServerUnreachable, UnknownServer
from resources.lib.kodi import settings, texts
from resources.lib.kodi_db.errors import DatabaseLocked, DatabaseMissing
from resources.lib.plex_errors import PlexConnectionError, PlexServerError
from tests.fakes import FakeKodi
from tests.unit.service.sofa import Sofa, member, server

# ---- signing in ----------------------------------------------------------------------------------------------------

def test_with_one_server_there_is_no_question_and_the_sync_begins(sofa: Sofa) -> None:
    sofa.does('sign_in')
    assert sofa.kodi.dialogs == [] and sofa.auth.chosen == 'a' and sofa.syncs == 1
    assert settings.load().user_name == 'Ann' and settings.load().server_name == 'Server a'


def test_with_several_servers_the_user_chooses_and_sees_whose_they_are(sofa: Sofa) -> None:
    sofa.auth.listed = [server('a'), server('b', False, 'Bob'), server('c', False)]
    sofa.kodi.answer(1)
    sofa.does('sign_in')
    (_, labels, _), = sofa.asked('select')
    assert labels == ['Server a', 'Server b (Bob)', 'Server c', sofa.text(texts.ENTER_ADDRESS)]
    assert sofa.auth.chosen == 'b' and sofa.syncs == 1


def test_closing_the_list_of_servers_chooses_none(sofa: Sofa) -> None:
    sofa.auth.listed = [server('a'), server('b')]
    sofa.does('sign_in')
    assert sofa.auth.chosen == '' and sofa.syncs == 0


def test_an_account_without_a_server_is_told_so(sofa: Sofa) -> None:
    sofa.auth.listed = []
    sofa.does('sign_in')
    assert [message for _, message in sofa.asked('ok')] == [sofa.text(texts.NO_SERVERS)]
    assert sofa.syncs == 0


def test_signing_in_again_keeps_the_server_that_was_chosen(sofa: Sofa) -> None:
    sofa.auth.listed, sofa.auth.chosen = [server('a'), server('b')], 'b'
    sofa.does('sign_in')
    assert sofa.kodi.dialogs == [] and sofa.auth.chosen == 'b' and sofa.syncs == 1


def test_giving_up_the_code_changes_nothing(sofa: Sofa) -> None:
    sofa.enters_code = False
    sofa.does('sign_in')
    assert sofa.auth.calls == ['cancel'] and sofa.syncs == 0 and sofa.kodi.dialogs == []


def test_a_server_that_wants_a_second_code_says_why_and_shows_it(sofa: Sofa) -> None:
    sofa.auth.connect_error = NeedsSecondPin()
    sofa.does('sign_in')
    assert sofa.codes == ['code', 'second code']
    assert [message for _, message in sofa.asked('ok')] == [sofa.text(texts.SECOND_SIGN_IN)]


def test_a_server_that_is_off_does_not_undo_the_sign_in(sofa: Sofa) -> None:
    sofa.auth.connect_error = PlexConnectionError('away')
    sofa.does('sign_in')
    assert sofa.auth.chosen == 'a' and sofa.syncs == 1
    assert sofa.told() == [sofa.text(texts.SERVER_UNREACHABLE)]


@pytest.mark.parametrize('flow', ['sign_in', 'choose_server'])
def test_without_internet_the_user_hears_of_plex_tv_not_of_his_server(sofa: Sofa, flow: str) -> None:
    """The server stands in the next room and is fine; it is plex.tv that does not answer."""
    sofa.auth.error = PlexConnectionError('POST /api/v2/pins: connection failed')
    sofa.does(flow)
    assert sofa.told() == [sofa.text(texts.PLEX_TV_UNREACHABLE)]


def test_a_defect_in_a_window_is_told_and_the_next_try_works(sofa: Sofa) -> None:
    sofa.auth.error = RuntimeError('defect')
    sofa.does('sign_in')
    assert sofa.told() == [sofa.text(texts.ERROR)]
    sofa.auth.error = None
    sofa.does('sign_in')
    assert sofa.auth.chosen == 'a'


def test_only_one_window_at_a_time(sofa: Sofa) -> None:
    release = threading.Event()
    sofa.flows._host = sofa.flows._host._replace(library_wanted=lambda: release.wait(2))
    assert sofa.flows.sign_in()
    assert not sofa.flows.sign_in() and not sofa.flows.choose_libraries()
    release.set()
    FakeKodi.wait_for(lambda: not sofa.flows._busy.locked())
    assert sofa.flows.choose_server()
    FakeKodi.wait_for(lambda: not sofa.flows._busy.locked())


# ---- who watches ----------------------------------------------------------------------------------------------------

def test_a_home_with_one_user_is_not_asked_who_watches(sofa: Sofa) -> None:
    sofa.auth.home = [member('Ann')]
    sofa.does('sign_in')
    assert sofa.kodi.dialogs == [] and sofa.auth.user == 'Ann'


def test_a_child_watches_as_the_child(sofa: Sofa) -> None:
    sofa.auth.home = [member('Ann'), member('Kim')]
    sofa.kodi.answer(1)
    sofa.does('sign_in')
    (_, labels, _), = sofa.asked('select')
    assert labels == ['Ann', 'Kim'] and sofa.asked('input') == []
    assert settings.load().user_name == 'Kim' and sofa.syncs == 1


def test_nobody_becomes_a_protected_user_without_the_pin(sofa: Sofa) -> None:
    sofa.auth.home, sofa.auth.pins = [member('Ann'), member('Bob', True)], {'bob': '1234'}
    sofa.kodi.answer(1, '1111', True, '2222', True, '3333', True, -1)
    sofa.does('sign_in')
    assert len(sofa.asked('input')) == 3 and sofa.asked('ok')[0][1] == sofa.text(texts.WRONG_PIN)
    assert sofa.auth.user == 'Ann' and sofa.auth.chosen == 'a'


def test_the_right_pin_on_the_second_try(sofa: Sofa) -> None:
    sofa.auth.home, sofa.auth.pins = [member('Ann'), member('Bob', True)], {'bob': '1234'}
    sofa.kodi.answer(1, '1111', True, '1234')
    sofa.does('sign_in')
    assert sofa.auth.user == 'Bob' and len(sofa.asked('ok')) == 1


def test_closing_the_pin_leads_back_to_the_list(sofa: Sofa) -> None:
    sofa.auth.home, sofa.auth.pins = [member('Ann'), member('Bob', True)], {'bob': '1234'}
    sofa.kodi.answer(1, '', 0)
    sofa.does('sign_in')
    assert len(sofa.asked('select')) == 2 and sofa.asked('select')[1][2] == 1 and sofa.auth.user == 'Ann'


def test_a_home_that_cannot_be_asked_for_does_not_stop_the_sign_in(sofa: Sofa) -> None:
    sofa.auth.home_error = PlexConnectionError('away')
    sofa.does('sign_in')
    assert sofa.told() == [sofa.text(texts.PLEX_TV_UNREACHABLE)] and sofa.syncs == 1


# ---- the offer after the installation ------------------------------------------------------------------------------

def test_the_offer_after_the_installation_leads_to_the_code(sofa: Sofa) -> None:
    sofa.kodi.answer(True)
    sofa.does('offer_sign_in')
    assert sofa.codes == ['code'] and settings.load().offered_sign_in


def test_a_user_who_declines_is_not_asked_again(sofa: Sofa) -> None:
    sofa.does('offer_sign_in')
    assert sofa.codes == [] and settings.load().offered_sign_in


def test_nobody_is_asked_who_is_signed_in(sofa: Sofa) -> None:
    sofa.auth.user = 'Ann'
    sofa.does('offer_sign_in')
    assert sofa.kodi.dialogs == []


# ---- a library of PlexKodiConnect 3.x -----------------------------------------------------------------------------

@pytest.mark.parametrize('flow', ['sign_in', 'choose_server'])
def test_the_question_about_an_older_library_comes_before_the_first_sync(sofa: Sofa, flow: str) -> None:
    sofa.kodi.answer(0)
    sofa.does(flow)
    assert sofa.questions == [0] and sofa.syncs == 1


def test_a_library_that_cannot_be_read_does_not_stop_the_sign_in(sofa: Sofa) -> None:
    sofa.old_items = DatabaseMissing('none')
    sofa.does('sign_in')
    assert sofa.auth.chosen == 'a' and sofa.syncs == 1 and sofa.told() == []


@pytest.mark.parametrize('answer', [True, False])
def test_the_question_at_the_start_of_kodi_holds_the_sync_until_it_is_answered(sofa: Sofa, answer: bool) -> None:
    released: List[int] = []
    sofa.auth.chosen, sofa.old_items = 'a', answer
    assert sofa.flows.offer_take_over(lambda: released.append(len(sofa.questions)))
    FakeKodi.wait_for(lambda: released and not sofa.flows._busy.locked())
    assert released == [1] and sofa.syncs == int(answer)


@pytest.mark.parametrize('answer', [True, False])
def test_the_action_in_the_settings_begins_a_sync_only_after_a_yes(sofa: Sofa, answer: bool) -> None:
    sofa.auth.chosen, sofa.old_items = 'a', answer
    sofa.does('take_over')
    assert sofa.syncs == int(answer)


def test_the_action_in_the_settings_says_that_the_library_is_locked(sofa: Sofa) -> None:
    sofa.old_items = DatabaseLocked('in use')
    sofa.does('take_over')
    assert sofa.told() == [sofa.text(texts.DATABASE_BUSY)]


# ---- signing out and choosing a server -----------------------------------------------------------------------------

@pytest.mark.parametrize('answer', [True, False])
def test_signing_out_asks_first(sofa: Sofa, answer: bool) -> None:
    sofa.auth.user = 'Ann'
    sofa.flows.show_names()
    sofa.kodi.answer(answer)
    sofa.does('sign_out')
    assert sofa.auth.user == settings.load().user_name == ('' if answer else 'Ann')
    assert sofa.told() == ([sofa.text(texts.SIGNED_OUT)] if answer else [])


@pytest.mark.parametrize('answer', [True, False])
def test_who_signs_out_is_asked_what_becomes_of_the_library(sofa: Sofa, answer: bool) -> None:
    sofa.auth.user = 'Ann'
    sofa.kodi.answer(True, answer)
    sofa.does('sign_out')
    assert sofa.auth.user == '' and sofa.removed == int(answer)
    assert sofa.told() == ([sofa.text(texts.ITEMS_REMOVED)] if answer else []) + [sofa.text(texts.SIGNED_OUT)]


def test_a_library_that_is_locked_while_signing_out_is_told(sofa: Sofa) -> None:
    sofa.auth.user, sofa.remove_error = 'Ann', DatabaseLocked('in use')
    sofa.kodi.answer(True, True)
    sofa.does('sign_out')
    assert sofa.auth.user == '' and sofa.text(texts.DATABASE_BUSY) in sofa.told()


def test_another_server_can_be_chosen_and_the_current_one_is_marked(sofa: Sofa) -> None:
    sofa.auth.listed, sofa.auth.chosen = [server('a'), server('b')], 'b'
    sofa.kodi.answer(0)
    sofa.does('choose_server')
    assert sofa.asked('select')[0][2] == 1 and sofa.auth.chosen == 'a' and sofa.syncs == 1


def test_choosing_no_other_server_syncs_nothing(sofa: Sofa) -> None:
    sofa.auth.listed, sofa.auth.chosen = [server('a'), server('b')], 'b'
    sofa.does('choose_server')
    assert sofa.auth.chosen == 'b' and sofa.syncs == 0


def test_an_address_can_be_typed_and_corrected_until_a_server_of_the_account_answers(sofa: Sofa) -> None:
    sofa.auth.user = 'Ann'
    sofa.auth.address_errors = [BadAddress(), ServerUnreachable(), UnknownServer(), PlexServerError(503, 'GET /')]
    sofa.kodi.answer(1, 'a', True, 'b', True, 'c', True, 'd', True, '10.0.0.2')
    sofa.does('choose_server')
    assert sofa.auth.chosen == 'typed' and sofa.syncs == 1
    assert [text for _, text in sofa.asked('ok')] == [
        sofa.text(number) for number in (texts.BAD_ADDRESS, texts.NO_SERVER_THERE, texts.SERVER_NOT_SHARED,
                                         texts.SERVER_BUSY)]
    assert [default for _, default, *_ in sofa.asked('input')] == ['', 'a', 'b', 'c', 'd'], 'nothing is typed twice'


def test_typing_no_address_changes_nothing(sofa: Sofa) -> None:
    sofa.auth.user, sofa.auth.chosen = 'Ann', 'a'
    sofa.kodi.answer(1, '')
    sofa.does('choose_server')
    assert sofa.auth.chosen == 'a' and not sofa.syncs


def test_without_internet_the_known_servers_can_be_chosen(sofa: Sofa) -> None:
    sofa.auth.user, sofa.auth.error = 'Ann', PlexConnectionError()
    sofa.auth.known = [server('a'), server('b')]
    sofa.kodi.answer(1)
    sofa.does('choose_server')
    assert sofa.auth.chosen == 'b'


def test_choosing_among_no_servers_says_so(sofa: Sofa) -> None:
    sofa.auth.listed = []
    sofa.does('choose_server')
    assert [message for _, message in sofa.asked('ok')] == [sofa.text(texts.NO_SERVERS)]
