"""A show or season is marked as a whole only where that means the same as marking its episodes."""
from __future__ import annotations

from typing import Dict, List, Tuple

import pytest

from resources.lib.plex_model import ItemSummary
from resources.lib.service.watch_state.whole_shows import together
from resources.lib.state_db import WATCHED, Mark


def _leaves(seasons: Dict[str, str], offset: str = '') -> List[ItemSummary]:
    """Episodes by season: ``w`` for a watched one, ``-`` for another; those named in ``offset`` were begun."""
    return [ItemSummary('%s%d' % (season, number), 'episode', '2', 1000, int(word == 'w'),
                        500 if '%s%d' % (season, number) == offset else 0, parent_key=season)
            for season, words in seasons.items() for number, word in enumerate(words)]


def _told(leaves: List[ItemSummary], keys: str, value: bool) -> List[Tuple[str, List[str]]]:
    marks = [Mark(key, WATCHED, float(value), 0, number) for number, key in enumerate(keys.split())]
    return [(step.key, [mark.rating_key for mark in step.marks]) for step in together('show', leaves, marks, value)]


@pytest.mark.parametrize(('seasons', 'marked', 'value', 'told'), [
    ({'a': '--', 'b': '--'}, 'a0 a1 b0 b1', True, [('', []), ('show', ['a0', 'a1', 'b0', 'b1'])]),
    ({'a': '--', 'b': '--'}, 'a0 a1 b0', True, [('', []), ('a', ['a0', 'a1'])]),
    ({'a': '--', 'b': 'w-'}, 'a0 a1 b1', True, [('', []), ('a', ['a0', 'a1'])]),
    ({'a': '--', 'b': 'w-'}, 'a0 a1 b0 b1', True, [('', ['b0']), ('a', ['a0', 'a1'])]),
    ({'a': 'ww', 'b': 'w-'}, 'a0 a1 b0', False, [('', []), ('show', ['a0', 'a1', 'b0'])]),
    ({'a': 'ww', 'b': 'ww'}, 'a0 a1 b0', False, [('', []), ('a', ['a0', 'a1'])]),
    ({'a': '-', 'b': '-'}, 'a0 b0 gone', True, [('', []), ('show', ['a0', 'b0'])])])
def test_what_is_told_at_once(seasons: Dict[str, str], marked: str, value: bool,
                              told: List[Tuple[str, List[str]]]) -> None:
    assert _told(_leaves(seasons), marked, value) == told


def test_a_resume_point_that_nobody_gave_up_stays() -> None:
    leaves = _leaves({'a': 'ww-'}, offset='a2')
    assert _told(leaves, 'a0 a1', False) == [('', [])]
    assert _told(_leaves({'a': 'ww-'}), 'a0 a1', False) == [('', []), ('show', ['a0', 'a1'])]
