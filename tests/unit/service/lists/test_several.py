"""How the lists of several servers become one."""
from __future__ import annotations

from typing import Any, List

from resources.lib.service.lists.description import ADDED, ALIKE, VIEWED
from resources.lib.service.lists.several import merged


def watched(label: str, when: str = '') -> Any:
    return {'label': label, 'url': label, 'info': {'lastplayed': when} if when else {}}


def labels(*pages: List[Any], how: str = VIEWED) -> str:
    return ''.join(wire['label'] for wire in merged(pages, how))


def test_the_newest_comes_first_whoever_has_it() -> None:
    assert labels([watched('a', '2026-03-03'), watched('b', '2026-01-01')], [watched('c', '2026-02-02')]) == 'acb'


def test_the_order_of_one_server_stays_even_if_its_times_say_something_else() -> None:
    assert labels([watched('a', '2026-01-01'), watched('b', '2026-03-03')], [watched('c', '2026-02-02')]) == 'cab'


def test_an_episode_that_comes_next_and_was_never_watched_stays_beside_what_is_before_it() -> None:
    mine = [watched('a', '2026-03-03'), watched('n'), watched('b', '2026-01-01')]
    assert labels(mine, [watched('c', '2026-02-02')]) == 'ancb'
    assert labels([watched('n'), watched('a', '2026-03-03')], [watched('c', '2026-02-02')]) == 'nac'


def test_without_any_time_one_page_follows_the_other() -> None:
    assert labels([watched('a'), watched('b')], [watched('c')]) == 'abc'
    assert labels([watched('a')], [watched('c', '2026-02-02')]) == 'ca'


def test_at_the_same_time_the_main_server_comes_first() -> None:
    assert labels([watched('a', '2026-01-01')], [watched('c', '2026-01-01')]) == 'ac'


def test_the_time_of_adding_is_another_one() -> None:
    old, new = dict(watched('o', '2026-09-09'), info={'dateadded': '2020-01-01', 'lastplayed': '2026-09-09'}), dict(
        watched('n'), info={'dateadded': '2026-01-01'})
    assert labels([old], [new], how=ADDED) == 'no'


def test_a_folder_that_all_servers_have_appears_once() -> None:
    assert labels([watched('a'), watched('b')], [watched('b'), watched('c')], how=ALIKE) == 'abc'
