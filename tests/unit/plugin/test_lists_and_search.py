"""Addresses of lists and of the search, through to the page that Kodi shows."""
from __future__ import annotations

from typing import Dict

import pytest

from resources.lib import item_url
from resources.lib.kodi.texts import lists as list_texts
from tests.unit.plugin.world import BASE, MID, World

# ---- Continue Watching ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize(('query', 'asked', 'content'), [
    ('', {}, 'videos'), ('?type=movie', {'type': 'movie'}, 'movies'),
    ('?type=episode&limit=12', {'type': 'episode', 'limit': '12'}, 'episodes'),
    ('?limit=5', {'limit': '5'}, 'videos'), ('?reload=123', {}, 'videos'), ('?limit=many', {}, 'videos')])
def test_continue_watching_for_widgets(world: World, query: str, asked: Dict[str, str], content: str) -> None:
    world.answers['list'] = {'title': 'Continue Watching', 'content': content, 'items': [
        {'url': item_url.movie_url(MID, '7'), 'label': 'A film', 'mediatype': 'movie', 'dbid': 42,
         'info': {'title': 'A film', 'year': 2001}, 'resume': {'position': 61.5, 'total': 5400.0}},
        {'url': item_url.episode_url(MID, '3', '31'), 'label': 'Pilot', 'mediatype': 'episode'}]}
    listing = world.open('continue_watching', query)
    assert world.calls == [('list', dict(asked, path='continue_watching'))]
    assert listing.labels == ['A film', 'Pilot'] and listing.content == content and listing.succeeded
    assert listing.category == world.text(list_texts.CONTINUE_WATCHING)
    url, item, folder = listing.items[0]
    assert url == item_url.movie_url(MID, '7') and not folder and item.getProperty('IsPlayable') == 'true'
    assert item.getVideoInfoTag().getDbId() == 42


def test_nothing_to_continue_is_an_empty_page_not_an_error(world: World) -> None:
    listing = world.open('continue_watching')
    assert listing.succeeded and listing.items == [] and world.said() == []


def test_an_address_with_a_slash_at_the_end_is_the_same(world: World) -> None:
    world.open('continue_watching/')
    assert world.calls[0] == ('list', {'path': 'continue_watching'})


# ---- search --------------------------------------------------------------------------------------------------------

def test_a_search_asks_for_words_and_opens_their_page(world: World) -> None:
    """As a page of its own: when the user comes back from an entry, he is not asked again."""
    world.kodi.answer('Crème (1), & more')
    listing = world.open('search')
    assert listing.succeeded is False and world.calls == []
    url = BASE + 'search?query=Cr%C3%A8me%20%281%29%2C%20%26%20more'
    assert world.kodi.builtins == ['Container.Update(%s)' % url]
    world.open(BASE + 'search', '?' + url.partition('?')[2], handle=2)
    assert world.calls == [('list', {'path': 'search', 'query': 'Crème (1), & more'})]


def test_a_search_from_a_button_opens_a_window(world: World) -> None:
    world.kodi.answer('space')
    world.open('search', '?type=movie', handle=-1)
    assert world.kodi.builtins == ['ActivateWindow(Videos,%ssearch?query=space&type=movie,return)' % BASE]


@pytest.mark.parametrize('words', ['', '   '])
def test_who_types_nothing_stays_where_he_was(world: World, words: str) -> None:
    world.kodi.answer(words)
    assert world.open('search').succeeded is False and world.kodi.builtins == []


def test_options_of_lists_arrive_by_name_and_others_do_not(world: World) -> None:
    query = '?section=2&id=1&key=%2Fhubs%2Fx%3Fa%3D1%26b%3D2&page=2&sort=year%3Adesc&year=199x&unwatched=1&path=x'
    world.open('hub', query)
    assert world.calls == [('list', {'path': 'hub', 'section': '2', 'id': '1', 'key': '/hubs/x?a=1&b=2', 'page': '2',
                                     'sort': 'year:desc', 'unwatched': '1'})]
