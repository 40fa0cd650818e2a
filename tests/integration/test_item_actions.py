"""The context menu of an item, through the service to the simulated Plex."""
from __future__ import annotations

from typing import Any, Dict, Iterator, List

import pytest

from resources.lib import item_url
from resources.lib.local_server.api import ApiError
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import OWNER, Library

KEY = '5d7768000000000000000001'


class Remote:
    """Somebody with a remote control in front of a film, a show and its episodes."""

    def __init__(self, environment: ServiceEnvironment) -> None:
        self.environment = environment
        self.sim = environment.sim
        self.library = environment.sync_env.library

    def key(self, title: str, kind: str = 'movie') -> int:
        return next(item.rating_key for item in self.library.items(kind) if item.title == title)

    def menu(self, **shown: Any) -> List[str]:
        found: List[str] = self.environment.call('item_menu', **shown)['actions']
        return found

    def does(self, action: str, **shown: Any) -> Dict[str, Any]:
        answer: Dict[str, Any] = self.environment.call('item_action', action=action, **shown)
        return answer

    def state(self, title: str, kind: str = 'movie') -> Dict[str, Any]:
        """What Plex tells the owner of an item."""
        return dict(self.library.truth(self.key(title, kind), OWNER))


@pytest.fixture
def remote(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    library = Library.empty()
    films, shows = library.add_section('movie', 'Movies'), library.add_section('show', 'Series')
    library.add_movie('Alpha', films.id, guid='plex://movie/' + KEY)
    library.add_movie('Home video', films.id, guid='local://1')
    season = library.add_season(library.add_show('Space', shows.id).rating_key, 1)
    for number in (1, 2):
        library.add_episode(season.rating_key, number, 'Part %d' % number)
    environment = ServiceEnvironment(fake_kodi, library, monkeypatch)
    with environment.in_use():
        yield Remote(environment)


def test_each_item_has_what_makes_sense_with_it(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    assert remote.menu(plexid=alpha) == ['play_transcoded', 'play_original', 'show_similar', 'mark_watched',
                                         'watchlist_add', 'playlist_add', 'collection_add', 'rate', 'fix_match',
                                         'delete']
    remote.library.add_extra(alpha, 'Trailer')
    assert remote.menu(plexid=alpha)[2:4] == ['show_extras', 'show_similar']
    assert 'watchlist_add' not in remote.menu(plexid=str(remote.key('Home video'))), 'plex.tv does not know it'
    part = str(remote.key('Part 1', 'episode'))
    assert remote.menu(plexid=part) == ['play_from_here', 'play_transcoded', 'play_original', 'mark_watched',
                                        'playlist_add', 'rate', 'delete']
    assert remote.environment.call('item_menu', plexid=part)['title'] == 'Space 1x01 · Part 1'
    remote.library.scrobble(remote.key('Part 1', 'episode'))
    assert remote.menu(plexid=str(remote.key('Space', 'show')))[:4] == ['shuffle', 'show_similar', 'mark_watched',
                                                                         'mark_unwatched']
    remote.library.scrobble(remote.key('Alpha'))
    assert 'mark_unwatched' in remote.menu(plexid=alpha) and 'mark_watched' not in remote.menu(plexid=alpha)


def test_an_item_is_found_by_its_row_and_by_its_path(remote: Remote) -> None:
    remote.environment.sync()
    (row,), = remote.environment.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Alpha'")
    by_row = remote.environment.call('item_menu', type='movie', id=row)
    assert by_row['title'] == 'Alpha' and 'refresh' in by_row['actions']
    url = item_url.movie_url(remote.sim.machine_identifier, str(remote.key('Alpha')))
    assert remote.environment.call('item_menu', url=url)['title'] == 'Alpha'


@pytest.mark.parametrize('shown', [
    {}, {'plexid': '../1'}, {'plexid': '1/2'}, {'type': 'movie', 'id': 4711}, {'type': 'actor', 'id': 1},
    {'url': item_url.movie_url('another', '1')}, {'plexguid': 'imdb://tt1'}, {'plexguid': 'plex://movie/../x'}])
def test_what_is_not_from_this_server_is_said_to_be_so_and_nobody_is_asked(remote: Remote,
                                                                          shown: Dict[str, Any]) -> None:
    remote.menu(plexid=str(remote.key('Alpha')))
    remote.sim.reset_stats()
    for name in ('item_menu', 'item_action'):
        with pytest.raises(ApiError) as caught:
            remote.environment.call(name, action='delete', **shown)
        assert caught.value.key == 'not_from_plex'
    assert not remote.sim.requests.find('.')


def test_marking_reaches_plex_also_for_a_whole_show(remote: Remote) -> None:
    alpha, space = str(remote.key('Alpha')), str(remote.key('Space', 'show'))
    assert remote.does('mark_watched', plexid=alpha)['changed'] and remote.state('Alpha')['viewCount'] == 1
    remote.does('mark_unwatched', plexid=alpha)
    assert not remote.state('Alpha').get('viewCount')
    remote.does('mark_watched', plexid=space)
    assert all(remote.state('Part %d' % number, 'episode')['viewCount'] == 1 for number in (1, 2))


def test_a_mark_is_in_kodi_after_the_sync_that_follows_it(remote: Remote) -> None:
    remote.environment.sync()
    remote.environment.after_sync(lambda: remote.does('mark_watched', plexid=str(remote.key('Alpha'))))
    assert remote.environment.shown_as_watched() == ['Alpha']


def test_what_is_continued_can_be_taken_out_and_only_that(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    assert 'leave_continue_watching' not in remote.menu(plexid=alpha)
    remote.library.set_progress(alpha, 600_000)
    assert 'leave_continue_watching' in remote.menu(plexid=alpha)
    remote.does('leave_continue_watching', plexid=alpha)
    assert 'leave_continue_watching' not in remote.menu(plexid=alpha)
    assert remote.state('Alpha')['viewOffset'] == 600_000, 'where it was stopped stays known'


def test_the_watchlist_is_added_to_and_removed_from(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    assert remote.does('watchlist_add', plexid=alpha) == {'text': 'on_watchlist', 'changed': True}
    assert list(remote.sim.titles.watchlist(OWNER)) == [KEY]
    assert 'watchlist_remove' in remote.menu(plexid=alpha)
    remote.does('watchlist_remove', plexid=alpha)
    assert remote.sim.titles.watchlist(OWNER) == {}


def test_a_title_that_the_user_does_not_have_can_be_put_on_the_watchlist_and_nothing_else(remote: Remote) -> None:
    guid = 'plex://movie/' + remote.sim.titles.add_title('Nowhere yet')
    assert remote.menu(plexguid=guid) == ['watchlist_add']
    remote.does('watchlist_add', plexguid=guid)
    assert remote.menu(plexguid=guid) == ['watchlist_remove']
    with pytest.raises(ApiError):
        remote.does('delete', plexguid=guid)


def test_without_plex_tv_the_rest_of_the_menu_is_there(remote: Remote) -> None:
    remote.sim.titles.offered = False
    assert 'watchlist_add' not in remote.menu(plexid=str(remote.key('Alpha')))
    assert {'show_similar', 'mark_watched', 'rate', 'delete'} <= set(remote.menu(plexid=str(remote.key('Alpha'))))
    with pytest.raises(ApiError):
        remote.does('watchlist_add', plexid=str(remote.key('Alpha')))


def test_a_rating_is_stored_and_taken_back(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    asked = remote.does('rate', plexid=alpha)['choose']
    assert asked['labels'][0] == '10 / 10' and ''.join(asked['labels']).isascii(), 'signs are boxes in Kodi'
    assert asked['values'] == [str(stars) for stars in range(10, 0, -1)] + ['-1']
    remote.does('rate', plexid=alpha, choice=asked['values'][2])
    assert remote.state('Alpha')['userRating'] == 8
    remote.does('rate', plexid=alpha, choice='-1')
    assert not remote.state('Alpha').get('userRating')
    for odd in (11, -2, 'x', None, 'nan'):
        with pytest.raises(ApiError):
            remote.does('rate', plexid=alpha, choice=odd)


def test_extras_and_similar_open_as_lists(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    assert remote.does('show_extras', plexid=alpha) == {'open': item_url.BASE + 'extras?id=%s&title=Alpha' % alpha}
    assert remote.does('show_similar', plexid=alpha)['open'].startswith(item_url.BASE + 'similar?')


def test_deleting_takes_the_item_from_the_server_and_from_kodi(remote: Remote) -> None:
    remote.environment.sync()
    answer: List[Dict[str, Any]] = []
    video = str(remote.key('Home video'))
    asked = remote.does('delete', plexid=video)
    assert 'Home video' in asked['confirm']['question'] and remote.key('Home video'), 'nothing happens unasked'
    remote.environment.after_sync(lambda: answer.append(remote.does('delete', plexid=video, confirmed=True)))
    assert answer == [{'changed': True, 'text': 'deleted'}]
    assert [item.title for item in remote.library.items('movie')] == ['Alpha']
    if remote.environment.sync_env.rows("SELECT 1 FROM movie_view WHERE c00 = 'Home video'"):
        remote.environment.sync()
    assert remote.environment.sync_env.rows('SELECT c00 FROM movie_view') == [('Alpha',)]


@pytest.mark.parametrize('who', ['server', 'user'])
def test_who_may_not_delete_is_not_offered_it_and_cannot(remote: Remote, who: str) -> None:
    if who == 'server':
        remote.sim.config.media_deletion = False
    else:
        remote.environment.watch_as(remote.sim.accounts.add_user('Child'))
    alpha = str(remote.key('Alpha'))
    assert 'delete' not in remote.menu(plexid=alpha)
    with pytest.raises(ApiError) as caught:
        remote.does('delete', plexid=alpha)
    assert caught.value.key == 'not_allowed' and remote.key('Alpha')


def test_an_item_that_is_gone_is_said_to_be_gone(remote: Remote) -> None:
    with pytest.raises(ApiError) as caught:
        remote.menu(plexid='4711')
    assert caught.value.key == 'item_gone'
