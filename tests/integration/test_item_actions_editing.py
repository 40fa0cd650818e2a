"""The context menu's changes of playlists, collections and matches, through the service to the simulated Plex."""
from __future__ import annotations

from typing import Iterator

import pytest

from resources.lib.local_server.api import ApiError
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.integration.test_item_actions import Remote
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library


@pytest.fixture
def remote(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    library = Library.empty()
    films, shows = library.add_section('movie', 'Movies'), library.add_section('show', 'Series')
    for title in ('Alpha', 'Beta'):
        library.add_movie(title, films.id)
    season = library.add_season(library.add_show('Space', shows.id).rating_key, 1)
    for number in (1, 2):
        library.add_episode(season.rating_key, number, 'Part %d' % number)
    environment = ServiceEnvironment(fake_kodi, library, monkeypatch)
    with environment.in_use():
        yield Remote(environment)


def test_an_item_is_put_into_a_new_playlist_and_taken_out_again(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    assert 'playlist_remove' not in remote.menu(plexid=alpha)
    assert remote.does('playlist_add', plexid=alpha)['type']['default'] == 'Alpha', 'there is none to choose from'
    assert remote.does('playlist_add', plexid=alpha, typed='Evening') == {'changed': True, 'text': 'in_playlist'}
    playlist, = remote.library.playlists.values()
    assert (playlist.title, playlist.members) == ('Evening', [int(alpha)])
    assert 'playlist_remove' in remote.menu(plexid=alpha)
    assert 'playlist_remove' not in remote.menu(plexid=str(remote.key('Beta')))
    assert remote.does('playlist_remove', plexid=alpha)['text'] == 'out_of_playlist'
    assert playlist.members == [] and 'playlist_remove' not in remote.menu(plexid=alpha)


def test_the_user_chooses_among_his_plain_playlists(remote: Remote) -> None:
    alpha, space = str(remote.key('Alpha')), str(remote.key('Space', 'show'))
    first = remote.library.add_playlist('First', [alpha, alpha])
    second = remote.library.add_playlist('Second', [alpha])
    remote.library.add_playlist('Smart', smart=(1, 'type=1'))
    remote.library.add_playlist('Of another user', user=99)
    asked = remote.does('playlist_add', plexid=space)['choose']
    assert asked['values'] == ['new', str(first.rating_key), str(second.rating_key)]
    remote.does('playlist_add', plexid=space, choice=str(second.rating_key))
    assert second.members[1:] == [remote.key('Part 1', 'episode'), remote.key('Part 2', 'episode')]
    asked = remote.does('playlist_remove', plexid=alpha)['choose']
    assert asked['labels'] == ['First', 'Second']
    remote.does('playlist_remove', plexid=alpha, choice=str(first.rating_key))
    assert first.members == [] and int(alpha) in second.members
    assert remote.does('playlist_add', plexid=alpha, choice='new')['type']['heading']


def test_the_menu_reads_a_playlist_again_only_when_it_has_changed(remote: Remote) -> None:
    alpha, beta = str(remote.key('Alpha')), str(remote.key('Beta'))
    evening = remote.library.add_playlist('Evening', [alpha])
    remote.menu(plexid=alpha)
    remote.sim.reset_stats()
    assert 'playlist_remove' in remote.menu(plexid=alpha) and 'playlist_remove' not in remote.menu(plexid=beta)
    assert not remote.sim.requests.find('/items')
    remote.library.add_to_playlist(evening.rating_key, [beta])
    assert 'playlist_remove' in remote.menu(plexid=beta)
    assert len(remote.sim.requests.find('/items')) == 1


@pytest.mark.parametrize('choice', ['4711', '../1', 'new\n', ['1'], 7, None])
def test_nothing_but_the_users_playlists_can_be_chosen(remote: Remote, choice: object) -> None:
    other = remote.library.add_playlist('Of another user', user=99)
    remote.library.add_playlist('Evening', [remote.key('Beta')])
    for wrong in (choice, str(other.rating_key)):
        try:
            answer = remote.does('playlist_add', plexid=str(remote.key('Alpha')), choice=wrong)
        except ApiError as error:
            assert error.key == 'item_gone'
        else:
            assert 'choose' in answer or 'type' in answer
    assert other.members == [] and len(remote.library.playlists) == 2


def test_an_item_is_put_into_a_collection_and_taken_out_again(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    assert remote.does('collection_add', plexid=alpha)['type']['heading']
    assert remote.does('collection_add', plexid=alpha, typed='Best')['text'] == 'in_collection'
    best = next(remote.library.items('collection'))
    assert (best.title, best.members) == ('Best', [int(alpha)])
    asked = remote.does('collection_add', plexid=str(remote.key('Beta')))['choose']
    assert asked['values'] == ['new', str(best.rating_key)]
    remote.does('collection_add', plexid=str(remote.key('Beta')), choice=str(best.rating_key))
    assert len(best.members) == 2
    assert 'collection_remove' in remote.menu(plexid=alpha)
    assert remote.does('collection_remove', plexid=alpha)['text'] == 'out_of_collection'
    assert best.members == [remote.key('Beta')] and 'collection_remove' not in remote.menu(plexid=alpha)


def test_smart_collections_and_those_of_other_libraries_are_not_offered(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    section = remote.library.need(alpha).section.id
    remote.library.add_collection(section, 'Smart', smart='type=1')
    shows = remote.library.need(remote.key('Space', 'show')).section.id
    other = remote.library.add_collection(shows, 'Of shows', [remote.key('Space', 'show')])
    assert 'type' in remote.does('collection_add', plexid=alpha)
    with pytest.raises(ApiError):
        remote.does('collection_add', plexid=alpha, choice=str(other.rating_key))
    assert other.members == [remote.key('Space', 'show')]


def test_a_wrong_match_is_fixed_among_the_servers_candidates(remote: Remote) -> None:
    alpha = str(remote.key('Alpha'))
    work = remote.library.add_work('Alpha Centauri', 1931)
    asked = remote.does('fix_match', plexid=alpha)['choose']
    assert asked['values'][-1] == 'search' and asked['values'][0] == remote.library.need(alpha).guid
    assert asked['labels'][0].startswith('Alpha') and asked['labels'][0].endswith('now')
    assert remote.does('fix_match', plexid=alpha, choice='search')['type']['default'] == 'Alpha'
    asked = remote.does('fix_match', plexid=alpha, choice='search', typed='Centauri')['choose']
    assert (asked['values'], asked['labels']) == ([work.guid], ['Alpha Centauri (1931) · 90 %'])
    answer = remote.does('fix_match', plexid=alpha, choice=work.guid, typed='Centauri')
    assert answer == {'changed': True, 'text': 'match_fixed'}
    found = remote.library.need(alpha)
    assert (found.guid, found.title) == (work.guid, 'Alpha Centauri')
    assert remote.does('fix_match', plexid=alpha, choice='search', typed='Nothing like it') == {'text': 'nothing_found'}


def test_a_fixed_match_is_in_kodi_after_the_sync_that_follows_it(remote: Remote) -> None:
    remote.environment.sync()
    work = remote.library.add_work('Alpha Centauri', 1931)
    remote.environment.after_sync(lambda: remote.does(
        'fix_match', plexid=str(remote.key('Alpha')), choice=work.guid, typed='Centauri'))
    assert ('Alpha Centauri',) in remote.environment.sync_env.rows('SELECT c00 FROM movie_view')


@pytest.mark.parametrize('guid', ['plex://movie/made-up', 'x', '../../1', ['plex://movie/1']])
def test_only_a_candidate_of_the_server_can_be_chosen(remote: Remote, guid: object) -> None:
    alpha = str(remote.key('Alpha'))
    before = remote.library.need(alpha).guid
    try:
        assert 'choose' in remote.does('fix_match', plexid=alpha, choice=guid)
    except ApiError as error:
        assert error.key == 'item_gone'
    assert remote.library.need(alpha).guid == before


def test_who_does_not_administer_the_server_has_only_his_own_playlists(remote: Remote) -> None:
    child = remote.sim.accounts.add_user('Child')
    remote.environment.watch_as(child)
    alpha = str(remote.key('Alpha'))
    assert not {'collection_add', 'collection_remove', 'fix_match'} & set(remote.menu(plexid=alpha))
    for action in ('collection_add', 'collection_remove', 'fix_match'):
        with pytest.raises(ApiError) as caught:
            remote.does(action, plexid=alpha)
        assert caught.value.key == 'not_allowed'
    remote.does('playlist_add', plexid=alpha, typed='Mine')
    assert [(one.title, one.user) for one in remote.library.playlists.values()] == [('Mine', child.id)]
