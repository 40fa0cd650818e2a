"""Each kind of change at the server, with the events that a PMS sends, is in Kodi's rows at once.

No change may cost a listing of a whole library: with 60,000 items that is minutes, not seconds.
"""
from __future__ import annotations

from typing import Any, Dict, Iterator, List

import pytest

from resources.lib.retry import RetryPolicy
from resources.lib.service.live import server
from tests.fakes import FakeKodi
from tests.support.live_environment import LiveEnvironment
from tools.plexsim import Library
from tools.plexsim.library.store import STATE_PROCESSED

FILMS = ('Alpha', 'Beta', 'Gamma')
#: What is new has to be listed once.
LISTS_A_LIBRARY = {'test_a_new_library'}


class Kinds(LiveEnvironment):
    """Films, a collection, and a show with a season of two episodes; what is where, by name."""

    keys: Dict[str, str]

    def episodes(self) -> List[str]:
        """The episodes in Kodi's library."""
        return [row[0] for row in self.sync_env.rows('SELECT c00 FROM episode_view ORDER BY c00')]

    def shows(self) -> List[str]:
        """The shows in Kodi's library."""
        return [row[0] for row in self.sync_env.rows('SELECT c00 FROM tvshow_view ORDER BY c00')]

    @property
    def server(self) -> Library:
        """The truth."""
        return self.sync_env.library


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kinds]:
    library = Library.empty()
    keys: Dict[str, Any] = {title: library.add_movie(title).rating_key for title in FILMS}
    keys['collection'] = library.add_collection(1, 'Box', [keys['Alpha'], keys['Beta']]).rating_key
    keys['show'] = library.add_show('Show').rating_key
    keys['season'] = library.add_season(keys['show'], 1).rating_key
    keys['first'] = library.add_episode(keys['season'], 1, 'First').rating_key
    keys['second'] = library.add_episode(keys['season'], 2, 'Second').rating_key
    library.scrobble(keys['Gamma'])
    library.set_progress(keys['second'], 900_000)
    library.rate(keys['Beta'], 8.0)
    for policy in ('_PUSHED', '_NOT_PUSHED'):
        monkeypatch.setattr(server, policy, RetryPolicy(3600.0, 3600.0))  # nothing is found by looking here
    made = Kinds.begun(fake_kodi, library, monkeypatch)
    made.keys = {name: str(key) for name, key in keys.items()}
    made.hurry()
    made.sim.reset_stats()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def _no_sweep(env: Kinds, request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if request.node.name not in LISTS_A_LIBRARY:
        assert env.sweeps() == []


def test_a_new_film(env: Kinds) -> None:
    env.server.add_movie('Delta')
    env.until(lambda: 'Delta' in env.titles())


def test_a_changed_film(env: Kinds) -> None:
    env.server.update(env.keys['Alpha'], title='Alpha II', summary='Another one')
    env.until(lambda: env.row('c01', 'Alpha II') == 'Another one')


def test_two_changes_in_one_second_which_have_the_same_stamp(env: Kinds) -> None:
    for number in range(6):
        title = 'Alpha %d' % number
        env.server.update(env.keys['Alpha'], title=title)
        env.until(lambda: title in env.titles())  # noqa: B023


def test_a_deleted_film(env: Kinds) -> None:
    env.server.delete(env.keys['Gamma'])
    env.until(lambda: env.titles() == ['Alpha', 'Beta'])


def test_a_deleted_show(env: Kinds) -> None:
    env.server.delete(env.keys['show'])
    env.until(lambda: env.shows() == [] and env.episodes() == [])


def test_watched(env: Kinds) -> None:
    env.server.scrobble(env.keys['Beta'])
    env.until(lambda: env.shown_as_watched() == ['Beta', 'Gamma'])


def test_unwatched_which_leaves_no_stamp(env: Kinds) -> None:
    env.server.unscrobble(env.keys['Gamma'])
    env.until(lambda: env.shown_as_watched() == [])


def test_a_show_watched_and_unwatched(env: Kinds) -> None:
    def seen() -> Any:
        return env.sync_env.rows('SELECT count(playCount) FROM episode_view')[0][0]
    env.server.scrobble(env.keys['show'])
    env.until(lambda: seen() == 2)
    env.server.unscrobble(env.keys['show'])
    env.until(lambda: seen() == 0)


def test_a_resume_point_comes_moves_and_goes(env: Kinds) -> None:
    for milliseconds, seconds in ((1_200_000, 1200.0), (600_000, 600.0), (0, None)):
        env.server.set_progress(env.keys['Alpha'], milliseconds)
        env.until(lambda: env.row('resumeTimeInSeconds', 'Alpha') == seconds)  # noqa: B023


def test_a_rating_comes_changes_and_goes(env: Kinds) -> None:
    for rating, shown in ((9.0, 9), (3.0, 3), (-1.0, None)):
        env.server.rate(env.keys['Beta'], rating)
        env.until(lambda: env.row('userrating', 'Beta') == shown)  # noqa: B023


def test_a_show_is_rated(env: Kinds) -> None:
    env.server.rate(env.keys['show'], 7.0)
    env.until(lambda: env.sync_env.rows('SELECT userrating FROM tvshow') == [(7,)])
    env.server.rate(env.keys['show'], -1.0)
    env.until(lambda: env.sync_env.rows('SELECT userrating FROM tvshow') == [(None,)])


def test_into_a_collection_and_out_of_it(env: Kinds) -> None:
    env.server.add_to_collection(env.keys['collection'], env.keys['Gamma'])
    env.until(lambda: env.row('strSet', 'Gamma') == 'Box')
    env.server.remove_from_collection(env.keys['collection'], env.keys['Alpha'])
    env.until(lambda: env.row('strSet', 'Alpha') is None)
    assert env.row('strSet', 'Beta') == 'Box'


def test_a_collection_that_swaps_a_member_within_a_second(env: Kinds) -> None:
    env.server.add_to_collection(env.keys['collection'], env.keys['Gamma'])
    env.server.remove_from_collection(env.keys['collection'], env.keys['Beta'])
    env.until(lambda: env.row('strSet', 'Gamma') == 'Box' and env.row('strSet', 'Beta') is None)
    assert env.row('strSet', 'Alpha') == 'Box'


def test_a_collection_gets_another_name_and_picture(env: Kinds) -> None:
    env.server.set_collection(env.keys['collection'], title='Boxed')
    env.until(lambda: env.row('strSet', 'Alpha') == env.row('strSet', 'Beta') == 'Boxed')


def test_a_new_collection_and_one_that_goes(env: Kinds) -> None:
    made = env.server.add_collection(1, 'Crate', [env.keys['Gamma']])
    env.until(lambda: env.row('strSet', 'Gamma') == 'Crate')
    env.server.delete(made.rating_key)
    env.until(lambda: env.row('strSet', 'Gamma') is None)


def test_another_picture(env: Kinds) -> None:
    def poster() -> str:
        return str(env.sync_env.rows("SELECT url FROM art JOIN movie ON media_id = idMovie AND media_type = 'movie' "
                                     "WHERE c00 = 'Alpha' AND type = 'poster'")[0][0])
    before = poster()
    env.server.update(env.keys['Alpha'], thumb='/library/metadata/%s/thumb/1999999999' % env.keys['Alpha'])
    env.until(lambda: poster() != before)
    assert poster().endswith('/1999999999')


def test_a_new_episode_of_a_known_show(env: Kinds) -> None:
    env.server.add_episode(env.keys['season'], 3, 'Third')
    env.until(lambda: env.episodes() == ['First', 'Second', 'Third'])


def test_a_new_show_with_all_that_is_in_it(env: Kinds) -> None:
    show = env.server.add_show('Another')
    season = env.server.add_season(show.rating_key, 1)
    env.server.add_episode(season.rating_key, 1, 'Pilot')
    env.until(lambda: 'Another' in env.shows() and 'Pilot' in env.episodes())


def test_a_new_library(env: Kinds) -> None:
    section = env.server.add_section('movie', 'More films')
    env.server.add_movie('Elsewhere', section.id)
    env.until(lambda: 'Elsewhere' in env.titles())


def test_a_removed_library(env: Kinds) -> None:
    env.server.remove_section(2)
    env.until(lambda: env.shows() == [] and env.episodes() == [])
    assert env.titles() == list(FILMS)


def test_a_library_that_is_missing_in_one_answer_stays(env: Kinds) -> None:
    section = env.server.sections.pop(2)
    env.sim.events.activity('ended', 'library.update.section', 'x', {'librarySectionID': '2'}, 100)
    env.until(lambda: env.sync_env.rows('SELECT 1') and len(env.sim.requests.find('/library/sections$')) > 0)
    env.server.sections[2] = section
    env.rest()
    assert env.shows() == ['Show']


def test_a_scan_in_progress_brings_what_is_done_and_nothing_half_done(env: Kinds) -> None:
    """States 0 to 4 say that the server works on an item; only 5 is worth a look."""
    env.server.set_section(1, refreshing=True)
    with env.server.lock:
        item = env.server.insert('movie', env.server.sections[1],
                                 env.server._new_fields('movie', 'Half done', {'duration': 5_400_000}))
    for state in range(STATE_PROCESSED):
        env.sim.events.timeline(item, state, '')
    env.rest()
    assert 'Half done' not in env.titles()
    env.server.update(item.rating_key, title='Done')
    env.until(lambda: 'Done' in env.titles())
    env.server.set_section(1, refreshing=False)
    env.server.delete(env.keys['Beta'])
    env.until(lambda: env.titles() == ['Alpha', 'Done', 'Gamma'])


def test_an_item_that_is_being_analysed_is_left_in_peace(env: Kinds) -> None:
    asked = len(env.sim.requests.find('.*'))
    env.sim.events.timeline(env.server.need(env.keys['Alpha']), 6, 'analyzing')
    env.rest()
    assert len(env.sim.requests.find('.*')) - asked == 0
