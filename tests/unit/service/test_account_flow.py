"""Signing in and choosing, as the user sees it: no question that has only one answer, and nothing lost by Cancel."""
from __future__ import annotations

import threading
from typing import Any, Dict, List, Optional

import pytest

from resources.lib.auth.errors import BadAddress, NeedsSecondPin, ServerUnreachable, UnknownServer, WrongPin
from resources.lib.auth.manager import SIGNED_IN, SIGNED_OUT, AuthStatus
from resources.lib.kodi import settings, texts
from resources.lib.kodi.addon import Addon
from resources.lib.kodi.windows import sign_in
from resources.lib.kodi_db.errors import DatabaseLocked
from resources.lib.plex_errors import PlexConnectionError, PlexServerError
from resources.lib.plex_model import Section
from resources.lib.plex_tv import HomeUser, ServerResource
from resources.lib.service.account_flow import AccountFlows, FlowHost
from tests.fakes import FakeKodi


def member(name: str, protected: bool = False) -> HomeUser:
    return HomeUser(name, name.lower(), name, '', name == 'Ann', False, False, protected)


def server(key: str, owned: bool = True, source: str = '') -> ServerResource:
    return ServerResource(key, 'Server ' + key, '1.43', owned, False, source, True, False, True)


def section(key: str, title: str, plex_type: str = 'movie', uuid: Optional[str] = None) -> Section:
    return Section(key, plex_type, title, 'uuid-' + key if uuid is None else uuid, False, 0, '')


class Auth:
    """plex.tv and what is remembered of it."""

    def __init__(self) -> None:
        self.listed = [server('a')]
        self.error: Optional[Exception] = None
        self.connect_error: Optional[Exception] = None
        self.user, self.chosen = '', ''
        self.calls: List[str] = []
        self.home: List[HomeUser] = []
        self.home_error: Optional[Exception] = None
        self.pins: Dict[str, str] = {}
        self.known: List[ServerResource] = []
        self.address_errors: List[Exception] = []

    def status(self) -> AuthStatus:
        return AuthStatus(SIGNED_IN if self.user else SIGNED_OUT, user_name=self.user,
                          server_name='Server ' + self.chosen if self.chosen else '',
                          machine_identifier=self.chosen, usable=bool(self.user))

    def home_users(self, own_pin: bool = False) -> List[HomeUser]:
        if self.home_error:
            raise self.home_error
        return self.home

    def select_user(self, uuid: str, pin: str = '') -> None:
        if self.pins.get(uuid, '') != pin:
            raise WrongPin()
        self.user = uuid.title()

    def begin_sign_in(self) -> str:
        if self.error:
            raise self.error
        return 'code'

    def begin_second_sign_in(self) -> str:
        return 'second code'

    def cancel_sign_in(self) -> None:
        self.calls.append('cancel')

    def servers(self) -> List[ServerResource]:
        if self.error:
            raise self.error
        return self.listed

    def known_servers(self) -> List[ServerResource]:
        return self.known

    def add_server(self, address: str) -> None:
        self.calls.append('add ' + address)
        if self.address_errors:
            raise self.address_errors.pop(0)
        self.chosen = 'typed'

    def select_server(self, key: str) -> None:
        self.chosen = key
        self.calls.append('select ' + key)

    def connection(self, force: bool = False) -> None:
        if self.connect_error:
            raise self.connect_error

    def sign_out(self) -> None:
        self.user = self.chosen = ''


class Sofa:
    """The user before the TV."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kodi, self.auth, self.syncs = kodi, Auth(), 0
        self.codes: List[Any] = []
        self.removed = 0
        self.remove_error: Optional[Exception] = None
        self.enters_code = True
        self.sections = [section('1', 'Films'), section('2', 'Series', 'show'), section('3', 'Music', 'artist')]
        monkeypatch.setattr(sign_in, 'show_sign_in', self._window)
        self.flows = AccountFlows(FlowHost(Addon(), self.auth, self._client, self._sync,  # type: ignore[arg-type]
                                           lambda: False, self._remove))

    def _remove(self) -> None:
        self.removed += 1
        if self.remove_error:
            raise self.remove_error

    def _window(self, attempt: Any, _new: Any, _addon: Any, _stop: Any) -> str:
        self.codes.append(attempt)
        if self.enters_code:
            self.auth.user = 'Ann'
        return 'linked' if self.enters_code else 'cancelled'

    def _client(self) -> Any:
        if self.auth.error:
            raise self.auth.error
        sofa = self

        class Client:
            def sections(self) -> List[Section]:
                return sofa.sections
        return Client()

    def _sync(self) -> None:
        self.syncs += 1

    def does(self, what: str) -> None:
        """Run a flow to its end."""
        assert getattr(self.flows, what)()
        for thread in threading.enumerate():
            if thread.name == 'pkc-flow':
                thread.join(2.0)
                assert not thread.is_alive()

    def asked(self, kind: str) -> List[Any]:
        return [arguments for one, arguments in self.kodi.dialogs if one == kind]

    def told(self) -> List[str]:
        return [message for _, message, _ in self.kodi.notifications]

    def text(self, text_id: int) -> str:
        return self.kodi.text(text_id)

    @property
    def excluded(self) -> Any:
        return settings.load().excluded_libraries


@pytest.fixture
def sofa(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Sofa:
    return Sofa(fake_kodi, monkeypatch)


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


# ---- libraries -----------------------------------------------------------------------------------------------------

def choose(sofa: Sofa, *answers: Any) -> Dict[str, Any]:
    sofa.kodi.dialogs.clear()
    sofa.kodi.answer(*answers)
    sofa.does('choose_libraries')
    (_, labels, ticked), = sofa.asked('multiselect')
    return {'labels': labels, 'ticked': ticked, 'questions': len(sofa.asked('yesno'))}


def test_all_libraries_with_videos_are_offered_and_ticked(sofa: Sofa) -> None:
    seen = choose(sofa, [0, 1])
    assert seen == {'labels': ['Films', 'Series'], 'ticked': [0, 1], 'questions': 0}
    assert sofa.excluded == frozenset() and sofa.syncs == 1
    assert sofa.told() == [sofa.text(texts.LIBRARIES_SAVED)]


def test_taking_a_library_out_asks_because_its_items_go(sofa: Sofa) -> None:
    assert choose(sofa, [1], True)['questions'] == 1
    assert sofa.excluded == {'uuid-1'} and sofa.syncs == 1
    assert choose(sofa, [1])['ticked'] == [1]
    assert choose(sofa, [0, 1])['questions'] == 0
    assert sofa.excluded == frozenset()


def test_saying_no_keeps_everything(sofa: Sofa) -> None:
    choose(sofa, [1], False)
    assert sofa.excluded == frozenset() and sofa.syncs == 0 and sofa.told() == []


def test_cancelling_keeps_everything(sofa: Sofa) -> None:
    settings.set_excluded_libraries(['uuid-2'])
    choose(sofa, None)
    assert sofa.excluded == {'uuid-2'} and sofa.syncs == 0


def test_no_library_at_all_is_a_choice_too(sofa: Sofa) -> None:
    choose(sofa, [], True)
    assert sofa.excluded == {'uuid-1', 'uuid-2'}


def test_choices_for_another_server_are_kept(sofa: Sofa) -> None:
    settings.set_excluded_libraries(['uuid-elsewhere', 'uuid-1'])
    choose(sofa, [0, 1])
    assert sofa.excluded == {'uuid-elsewhere'}


def test_a_library_that_was_excluded_by_its_number_can_be_taken_back(sofa: Sofa) -> None:
    settings.set_excluded_libraries(['1'])
    assert choose(sofa, [0, 1])['ticked'] == [1]
    assert sofa.excluded == frozenset()


def test_a_library_without_a_uuid_goes_by_its_number(sofa: Sofa) -> None:
    sofa.sections = [section('1', 'Films', uuid=''), section('2', 'Series', 'show')]
    choose(sofa, [1], True)
    assert sofa.excluded == {'1'}


def test_a_server_with_music_only_is_told_so(sofa: Sofa) -> None:
    sofa.sections = [section('3', 'Music', 'artist')]
    sofa.does('choose_libraries')
    assert [message for _, message in sofa.asked('ok')] == [sofa.text(texts.NO_LIBRARIES)] and sofa.syncs == 0


def test_libraries_of_a_server_that_is_off_are_not_lost(sofa: Sofa) -> None:
    settings.set_excluded_libraries(['uuid-2'])
    sofa.auth.error = PlexConnectionError('away')
    sofa.does('choose_libraries')
    assert sofa.told() == [sofa.text(texts.SERVER_UNREACHABLE)] and sofa.excluded == {'uuid-2'}
