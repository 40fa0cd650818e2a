"""Libraries and how each can be looked at; collections, playlists, people and folders."""
from __future__ import annotations

import urllib.request
from urllib.parse import parse_qsl

import pytest

from resources.lib.kodi.texts import lists as texts
from resources.lib.local_server.api import ApiError
from tests.integration.lists.reader import FILMS, ListReader, labels, views

# ---- libraries -----------------------------------------------------------------------------------------------------

def test_the_libraries_and_how_each_can_be_looked_at(reader: ListReader) -> None:
    libraries = reader.open('sections')
    assert labels(libraries) == ['Movies', 'TV Shows'] and libraries['content'] == ''
    films, shows = (reader.follow(row) for row in libraries['items'])
    assert films['title'] == 'Movies' and shows['title'] == 'TV Shows'
    wanted = [texts.ALL, texts.RECENTLY_ADDED, texts.CONTINUE_WATCHING, texts.HUBS, texts.UNWATCHED, texts.COLLECTIONS,
              texts.GENRES, texts.YEARS, texts.DECADES, texts.FOLDERS, texts.SORTED_BY]
    assert labels(films) == [reader.text(one) for one in wanted]
    wanted.remove(texts.DECADES)
    assert labels(shows) == [reader.text(one) for one in wanted], 'the server knows no decades of shows'
    for row in films['items'] + shows['items']:
        reader.follow(row)
    assert labels(reader.follow(films['items'][0])) == ['Alpha', 'Beta', 'Delta', 'Epsilon', 'Gamma'], 'by title'


def test_films_by_genre_year_and_decade(reader: ListReader) -> None:
    genres = views(reader, texts.GENRES)
    assert labels(genres) == ['Comedy', 'Drama']
    assert labels(reader.follow(genres['items'][0])) == ['Beta', 'Delta']
    years = views(reader, texts.YEARS)
    assert labels(years)[0] == '1990' and labels(reader.follow(years['items'][0])) == ['Alpha']
    decades = views(reader, texts.DECADES)
    assert labels(decades)[0] == '1990s' and labels(reader.follow(decades['items'][0])) == ['Alpha', 'Beta']
    assert labels(reader.open('section', id='1', genre='101', decade='2000')) == ['Gamma']


def test_the_servers_own_orders(reader: ListReader) -> None:
    orders = views(reader, texts.SORTED_BY)
    assert 'Year' in labels(orders)
    by_year = next(row for row in orders['items'] if row['label'] == 'Year')
    assert labels(reader.follow(by_year)) == list(reversed(FILMS)), 'the newest first, as the server begins'


@pytest.mark.parametrize('sort', ['a b', '../x', 'year:desc&type=2', 'x' * 400, ':desc'])
def test_an_order_that_cannot_be_one_is_not_sent(reader: ListReader, sort: str) -> None:
    reader.open('section', id='1', sort=sort)
    assert all('sort' not in entry.query for entry in reader.sim.requests.find(r'/library/sections/1/all'))


def test_what_was_not_watched(reader: ListReader) -> None:
    reader.library.scrobble(reader.key('Beta'))
    reader.library.scrobble(reader.key('Space', 'show'))
    assert labels(reader.open('section', id='1', unwatched='1')) == ['Alpha', 'Delta', 'Epsilon', 'Gamma']
    assert labels(reader.open('section', id='1', unwatched='0')) == ['Beta']
    for more in ({}, {'type': 'show'}):
        assert labels(reader.open('section', id='2', unwatched='1', **more)) == ['Hospital']
    assert len(reader.open('section', id='2', unwatched='1', type='episode')['items']) == 4


# ---- collections and playlists -------------------------------------------------------------------------------------

def test_collections_by_library_and_what_they_hold(reader: ListReader) -> None:
    reader.library.add_collection(1, 'Best', [reader.key('Gamma'), reader.key('Alpha')])
    reader.library.add_collection(1, 'Old', smart='type=1&year<<=2000')
    found = reader.open('collections', section='1')
    assert labels(found) == ['Best', 'Old'] and found['content'] == 'sets'
    assert '/art/' in found['items'][0]['art']['poster']
    assert labels(reader.follow(found['items'][0])) == ['Gamma', 'Alpha']
    assert labels(reader.follow(found['items'][1])) == ['Alpha', 'Beta']


def test_the_collections_of_all_libraries_are_one_list_by_title(reader: ListReader) -> None:
    for section, title in ((1, 'Zoo'), (2, 'the wire'), (1, 'Best')):
        member = reader.key('Alpha') if section == 1 else reader.key('Space', 'show')
        reader.library.add_collection(section, title, [member])
    everything = reader.open('collections')
    assert labels(everything) == ['Best', 'the wire', 'Zoo'] and everything['content'] == 'sets'
    first = reader.open('collections', page='1', limit='2')
    assert labels(first) == ['Best', 'the wire', reader.text(texts.NEXT_PAGE)]
    assert labels(reader.follow(first['items'][-1])) == ['Zoo']
    assert labels(reader.follow(everything['items'][1])) == ['Space']


def test_a_playlist_has_the_picture_that_plex_made_of_its_items(reader: ListReader) -> None:
    playlist = reader.library.add_playlist('Evening', [reader.key('Gamma')])
    row, = reader.open('playlists')['items']
    assert row['art']['poster'].endswith('/%d/playlist/%d' % (playlist.rating_key, playlist.stamp))
    with urllib.request.urlopen(row['art']['poster'], timeout=10) as answer:
        assert answer.headers['Content-Type'] == 'image/png' and answer.read()
    assert 'playlists' in reader.sim.requests.find(r'^/photo/')[-1].query


def test_each_page_says_what_it_shows(reader: ListReader) -> None:
    reader.library.add_collection(1, 'Best', [reader.key('Gamma')])
    reader.library.add_playlist('Evening', [reader.key('Gamma')])
    genres = views(reader, texts.GENRES)
    assert genres['title'] == 'Movies · ' + reader.text(texts.GENRES)
    assert reader.follow(genres['items'][0])['title'] == 'Movies · %s · Comedy' % reader.text(texts.GENRES)
    assert reader.follow(reader.open('hubs')['items'][0])['title'] == 'Recently Added in Movies'
    assert reader.follow(reader.open('collections')['items'][0])['title'] == 'Best'
    assert reader.follow(reader.open('playlists')['items'][0])['title'] == 'Evening'
    assert reader.follow(reader.open('search', query='space')['items'][0])['title'] == \
        'space · ' + reader.text(texts.SHOWS)
    page = reader.open('section', id='1', page='1', limit='2', title='Films')
    assert page['title'] == 'Films' == reader.follow(page['items'][-1])['title']


def test_playlists_of_the_user_with_films_and_episodes_in_their_order(reader: ListReader) -> None:
    keys = [reader.key('Gamma'), reader.key('Space 1x1', 'episode'), reader.key('Alpha')]
    reader.library.add_playlist('Evening', keys)
    reader.library.add_playlist('New', smart=(1, 'type=1&sort=addedAt:desc'))
    reader.library.add_playlist('Songs', kind='audio')
    reader.library.add_playlist('of somebody else', user=99)
    found = reader.open('playlists')
    assert labels(found) == ['Evening', 'New']
    assert labels(reader.follow(found['items'][0])) == ['Gamma', 'Space 1x1', 'Alpha']
    assert labels(reader.follow(found['items'][1])) == list(reversed(FILMS))
    key = dict(parse_qsl(found['items'][1]['url'].partition('?')[2]))['id']
    assert labels(reader.open('playlist', id=key, page='3', limit='2')) == ['Alpha']


# ---- people and folders --------------------------------------------------------------------------------------------

def test_what_somebody_plays_in_over_all_libraries(reader: ListReader) -> None:
    ada = {'id': 77, 'tag': 'Ada', 'tagKey': '5d7768316f4521001ea9b4bc', 'role': 'Herself'}
    for key in (reader.key('Gamma'), reader.key('Alpha'), reader.key('Space', 'show')):
        reader.library.update(key, Role=[ada])
    for name in ('77', '5d7768316f4521001ea9b4bc'):
        assert labels(reader.open('people', id=name)) == ['Alpha', 'Gamma', 'Space']
    page = reader.open('people', id='77', page='1', limit='2')
    assert labels(page) == ['Alpha', 'Gamma', reader.text(texts.NEXT_PAGE)]
    assert labels(reader.follow(page['items'][-1])) == ['Space']


def test_an_older_server_is_asked_by_library_for_what_somebody_plays_in(reader: ListReader) -> None:
    reader.library.update(reader.key('Gamma'), Role=[{'id': 77, 'tag': 'Ada'}])
    reader.sim.faults.add(path_regex='/library/people/', kind='status', value=404, times=99)
    assert labels(reader.open('people', id='77')) == ['Gamma']


def test_a_library_by_its_folders(reader: ListReader) -> None:
    reader.library.add_movie('Zeta', 1)
    root = views(reader, texts.FOLDERS)
    assert len(root['items']) == len(FILMS) + 1 and all(row['folder'] for row in root['items'])
    alpha = next(row for row in root['items'] if row['label'].startswith('Alpha'))
    assert labels(reader.follow(alpha)) == ['Alpha']
    page = reader.open('folder', section='1', page='1', limit='4')
    assert labels(page)[-1] == reader.text(texts.NEXT_PAGE) and len(page['items']) == 5
    assert len(reader.follow(page['items'][-1])['items']) == 2
    with pytest.raises(ApiError) as caught:
        reader.open('folder', section='1', id='4711')
    assert caught.value.key == 'item_gone'
