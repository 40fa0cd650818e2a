"""Pages, hubs and views of libraries as the server answers them, and what may be asked of it from outside."""
from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, Dict, List, Optional

import pytest

from resources.lib.plex_errors import PlexBadAnswer, PlexNotFound
from resources.lib.plex_list_options import checked_key, checked_order
from resources.lib.plex_lists import (
    Choice,
    hubs_body,
    read_choices,
    read_hubs,
    read_listing,
    read_section_views,
    read_sections,
)


def body(**container: Any) -> bytes:
    return json.dumps({'MediaContainer': container}).encode()


def rows(*keys: int) -> List[Dict[str, Any]]:
    return [{'ratingKey': str(key), 'type': 'movie', 'title': 'Film %d' % key} for key in keys]


@pytest.mark.parametrize(('total', 'offset', 'more'), [(7, 4, True), (6, 4, False), (None, 4, True)])
def test_whether_there_is_a_next_page(total: Optional[int], offset: int, more: bool) -> None:
    said = {name: value for name, value in (('totalSize', total), ('offset', offset)) if value is not None}
    listing = read_listing(body(Metadata=rows(5, 6), **said), 4, 2)
    assert [item.rating_key for item in listing.items] == ['5', '6'] and listing.more is more


def test_a_server_that_pages_nothing_is_paged_here() -> None:
    everything = body(Metadata=rows(1, 2, 3, 4, 5))
    second = read_listing(everything, 2, 2)
    assert [item.rating_key for item in second.items] == ['3', '4'] and second.more
    last = read_listing(everything, 4, 2)
    assert [item.rating_key for item in last.items] == ['5'] and not last.more
    assert read_listing(everything, 10, 2).items == []


def test_a_page_past_the_end_has_no_next_one() -> None:
    """A server whose total is wrong would be turned over for ever."""
    assert not read_listing(body(totalSize=100, offset=50), 50, 10).more


def test_a_hub_path_that_answers_with_hubs_is_read_as_well() -> None:
    listing = read_listing(body(Hub=[{'Metadata': rows(1)}, {'Metadata': rows(2)}, {}]), 0, 10)
    assert [item.rating_key for item in listing.items] == ['1', '2']


def test_hubs_without_items_without_a_path_or_with_music_are_no_rows() -> None:
    found = read_hubs(body(Hub=[
        {'title': 'A', 'type': 'movie', 'key': '/hubs/a', 'Metadata': rows(1)},
        {'title': 'Empty', 'type': 'movie', 'key': '/hubs/e', 'size': 0},
        {'title': 'Songs', 'type': 'track', 'key': '/hubs/s', 'Metadata': rows(1)},
        {'title': 'B', 'type': 'mixed', 'hubKey': '/library/metadata/1,2', 'Metadata': rows(1, 2)},
        {'title': 'C', 'type': 'mixed', 'key': 'https://elsewhere/x', 'Metadata': rows(1)}]))
    assert [(hub.title, hub.key) for hub in found] == [('A', '/hubs/a'), ('B', '/library/metadata/1,2'), ('C', '')]


def test_music_and_photos_are_no_libraries_of_ours() -> None:
    found = read_sections(body(Directory=[{'key': '1', 'type': 'artist', 'title': 'Music'},
                                          {'key': '2', 'type': 'show', 'title': 'TV'},
                                          {'type': 'movie', 'title': 'No key'}]))
    assert [one.title for one in found] == ['TV']


def test_views_of_a_library_as_a_server_gave_them() -> None:
    """Directions as recorded: titles go up, years go down, and an order may name several fields."""
    seasons = 'show.titleSort,season.index:nullsLast,episode.id'
    kinds = [{'type': 'show', 'Filter': [{'filter': 'genre'}], 'Sort': [
        {'key': 'titleSort', 'descKey': 'titleSort:desc', 'defaultDirection': 'asc', 'title': 'Title'},
        {'key': 'year', 'descKey': 'year:desc', 'defaultDirection': 'desc', 'title': 'Year'},
        {'key': seasons, 'defaultDirection': 'asc', 'title': 'Show'}, {'key': 'x y', 'title': 'Odd'}, {}]},
        {'type': 'folder'}]
    views = read_section_views(body(title1='TV', Meta={'Type': kinds}))
    assert views.orders == (Choice('titleSort', 'Title'), Choice('year:desc', 'Year'), Choice(seasons, 'Show'))
    assert (views.title, views.plex_type, views.filters) == ('TV', 'show', ('genre',))


@pytest.mark.parametrize('meta', [None, [], 'x', {'Type': None}, {'Type': [{}]}])
def test_a_server_that_tells_no_views_is_no_error(meta: Any) -> None:
    assert read_section_views(body(Meta=meta)).orders == ()


def test_choices_are_named_by_the_servers_key() -> None:
    assert read_choices(body(Directory=[{'key': '101', 'title': 'Drama'}, {'key': '/library/sections/1/genre/7',
                                                                           'title': 'Noir'}, {'key': '8'}])) == [
        Choice('101', 'Drama'), Choice('7', 'Noir')]


@pytest.mark.parametrize('read', [read_hubs, read_sections, read_section_views, read_choices])
@pytest.mark.parametrize('answer', [b'', b'<html>', b'[]', b'{"MediaContainer": 3}'])
def test_an_answer_that_is_none_is_said_to_be_one(read: Any, answer: bytes) -> None:
    with pytest.raises(PlexBadAnswer):
        read(answer)


class OldServer:
    """One that knows no promoted hubs."""

    def __init__(self) -> None:
        self.asked: List[str] = []
        self.features = SimpleNamespace(path=lambda _kind: '/hubs/promoted')

    def body(self, path: str, *_more: Any, **_limits: Any) -> bytes:
        self.asked.append(path)
        if path == '/hubs/promoted':
            raise PlexNotFound(404, 'GET ' + path)
        return b'{}'


def test_an_older_server_is_asked_for_all_its_hubs() -> None:
    server: Any = OldServer()
    assert hubs_body(server) == b'{}' and server.asked == ['/hubs/promoted', '/hubs']


@pytest.mark.parametrize('key', [
    '/hubs/home/recentlyAdded?contentDirectoryID=10&pinnedContentDirectoryID=3%2C5%2C7&sectionID=10&type=2',
    '/hubs/sections/1/continueWatching/items', '/library/metadata/1,2,3', '/library/collections/7/children',
    '/library/sections/1/all?director=900&id!=12&type=1',
    '/library/sections/2/all?title=Crime%20%26%20Co.&sort=year:desc',
    '/hubs', '/library/sections/1/all?guid=plex%3A%2F%2Fmovie%2F5d77'])
def test_paths_as_servers_name_them_are_taken(key: str) -> None:
    assert checked_key(key) == key


@pytest.mark.parametrize('order', ['year:desc', 'titleSort', 'random', 'show.titleSort:desc,index',
                                   'season.index:nullsLast,episode.id'])
def test_orders_as_servers_name_them_are_taken(order: str) -> None:
    assert checked_order(order) == order


@pytest.mark.parametrize('order', ['', 'a b', 'a&b', 'a=b', ',', 'a,', ':desc', '1', 'a.b.c', 'a' * 300])
def test_what_is_no_order_is_not_taken(order: str) -> None:
    assert checked_order(order) == ''
