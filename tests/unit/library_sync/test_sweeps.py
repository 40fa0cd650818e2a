"""The first pages of listings are asked for ahead, so that a busy server does not let a sync run out of items."""
from __future__ import annotations

import threading
from typing import Any, Iterator, List, cast

import pytest

from resources.lib.library_sync.kinds import VIDEO, Kind
from resources.lib.library_sync.pipeline import later
from resources.lib.library_sync.sweeps import Sweeps
from resources.lib.plex_errors import PlexForbidden
from resources.lib.plex_functions import SweepPage
from resources.lib.plex_model import Section

FILMS, SHOWS = (Section(key, plex_type, '', '', False, 0, '') for key, plex_type in (('1', 'movie'), ('2', 'show')))


class Client:
    """Each listing has two pages, whose totals tell them apart; that of ``forbidden`` is refused."""

    def __init__(self, forbidden: str = '') -> None:
        self.asked: List[str] = []
        self.forbidden = forbidden
        self._lock = threading.Lock()

    def sweep(self, section_key: str, plex_type: Any) -> Iterator[SweepPage]:
        for number in (1, 2):
            with self._lock:
                self.asked.append('%s %s %d' % (section_key, plex_type.name, number))
            if plex_type.name == self.forbidden:
                raise PlexForbidden(403, 'GET')
            yield SweepPage([], 0, number)


def _kind(name: str) -> Kind:
    return VIDEO.of_type(name)


def _totals(sweeps: Sweeps, section: Section, name: str) -> List[int]:
    return [page.total for page in sweeps.read(section, _kind(name))]


def test_each_listing_is_read_once_and_whole() -> None:
    client = Client()
    sweeps = Sweeps(cast(Any, client))
    sweeps.plan([FILMS, SHOWS], VIDEO)
    assert _totals(sweeps, FILMS, 'movie') == [1, 2]
    for name in ('show', 'season', 'episode'):
        assert _totals(sweeps, SHOWS, name) == [1, 2]
    assert len(client.asked) == len(set(client.asked)) == 8


def test_the_listings_that_follow_are_asked_for_meanwhile_but_not_their_second_pages() -> None:
    client = Client()
    sweeps = Sweeps(cast(Any, client))
    sweeps.plan([FILMS, SHOWS], VIDEO)
    assert next(sweeps.read(FILMS, _kind('movie'))).total == 1
    assert _totals(sweeps, SHOWS, 'episode') == [1, 2]
    assert '2 show 2' not in client.asked and '1 movie 2' not in client.asked


def test_a_listing_that_is_refused_tells_so_when_it_is_its_turn() -> None:
    sweeps = Sweeps(cast(Any, Client('season')))
    sweeps.plan([FILMS, SHOWS], VIDEO)
    assert _totals(sweeps, FILMS, 'movie') == [1, 2] and _totals(sweeps, SHOWS, 'show') == [1, 2]
    with pytest.raises(PlexForbidden):
        _totals(sweeps, SHOWS, 'season')
    assert _totals(sweeps, SHOWS, 'episode') == [1, 2]


def test_without_a_plan_nothing_is_asked_ahead() -> None:
    client = Client()
    assert _totals(Sweeps(cast(Any, client)), SHOWS, 'show') == [1, 2]
    assert client.asked == ['2 show 1', '2 show 2']


@pytest.mark.parametrize('parallel', [True, False])
def test_a_result_or_an_error_comes_later(parallel: bool) -> None:
    assert later(lambda: 7, parallel)() == 7

    def fail() -> int:
        raise ValueError('no')
    with pytest.raises(ValueError, match='no'):
        later(fail, parallel)()
