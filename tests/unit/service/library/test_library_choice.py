"""Choosing libraries, as the user sees it: lists that a remote can handle, and nothing lost by Back."""
from __future__ import annotations

from typing import Any, List

import pytest

from resources.lib.kodi import settings
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import library as library_texts
from resources.lib.plex_errors import PlexConnectionError
from tests.unit.service.account.flow_environment import FlowEnvironment, section

FILMS, SERIES, DONE = 0, 1, 2
ON, WATCH_ONLY, OFF = 0, 1, 2
USUAL, DAILY, WEEKLY, BY_HAND = range(4)


def choose(flow_env: FlowEnvironment, *answers: Any) -> List[List[str]]:
    """The lists that the user saw."""
    flow_env.kodi.dialogs.clear()
    flow_env.kodi.answer(*answers)
    flow_env.does('choose_libraries')
    assert not flow_env.kodi.answers, 'a question was not asked'
    return [labels for _, labels, _ in flow_env.shown('select')]


def test_all_libraries_with_videos_are_offered(flow_env: FlowEnvironment) -> None:
    assert choose(flow_env, DONE) == [['Films: On', 'Series: On', 'Done']]
    assert flow_env.excluded == frozenset() and flow_env.syncs == 0 and flow_env.told() == []


def test_taking_a_library_out_asks_because_its_items_go(flow_env: FlowEnvironment) -> None:
    lists = choose(flow_env, FILMS, OFF, DONE, True)
    assert lists[-1] == ['Films: Off', 'Series: On', 'Done'] and len(flow_env.shown('yesno')) == 1
    assert flow_env.excluded == {'uuid-1'} and flow_env.syncs == 1
    assert flow_env.told() == [flow_env.text(library_texts.LIBRARIES_SAVED)]
    choose(flow_env, SERIES, ON, DAILY, DONE)
    assert flow_env.shown('yesno') == [], 'asked about a library that is out already'
    choose(flow_env, FILMS, ON, USUAL, DONE)
    assert flow_env.excluded == frozenset() and flow_env.shown('yesno') == []


def test_a_library_can_be_left_with_its_watch_state_only(flow_env: FlowEnvironment) -> None:
    lists = choose(flow_env, SERIES, WATCH_ONLY, USUAL, DONE)
    assert lists[-1][SERIES] == 'Series: Watch state only, no new items'
    assert settings.load().watch_only_libraries == {'uuid-2'}
    assert flow_env.excluded == frozenset() and flow_env.syncs == 1


@pytest.mark.parametrize(('index', 'word', 'label'), [
    (DAILY, 'daily', 'Films: On, Once a day'), (WEEKLY, 'weekly', 'Films: On, Once a week'),
    (BY_HAND, 'by_hand', 'Films: On, Only by hand')])
def test_each_library_has_its_own_interval(flow_env: FlowEnvironment, index: int, word: str, label: str) -> None:
    assert choose(flow_env, FILMS, ON, index, DONE)[-1][FILMS] == label
    assert settings.load().library_intervals == {'uuid-1': word}
    assert choose(flow_env, DONE) == [[label, 'Series: On', 'Done']]
    choose(flow_env, FILMS, ON, USUAL, DONE)
    assert settings.load().library_intervals == {}


def test_the_lists_show_what_was_chosen_before(flow_env: FlowEnvironment) -> None:
    choose(flow_env, FILMS, WATCH_ONLY, WEEKLY, DONE)
    choose(flow_env, FILMS, WATCH_ONLY, WEEKLY, DONE)
    assert [preselected for _, _, preselected in flow_env.shown('select')] == [0, WATCH_ONLY, WEEKLY, 0]
    assert flow_env.syncs == 1, 'nothing changed the second time'


def test_leaving_a_list_with_back_keeps_that_library_as_it_was(flow_env: FlowEnvironment) -> None:
    choose(flow_env, FILMS, -1, SERIES, ON, -1, -1)
    assert flow_env.syncs == 0 and flow_env.told() == []


def test_leaving_with_back_stores_what_was_chosen(flow_env: FlowEnvironment) -> None:
    choose(flow_env, FILMS, WATCH_ONLY, USUAL, -1)
    assert settings.load().watch_only_libraries == {'uuid-1'} and flow_env.syncs == 1


def test_saying_no_keeps_everything(flow_env: FlowEnvironment) -> None:
    choose(flow_env, SERIES, WATCH_ONLY, USUAL, FILMS, OFF, DONE, False)
    assert flow_env.excluded == frozenset() and flow_env.syncs == 0 and flow_env.told() == []
    assert settings.load().watch_only_libraries == frozenset()


def test_no_library_at_all_is_a_choice_too(flow_env: FlowEnvironment) -> None:
    choose(flow_env, FILMS, OFF, SERIES, OFF, DONE, True)
    assert flow_env.excluded == {'uuid-1', 'uuid-2'} and len(flow_env.shown('yesno')) == 1


def test_choices_for_another_server_are_kept(flow_env: FlowEnvironment) -> None:
    settings.set_libraries(['uuid-elsewhere', 'uuid-1'], ['uuid-there'], {'uuid-there': 'daily'})
    choose(flow_env, FILMS, ON, WEEKLY, DONE)
    chosen = settings.load()
    assert flow_env.excluded == {'uuid-elsewhere'} and chosen.watch_only_libraries == {'uuid-there'}
    assert chosen.library_intervals == {'uuid-there': 'daily', 'uuid-1': 'weekly'}


def test_a_library_that_was_excluded_by_its_number_can_be_taken_back(flow_env: FlowEnvironment) -> None:
    settings.set_libraries(['1'], [], {})
    assert choose(flow_env, FILMS, ON, USUAL, DONE)[0] == ['Films: Off', 'Series: On', 'Done']
    assert flow_env.excluded == frozenset()


def test_a_library_without_a_uuid_goes_by_its_number(flow_env: FlowEnvironment) -> None:
    flow_env.sections = [section('1', 'Films', uuid=''), section('2', 'Series', 'show')]
    choose(flow_env, FILMS, OFF, DONE, True)
    assert flow_env.excluded == {'1'}


def test_a_server_with_music_only_is_told_so(flow_env: FlowEnvironment) -> None:
    flow_env.sections = [section('3', 'Music', 'artist')]
    flow_env.does('choose_libraries')
    assert [message for _, message in flow_env.shown('ok')] == [flow_env.text(library_texts.NO_LIBRARIES)]
    assert flow_env.syncs == 0


def test_libraries_of_a_server_that_is_off_are_not_lost(flow_env: FlowEnvironment) -> None:
    settings.set_libraries(['uuid-2'], [], {})
    flow_env.auth.error = PlexConnectionError('away')
    flow_env.does('choose_libraries')
    assert flow_env.told() == [flow_env.text(error_texts.SERVER_UNREACHABLE)] and flow_env.excluded == {'uuid-2'}
