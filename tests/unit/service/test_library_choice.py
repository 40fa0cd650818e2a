"""Choosing libraries, as the user sees it: lists that a remote can handle, and nothing lost by Back."""
from __future__ import annotations

from typing import Any, List

import pytest

from resources.lib.kodi import settings, texts
from resources.lib.plex_errors import PlexConnectionError
from tests.unit.service.sofa import Sofa, section

FILMS, SERIES, DONE = 0, 1, 2
ON, WATCH_ONLY, OFF = 0, 1, 2
USUAL, DAILY, WEEKLY, BY_HAND = range(4)


def choose(sofa: Sofa, *answers: Any) -> List[List[str]]:
    """The lists that the user saw."""
    sofa.kodi.dialogs.clear()
    sofa.kodi.answer(*answers)
    sofa.does('choose_libraries')
    assert not sofa.kodi.answers, 'a question was not asked'
    return [labels for _, labels, _ in sofa.asked('select')]


def test_all_libraries_with_videos_are_offered(sofa: Sofa) -> None:
    assert choose(sofa, DONE) == [['Films: On', 'Series: On', 'Done']]
    assert sofa.excluded == frozenset() and sofa.syncs == 0 and sofa.told() == []


def test_taking_a_library_out_asks_because_its_items_go(sofa: Sofa) -> None:
    lists = choose(sofa, FILMS, OFF, DONE, True)
    assert lists[-1] == ['Films: Off', 'Series: On', 'Done'] and len(sofa.asked('yesno')) == 1
    assert sofa.excluded == {'uuid-1'} and sofa.syncs == 1 and sofa.told() == [sofa.text(texts.LIBRARIES_SAVED)]
    choose(sofa, SERIES, ON, DAILY, DONE)
    assert sofa.asked('yesno') == [], 'asked about a library that is out already'
    choose(sofa, FILMS, ON, USUAL, DONE)
    assert sofa.excluded == frozenset() and sofa.asked('yesno') == []


def test_a_library_can_be_left_with_its_watch_state_only(sofa: Sofa) -> None:
    lists = choose(sofa, SERIES, WATCH_ONLY, USUAL, DONE)
    assert lists[-1][SERIES] == 'Series: Watch state only, no new items'
    assert settings.load().watch_only_libraries == {'uuid-2'} and sofa.excluded == frozenset() and sofa.syncs == 1


@pytest.mark.parametrize(('index', 'word', 'label'), [
    (DAILY, 'daily', 'Films: On, Once a day'), (WEEKLY, 'weekly', 'Films: On, Once a week'),
    (BY_HAND, 'by_hand', 'Films: On, Only by hand')])
def test_each_library_has_its_own_interval(sofa: Sofa, index: int, word: str, label: str) -> None:
    assert choose(sofa, FILMS, ON, index, DONE)[-1][FILMS] == label
    assert settings.load().library_intervals == {'uuid-1': word}
    assert choose(sofa, DONE) == [[label, 'Series: On', 'Done']]
    choose(sofa, FILMS, ON, USUAL, DONE)
    assert settings.load().library_intervals == {}


def test_the_lists_show_what_was_chosen_before(sofa: Sofa) -> None:
    choose(sofa, FILMS, WATCH_ONLY, WEEKLY, DONE)
    choose(sofa, FILMS, WATCH_ONLY, WEEKLY, DONE)
    assert [preselected for _, _, preselected in sofa.asked('select')] == [0, WATCH_ONLY, WEEKLY, 0]
    assert sofa.syncs == 1, 'nothing changed the second time'


def test_leaving_a_list_with_back_keeps_that_library_as_it_was(sofa: Sofa) -> None:
    choose(sofa, FILMS, -1, SERIES, ON, -1, -1)
    assert sofa.syncs == 0 and sofa.told() == []


def test_leaving_with_back_stores_what_was_chosen(sofa: Sofa) -> None:
    choose(sofa, FILMS, WATCH_ONLY, USUAL, -1)
    assert settings.load().watch_only_libraries == {'uuid-1'} and sofa.syncs == 1


def test_saying_no_keeps_everything(sofa: Sofa) -> None:
    choose(sofa, SERIES, WATCH_ONLY, USUAL, FILMS, OFF, DONE, False)
    assert sofa.excluded == frozenset() and sofa.syncs == 0 and sofa.told() == []
    assert settings.load().watch_only_libraries == frozenset()


def test_no_library_at_all_is_a_choice_too(sofa: Sofa) -> None:
    choose(sofa, FILMS, OFF, SERIES, OFF, DONE, True)
    assert sofa.excluded == {'uuid-1', 'uuid-2'} and len(sofa.asked('yesno')) == 1


def test_choices_for_another_server_are_kept(sofa: Sofa) -> None:
    settings.set_libraries(['uuid-elsewhere', 'uuid-1'], ['uuid-there'], {'uuid-there': 'daily'})
    choose(sofa, FILMS, ON, WEEKLY, DONE)
    chosen = settings.load()
    assert sofa.excluded == {'uuid-elsewhere'} and chosen.watch_only_libraries == {'uuid-there'}
    assert chosen.library_intervals == {'uuid-there': 'daily', 'uuid-1': 'weekly'}


def test_a_library_that_was_excluded_by_its_number_can_be_taken_back(sofa: Sofa) -> None:
    settings.set_libraries(['1'], [], {})
    assert choose(sofa, FILMS, ON, USUAL, DONE)[0] == ['Films: Off', 'Series: On', 'Done']
    assert sofa.excluded == frozenset()


def test_a_library_without_a_uuid_goes_by_its_number(sofa: Sofa) -> None:
    sofa.sections = [section('1', 'Films', uuid=''), section('2', 'Series', 'show')]
    choose(sofa, FILMS, OFF, DONE, True)
    assert sofa.excluded == {'1'}


def test_a_server_with_music_only_is_told_so(sofa: Sofa) -> None:
    sofa.sections = [section('3', 'Music', 'artist')]
    sofa.does('choose_libraries')
    assert [message for _, message in sofa.asked('ok')] == [sofa.text(texts.NO_LIBRARIES)] and sofa.syncs == 0


def test_libraries_of_a_server_that_is_off_are_not_lost(sofa: Sofa) -> None:
    settings.set_libraries(['uuid-2'], [], {})
    sofa.auth.error = PlexConnectionError('away')
    sofa.does('choose_libraries')
    assert sofa.told() == [sofa.text(texts.SERVER_UNREACHABLE)] and sofa.excluded == {'uuid-2'}
