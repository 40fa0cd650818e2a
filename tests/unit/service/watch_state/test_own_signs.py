"""By what a change in a common row is known to be this Kodi's."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from resources.lib.service.watch_state.own_signs import OwnSigns, row_of


class Attention:
    """A user whose actions the test tells."""

    def __init__(self) -> None:
        self.now, self.idle = 1000.0, 0.0
        self.before_him: Optional[Tuple[str, int]] = None
        self.signs = OwnSigns(lambda: self.idle, lambda: self.before_him, lambda: self.now)


def test_what_was_announced_counts_for_some_seconds() -> None:
    user = Attention()
    user.signs.announced('movie', 3)
    assert user.signs.changed() == {('movie', 3)}
    user.now += 20
    assert user.signs.changed() == set()


def test_a_rating_needs_a_user_who_has_had_the_item_before_him() -> None:
    user = Attention()
    assert not user.signs.may_have_rated('movie', 3)
    user.before_him = ('movie', 3)
    user.signs.look()
    user.before_him = None  # the list of stars is in front of it
    user.now += 5
    user.signs.look()
    assert user.signs.may_have_rated('movie', 3) and not user.signs.may_have_rated('movie', 4)
    user.idle = 60.0
    assert not user.signs.may_have_rated('movie', 3)
    user.idle, user.now = 0.0, user.now + 60
    user.signs.look()
    assert not user.signs.may_have_rated('movie', 3)


def test_announcements_of_any_form() -> None:
    forms: List[Dict[str, Any]] = [{'item': {'id': 3, 'type': 'movie'}}, {'id': 3, 'type': 'movie'}]
    assert [row_of(form) for form in forms] == [('movie', 3)] * 2
    assert row_of({}) == ('', 0) and row_of({'item': None}) == ('', 0)
