"""Where a host of Plex's has what: as it says, as Plex documents it, and never somewhere else."""
from __future__ import annotations

from typing import Any, Dict, List

import pytest

from resources.lib.plex_errors import PlexBadAnswer, PlexConnectionError, PlexForbidden, PlexNotFound
from resources.lib.plex_providers import (
    DISCOVER,
    DISCOVER_PATHS,
    HOME,
    LIBRARY,
    PLAYLISTS,
    REMOVE_FROM_CONTINUE_WATCHING,
    SEARCH,
    WATCHLIST,
    Provider,
    ServerFeatures,
    discover_of,
    is_plex_tv,
    providers,
)

PLEX_TV = 'https://discover.provider.plex.tv'


class Host:
    def __init__(self, features: List[Dict[str, Any]], **more: Any) -> None:
        self.answer: Any = dict(more, MediaProvider=[{'identifier': LIBRARY, 'Feature': features}])
        self.asked = 0

    def container(self, path: str) -> Any:
        assert path == '/media/providers'
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def features(host: Host) -> ServerFeatures:
    client: Any = host
    return ServerFeatures(client)


def test_a_feature_is_where_the_server_says_and_asked_for_once() -> None:
    host = Host([{'type': 'search', 'key': '/hubs/search/new'}, {'type': 'actions', 'Action': [
        {'id': 'removeFromContinueWatching', 'key': '/actions/elsewhere'}]}])
    found = features(host)
    assert found.path(SEARCH) == '/hubs/search/new'
    assert found.path(REMOVE_FROM_CONTINUE_WATCHING) == '/actions/elsewhere'
    with pytest.raises(PlexNotFound):
        found.path(PLAYLISTS)
    assert host.asked == 1


@pytest.mark.parametrize('key', ['https://evil.example/x', '//evil.example/x', '/a/../b', '/a?X-Plex-Token=x', '/a b',
                                 '@evil.example', '/a#b', '/..', '/%2e%2e/x'])
def test_a_path_that_could_lead_elsewhere_is_not_taken(key: str) -> None:
    assert features(Host([{'type': 'search', 'key': key}])).path(SEARCH) == '/hubs/search'


@pytest.mark.parametrize('error', [PlexNotFound(404, 'x'), PlexForbidden(403, 'x'), PlexBadAnswer('x')])
def test_without_a_list_the_documented_paths_are_used(error: Exception) -> None:
    host = Host([])
    host.answer = error
    found = features(host)
    assert found.path(PLAYLISTS) == '/playlists' and not found.may_delete()


def test_a_list_of_another_kind_counts_as_none() -> None:
    for answer in ({}, {'MediaProvider': 'x'}, {'MediaProvider': [{'identifier': 'tv.plex.xmltv'}]}):
        host = Host([])
        host.answer = answer
        assert features(host).path(SEARCH) == '/hubs/search'


def test_a_server_that_waits_for_plex_tv_keeps_nobody_waiting_again_and_again() -> None:
    """Without the internet the question may run into its time limit."""
    host, now = Host([{'type': 'search', 'key': '/elsewhere'}]), [1000.0]
    answer, host.answer = host.answer, PlexConnectionError('no answer in time')
    client: Any = host
    found = ServerFeatures(client, lambda: now[0])
    assert [found.path(SEARCH) for _ in range(3)] == ['/hubs/search'] * 3 and host.asked == 1
    host.answer, now[0] = answer, 1300.0
    assert [found.path(SEARCH) for _ in range(3)] == ['/elsewhere'] * 3 and host.asked == 2


def test_what_must_not_wait_is_asked_for_at_the_documented_path_first() -> None:
    host = Host([{'type': 'search', 'key': '/elsewhere'}])
    found, asked = features(host), []  # type: Any, List[str]

    def answers(path: str) -> str:
        asked.append(path)
        if path == '/hubs/search' and len(asked) > 1:
            raise PlexNotFound(404, path)
        return path
    assert found.asked(SEARCH, answers) == '/hubs/search' and host.asked == 0
    assert found.asked(SEARCH, answers) == '/elsewhere' and host.asked == 1
    assert found.asked(SEARCH, answers) == '/elsewhere' and asked[-1] == '/elsewhere'


def test_what_is_nowhere_is_not_found() -> None:
    def nowhere(path: str) -> str:
        raise PlexNotFound(404, path)
    with pytest.raises(PlexNotFound):
        features(Host([])).asked(SEARCH, nowhere)


@pytest.mark.parametrize('said', [True, 1, '1'])
def test_who_may_delete_is_told_by_the_server(said: Any) -> None:
    assert features(Host([], allowMediaDeletion=said)).may_delete()
    assert not features(Host([])).may_delete()


@pytest.mark.parametrize(('url', 'fine'), [
    ('https://discover.provider.plex.tv', True), ('https://other.provider.plex.tv/', True), (PLEX_TV, True),
    ('http://discover.provider.plex.tv', False), ('https://plex.tv.evil.example', False),
    ('https://evilplex.tv', False),
    ('https://user@discover.provider.plex.tv', False), ('https://evil.example/.plex.tv', False), ('', False),
    ('https://discover.provider.plex.tv?x=1', False), ('https://[', False)])
def test_the_token_of_the_account_goes_to_hosts_of_plex_tv_only(url: str, fine: bool) -> None:
    assert is_plex_tv(url, PLEX_TV) is fine
    found = discover_of({DISCOVER: Provider(DISCOVER, url, {})}, PLEX_TV)
    assert found is not None and found.base_url == (url.rstrip('/') if fine else PLEX_TV)


def test_discover_is_where_it_says_or_not_at_all() -> None:
    client: Any = Host([])
    client.answer = {'MediaProvider': [{'identifier': DISCOVER, 'baseURL': PLEX_TV, 'Feature': [
        {'type': 'content', 'key': '/library/sections', 'Directory': [
            {'id': 'home', 'hubKey': '/hubs/sections/front'}, {'id': 'watchlist', 'key': '/library/sections/list'}]}]}]}
    found = discover_of(providers(client), PLEX_TV)
    assert found is not None
    assert (found.features[HOME], found.features[WATCHLIST]) == ('/hubs/sections/front', '/library/sections/list')
    assert dict(found.features, **DISCOVER_PATHS) == DISCOVER_PATHS, 'all others as documented'
    assert discover_of({}, PLEX_TV) is None
