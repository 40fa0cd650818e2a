"""Playlists, collections and matches as servers answer them, well or badly."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Dict, List, Optional, Tuple

import pytest

from resources.lib.plex_errors import PlexBadAnswer
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_matches import Candidate, candidates, fix_match
from resources.lib.plex_playlists import (
    PlaylistRow,
    add_to_playlist,
    create_playlist,
    playlist_items,
    playlists,
)

MACHINE = 'mid'


class Server(PMSClient):
    """Answers with ``rows``, in pages as it is asked or all at once."""

    def __init__(self, rows: List[Any], paged: bool = True) -> None:
        super().__init__(SimpleNamespace(stats=SimpleNamespace(server_time=0.0)), 'http://x', 'token')  # type: ignore[arg-type]
        self.rows, self.paged = rows, paged
        self.asked: List[Tuple[str, str, Dict[str, Any]]] = []
        self.features = SimpleNamespace(path=lambda kind: '/' + kind)  # type: ignore[assignment]

    def container(self, path: str, params: Any = None, **more: Any) -> Dict[str, Any]:
        query = dict(params or {})
        self.asked.append((more.get('method', 'GET'), path, query))
        if 'SearchResult' in str(self.rows[:1]):
            return dict(self.rows[0])
        if not self.paged or 'X-Plex-Container-Start' not in query:
            return {'Metadata': self.rows}
        start, size = query['X-Plex-Container-Start'], query['X-Plex-Container-Size']
        return {'Metadata': self.rows[start:start + size], 'totalSize': len(self.rows), 'offset': start}

    def act(self, path: str, params: Any, method: str = 'PUT') -> None:
        self.asked.append((method, path, dict(params or {})))


def item(key: int, place: Optional[int] = None, **more: Any) -> Dict[str, Any]:
    row = {'ratingKey': str(key), 'type': 'movie', 'title': 'Film %d' % key, **more}
    return row if place is None else dict(row, playlistItemID=place)


@pytest.mark.parametrize('paged', [True, False])
def test_an_item_may_begin_two_pages_of_a_playlist(paged: bool) -> None:
    server = Server([item(7, place) for place in range(2500)], paged)
    found = playlist_items(server, '1', MACHINE, 10000)
    assert len(found.items) == 2500 and found.complete
    assert [one.place for one in found.items[:2]] == ['0', '1']


def test_a_server_that_repeats_a_page_is_not_asked_for_ever() -> None:
    server = Server([item(7, 1)] * 3000)
    with pytest.raises(PlexBadAnswer):
        playlist_items(server, '1', MACHINE, 10000)


def test_a_playlist_is_cut_and_then_not_complete() -> None:
    found = playlist_items(Server([item(key, key) for key in range(1, 30)]), '1', MACHINE, 10)
    assert len(found.items) == 10 and not found.complete


@pytest.mark.parametrize('odd', [{'title': 'no key'}, {'ratingKey': '../1'}, {'ratingKey': None}, {'ratingKey': []}])
def test_what_cannot_be_read_makes_a_playlist_incomplete(odd: Dict[str, Any]) -> None:
    found = playlist_items(Server([item(1, 1), odd]), '1', MACHINE, 10)
    assert [one.rating_key for one in found.items] == ['1'] and not found.complete


def test_items_of_other_servers_are_known() -> None:
    rows = [item(1, 1), item(2, 2, source='server://mid/com.plexapp.plugins.library'),
            item(3, 3, source='server://other/com.plexapp.plugins.library'),
            item(4, 4, sourceURI='provider://tv.plex.provider.discover/x')]
    assert [one.foreign for one in playlist_items(Server(rows), '1', MACHINE, 10).items] == [False, False, True, True]


def test_values_of_any_kind_are_no_error() -> None:
    row = item(1, 1, duration='x', year=[], index=-5, parentIndex=None, grandparentTitle=7, grandparentRatingKey={})
    found, = playlist_items(Server([row]), '1', MACHINE, 10).items
    assert (found.seconds, found.year, found.number, found.show_key) == (0, 0, 0, '')


def test_only_video_playlists_are_listed_and_each_once() -> None:
    rows = [item(1, type='playlist', playlistType='video', smart='1', updatedAt='5', leafCount=3),
            item(2, type='playlist', playlistType='audio'), {'title': 'no key'},
            item(1, type='playlist', playlistType='video'), item(3, type='playlist')]
    found, all_there = playlists(Server(rows), 10)
    assert [one.rating_key for one in found] == ['1', '3'] and all_there
    assert found[0] == PlaylistRow('1', 'Film 1', True, 5, 3, 0)
    found, all_there = playlists(Server(rows), 1)
    assert len(found) == 1 and not all_there


def test_many_items_are_added_a_hundred_at_a_time() -> None:
    server = Server([])
    add_to_playlist(server, MACHINE, '5', [str(key) for key in range(250)])
    assert [(method, path) for method, path, _ in server.asked] == [('PUT', '/playlist/5/items')] * 3
    assert server.asked[-1][2]['uri'] == 'server://mid/com.plexapp.plugins.library/library/metadata/' + ','.join(
        str(key) for key in range(200, 250))


def test_a_playlist_whose_making_is_not_answered_is_an_error() -> None:
    with pytest.raises(PlexBadAnswer):
        create_playlist(Server([]), MACHINE, 'Evening', ['1'])


def test_candidates_of_any_kind_are_no_error() -> None:
    rows = [{'guid': 'plex://movie/1', 'name': 'A', 'year': '1999', 'score': '90'}, {'guid': 'x', 'name': 'B'},
            {'guid': 'plex://movie/2'}, {'name': 'C'}, {'guid': 'a://' + 'x' * 900, 'name': 'D'}, {}]
    server = Server([{'SearchResult': rows}])
    assert candidates(server, '7') == [Candidate('plex://movie/1', 'A', 1999, 90)]
    fix_match(server, '7', Candidate('plex://movie/1', 'A', 1999, 90))
    assert server.asked[-1] == ('PUT', '/library/metadata/7/match', {
        'guid': 'plex://movie/1', 'name': 'A', 'year': 1999})
