"""Each list of the plugin, from the service through the simulated Plex: the right items, order, page and rows."""
from __future__ import annotations

import json
import urllib.request
from typing import Any, Dict, Iterator, List
from urllib.parse import parse_qsl

import pytest

from resources.lib import item_url
from resources.lib.kodi.texts import lists as texts
from resources.lib.local_server.api import ApiError
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import OWNER, Library
from tools.plexsim.pms.handlers import info

FILMS = ('Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon')


def house() -> Library:
    """Five films, two shows of two seasons with two episodes each."""
    library = Library.empty()
    films = library.add_section('movie', 'Movies')
    library.add_section('show', 'TV Shows')
    genres = ([{'id': 101, 'tag': 'Drama'}], [{'id': 102, 'tag': 'Comedy'}])
    for number, title in enumerate(FILMS):
        library.add_movie(title, films.id, year=1990 + 5 * number, addedAt=1_600_000_000 + number, Genre=None)
    for number, film in enumerate(list(films.items('movie'))):
        library.update(film.rating_key, Genre=genres[number % 2], updatedAt=1_700_000_000,
                       Director=[{'id': 900, 'tag': 'Ada'}] if number < 2 else [])
    for number, title in enumerate(('Space', 'Hospital')):
        show = library.add_show(title, addedAt=1_650_000_000 + 100 * number)
        for index in (1, 2):
            season = library.add_season(show.rating_key, index, addedAt=1_650_000_000 + 100 * number + index)
            for episode in (1, 2):
                library.add_episode(season.rating_key, episode, '%s %dx%d' % (title, index, episode),
                                    addedAt=1_650_000_000 + 100 * number + 10 * index + episode)
    return library


class ListReader:
    """Somebody who opens lists and follows their entries."""

    def __init__(self, environment: ServiceEnvironment) -> None:
        self.environment = environment
        self.kodi = environment.kodi
        self.sim = environment.sim
        self.library = environment.sync_env.library

    def open(self, path: str, **options: Any) -> Dict[str, Any]:
        """The answer of the service."""
        answer: Dict[str, Any] = json.loads(self.environment.call('list', path=path, **options))
        return answer

    def follow(self, row: Dict[str, Any]) -> Dict[str, Any]:
        """Open an entry that is a list of ours, as the plugin would."""
        assert row['folder'] and row['url'].startswith(item_url.BASE)
        path, _, query = row['url'][len(item_url.BASE):].partition('?')
        return self.open(path, **dict(parse_qsl(query)))

    def text(self, text_id: int) -> str:
        return self.kodi.text(text_id)

    def key(self, title: str, kind: str = 'movie') -> int:
        return next(item.rating_key for item in self.library.items(kind) if item.title == title)

    def row_of(self, title: str) -> int:
        """The row of a film in Kodi's library."""
        (found,), = self.environment.sync_env.rows('SELECT idMovie FROM movie_view WHERE c00 = ?', title)
        return int(found)

    def show_row(self, title: str) -> int:
        (found,), = self.environment.sync_env.rows('SELECT idShow FROM tvshow_view WHERE c00 = ?', title)
        return int(found)


def labels(answer: Dict[str, Any]) -> List[str]:
    return [row['label'] for row in answer['items']]


@pytest.fixture
def reader(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListReader]:
    """Signed in, nothing synced: live updates would begin a sync."""
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    environment = ServiceEnvironment(fake_kodi, house(), monkeypatch)
    try:
        environment.start_kodi()
        environment.sign_in()
        yield ListReader(environment)
    finally:
        environment.close()


@pytest.fixture
def synced(reader: ListReader) -> ListReader:
    """Signed in and synced."""
    reader.environment.sync()
    return reader


# ---- what is going on and what is new ------------------------------------------------------------------------------

def test_continue_watching_and_on_deck_of_one_library_by_key_and_by_uuid(reader: ListReader) -> None:
    reader.library.set_progress(reader.key('Beta'), 600_000)
    reader.library.set_progress(reader.key('Space 1x2', 'episode'), 600_000)
    for path in ('continue_watching', 'on_deck'):
        assert set(labels(reader.open(path))) == {'Beta', 'Space 1x2'}
        for section in reader.library.sections.values():
            expected = ['Beta'] if section.type == 'movie' else ['Space 1x2']
            assert labels(reader.open(path, section=str(section.id))) == expected
            assert labels(reader.open(path, section=section.uuid)) == expected
        assert labels(reader.open(path, type='episode')) == ['Space 1x2']
        assert len(reader.open(path, limit='1')['items']) == 1
    asked = reader.sim.requests.find(r'^/library/sections$')
    reader.open('on_deck', section=section.uuid)
    assert len(reader.sim.requests.find(r'^/library/sections$')) == len(asked), 'a uuid is looked up once'


def test_a_library_that_is_not_there_is_said_to_be_gone(reader: ListReader) -> None:
    with pytest.raises(ApiError) as caught:
        reader.open('on_deck', section='no-such-uuid')
    assert caught.value.key == 'item_gone'


@pytest.mark.parametrize(('kind', 'newest'), [
    ('movie', ['Epsilon', 'Delta']), ('show', ['Hospital', 'Space']), ('season', ['Season 2', 'Season 1']),
    ('episode', ['Hospital 2x2', 'Hospital 2x1'])])
def test_what_came_last_comes_first(reader: ListReader, kind: str, newest: List[str]) -> None:
    answer = reader.open('recently_added', type=kind, limit='2')
    assert labels(answer) == newest
    assert answer['content'] == {'movie': 'movies', 'show': 'tvshows', 'season': 'seasons', 'episode': 'episodes'}[kind]
    section = 1 if kind == 'movie' else 2
    assert labels(reader.open('recently_added', type=kind, section=str(section), limit='2')) == newest


def test_what_came_last_without_a_type_is_what_the_server_says(reader: ListReader) -> None:
    assert labels(reader.open('recently_added', limit='2')) == ['Hospital 2x2', 'Hospital 2x1']
    assert labels(reader.open('recently_added', section='1', limit='2')) == ['Epsilon', 'Delta']


# ---- pages ---------------------------------------------------------------------------------------------------------

def test_a_long_list_is_turned_page_by_page(reader: ListReader) -> None:
    first = reader.open('section', id='1', page='1', limit='2', sort='addedAt')
    assert labels(first) == ['Alpha', 'Beta', reader.text(texts.NEXT_PAGE)]
    assert first['items'][-1]['properties']['SpecialSort'] == 'bottom'
    second = reader.follow(first['items'][-1])
    assert labels(second) == ['Gamma', 'Delta', reader.text(texts.NEXT_PAGE)]
    assert labels(reader.follow(second['items'][-1])) == ['Epsilon'], 'the last page has no next one'
    assert labels(reader.open('section', id='1', page='9', limit='2')) == []


def test_a_widget_that_wants_so_many_entries_gets_no_next_page(reader: ListReader) -> None:
    assert labels(reader.open('section', id='1', limit='2')) == ['Alpha', 'Beta']


def test_without_a_word_about_length_a_page_is_fifty_long(reader: ListReader) -> None:
    for number in range(60):
        reader.library.add_movie('More %02d' % number, 1)
    rows = labels(reader.open('section', id='1', sort='id'))
    assert len(rows) == 51 and rows[0] == 'Alpha' and rows[-1] == reader.text(texts.NEXT_PAGE)


def test_a_server_that_tells_no_totals_can_be_read_to_the_end(reader: ListReader) -> None:
    reader.sim.config.no_totals = True
    found: List[str] = []
    answer = reader.open('section', id='1', page='1', limit='2', sort='id')
    while reader.text(texts.NEXT_PAGE) in labels(answer):
        found += labels(answer)[:-1]
        answer = reader.follow(answer['items'][-1])
    assert found + labels(answer) == list(FILMS)


@pytest.mark.parametrize('totals', [True, False])
def test_a_server_that_sends_fewer_than_asked_is_asked_for_the_rest_of_the_page(
        reader: ListReader, totals: bool) -> None:
    reader.sim.config.page_limit, reader.sim.config.no_totals = 2, not totals
    first = reader.open('section', id='1', page='1', limit='3', sort='id')
    assert labels(first) == ['Alpha', 'Beta', 'Gamma', reader.text(texts.NEXT_PAGE)]
    assert labels(reader.follow(first['items'][-1])) == ['Delta', 'Epsilon']
    assert labels(reader.open('section', id='1', limit='50', sort='id')) == list(FILMS)


def test_digits_of_other_alphabets_are_no_numbers(reader: ListReader) -> None:
    assert len(labels(reader.open('section', id='1', year='²', decade='١٩٩٠', unwatched='¹'))) == len(FILMS)


# ---- hubs ----------------------------------------------------------------------------------------------------------

def test_the_hubs_of_the_home_screen_and_of_a_library_are_folders_in_the_servers_order(reader: ListReader) -> None:
    reader.library.set_progress(reader.key('Beta'), 600_000)
    answer = reader.open('hubs')
    assert labels(answer) == ['Continue Watching', 'Recently Added in Movies', 'Recently Added in TV Shows']
    assert answer['content'] == '' and all(row['folder'] for row in answer['items'])
    assert labels(reader.follow(answer['items'][0])) == ['Beta']
    films = reader.follow(answer['items'][1])
    assert labels(films) == ['Epsilon', 'Delta', 'Gamma', 'Beta', 'Alpha'] and films['content'] == 'movies'
    of_library = reader.open('hubs', section='2')
    assert labels(of_library) == ['Recently Added in TV Shows'], 'an empty hub is left out'
    assert reader.follow(of_library['items'][0])['items'][0]['label'] == 'Hospital 2x2'


def test_a_hub_has_pages(reader: ListReader) -> None:
    row = reader.open('hubs')['items'][0]
    key = dict(parse_qsl(row['url'].partition('?')[2]))['key']
    assert labels(reader.open('hub', key=key, page='2', limit='2')) == ['Gamma', 'Beta', reader.text(texts.NEXT_PAGE)]


@pytest.mark.parametrize('key', [
    '', 'http://elsewhere/hubs/x', '//elsewhere/hubs/x', '@elsewhere/hubs/', '/hubs/../accounts',
    '/hubs/%2e%2e/accounts',
    '/hubs/%252e%252e/accounts', '/:/prefs', '/accounts', '/library/sections/1/refresh',
    '/library/sections/1/Refresh?a=1',
    '/hubs?X-Plex-Token=abc', '/hubs?x-plex-token=abc', '/hubs?X%2DPlex%2DToken=abc', '/hubs\\x', '/hubsx', '/hubs/a b',
    '/hubs/x#y', '/hubs/\nx', '/library/parts/1/file.mkv', '/library/metadata/1/refresh', '/hubs/' + 'x' * 3000])
def test_a_hub_can_only_be_a_list_of_the_server(reader: ListReader, key: str) -> None:
    reader.sim.reset_stats()
    with pytest.raises(ApiError) as caught:
        reader.open('hub', key=key)
    assert caught.value.key == 'item_gone' and not reader.sim.requests.find(r'.')


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


def views(reader: ListReader, text_id: int, section: str = '1') -> Dict[str, Any]:
    rows = reader.open('sections', section=section)['items']
    return reader.follow(next(row for row in rows if row['label'] == reader.text(text_id)))


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


# ---- of one item ---------------------------------------------------------------------------------------------------

def test_a_show_that_kodi_does_not_have_opens_by_the_plugin(reader: ListReader) -> None:
    reader.library.scrobble(reader.key('Space 1x1', 'episode'))
    shows = reader.open('section', id='2')
    assert labels(shows) == ['Hospital', 'Space'] and shows['content'] == 'tvshows'
    space = shows['items'][1]
    assert space['properties']['UnWatchedEpisodes'] == '3' and space['info']['playcount'] == 0
    seasons = reader.follow(space)
    assert labels(seasons) == ['Season 1', 'Season 2'] and seasons['content'] == 'seasons'
    episodes = reader.follow(seasons['items'][1])
    assert labels(episodes) == ['Space 2x1', 'Space 2x2'] and episodes['content'] == 'episodes'
    assert episodes['items'][0]['url'] == item_url.episode_url(
        reader.sim.machine_identifier, str(reader.key('Space', 'show')), str(reader.key('Space 2x1', 'episode')))


def test_what_kodi_has_is_kodis_and_opens_in_its_library(synced: ListReader) -> None:
    films = synced.open('section', id='1', sort='id')['items']
    assert [row['dbid'] for row in films] == [synced.row_of(title) for title in FILMS]
    row = synced.show_row('Space')
    space = next(one for one in synced.open('section', id='2')['items'] if one['label'] == 'Space')
    assert space['dbid'] == row and 'poster' in space['art'] and 'cast' in space
    assert space['url'] == 'videodb://tvshows/titles/%d/' % row
    seasons = synced.open('children', id=str(synced.key('Space', 'show')))['items']
    assert [one['url'] for one in seasons] == ['videodb://tvshows/titles/%d/%d/' % (row, number) for number in (1, 2)]
    assert all(one['dbid'] for one in seasons)


def test_what_kodi_has_is_not_asked_for_in_full_and_what_it_lacks_is(synced: ListReader) -> None:
    synced.sim.reset_stats()
    assert synced.open('section', id='1', sort='id')['items'][0]['cast'] is not None
    assert not synced.sim.requests.find(r'^/library/metadata/')
    synced.library.add_movie('Zeta', 1)
    new = synced.open('section', id='1', sort='id')['items'][-1]
    assert new['label'] == 'Zeta' and 'dbid' not in new
    asked, = synced.sim.requests.find(r'^/library/metadata/')
    assert asked.path.endswith('/%d' % synced.key('Zeta'))


def test_a_list_of_what_kodi_has_is_one_short_question(synced: ListReader) -> None:
    for title, kind in (('Beta', 'movie'), ('Space 1x2', 'episode')):
        synced.library.set_progress(synced.key(title, kind), 600_000)
    for path, options in (('continue_watching', {}), ('on_deck', {}), ('recently_added', {'type': 'episode'}),
                          ('section', {'id': '1', 'type': 'movie'}), ('section', {'id': '2', 'type': 'show'})):
        synced.sim.reset_stats()
        rows = synced.open(path, **options)['items']
        asked, = synced.sim.requests.find(r'^/(hubs|library)/')
        assert 'title' not in asked.query and rows
        assert all(row['dbid'] and row['info']['title'] and row['art'] for row in rows)


def test_what_kodi_lost_is_told_by_the_server(synced: ListReader) -> None:
    synced.environment.sync_env.execute("DELETE FROM movie WHERE c00 = 'Beta'")
    rows = synced.open('section', id='1', type='movie', sort='id')['items']
    assert [row['label'] for row in rows] == list(FILMS) and rows[1]['url'].startswith(item_url.BASE)


def test_a_server_that_tells_nothing_of_single_items_tells_of_them_in_lists(synced: ListReader) -> None:
    synced.library.add_movie('Zeta', 1)
    synced.sim.faults.add(r'^/library/metadata/\d', 500)
    rows = synced.open('section', id='1', type='movie', sort='id')['items']
    assert [row['label'] for row in rows] == [*FILMS, 'Zeta'] and rows[0]['cast'] is not None


def test_all_that_is_asked_for_is_asked_for_by_field(reader: ListReader) -> None:
    reader.sim.reset_stats()
    for path, more in (('section', {'id': '1'}), ('recently_added', {}), ('hubs', {}), ('on_deck', {}),
                       ('collections', {'section': '1'}), ('search', {'query': 'a'}), ('children', {'id': '6'})):
        reader.open(path, **more)
    for entry in reader.sim.requests.find(r'^/(hubs|library/(all|onDeck|recentlyAdded|sections/1/)|playlists)'):
        assert 'includeFields' in entry.query, entry.path


def test_what_is_similar_what_goes_with_it_and_its_extras(reader: ListReader) -> None:
    alpha = str(reader.key('Alpha'))
    assert labels(reader.open('similar', id=alpha)) == ['Gamma', 'Epsilon']
    related = reader.open('related', id=alpha)
    assert labels(related) == ['Similar', 'More by Ada']
    assert labels(reader.follow(related['items'][0])) == ['Gamma', 'Epsilon']
    assert labels(reader.follow(related['items'][1])) == ['Beta']
    extra = reader.library.add_extra(alpha, 'Behind it', 'behindTheScenes', guid='file:///extras/behind.mkv')
    row, = reader.open('extras', id=alpha)['items']
    assert row['label'] == 'Behind it' and row['info']['duration'] == 120
    assert row['url'] == item_url.trailer_url(reader.sim.machine_identifier, str(extra.rating_key))
    ref = item_url.parse(row['url'])
    assert ref is not None
    found = reader.environment.call('play', machine_identifier=ref.machine_identifier, rating_key=ref.rating_key,
                                  type=ref.plex_type, media_id='')
    assert found['url'], 'it plays'


@pytest.mark.parametrize('path', ['similar', 'extras', 'related', 'children', 'collection', 'playlist', 'section'])
@pytest.mark.parametrize('key', ['', '../x', '1/refresh', 'a b'])
def test_a_list_of_nothing_is_said_to_be_gone_and_nobody_is_asked(reader: ListReader, path: str, key: str) -> None:
    reader.sim.reset_stats()
    with pytest.raises(ApiError) as caught:
        reader.open(path, id=key)
    assert caught.value.key == 'item_gone' and not reader.sim.requests.find(r'.')


def test_an_item_that_is_gone_is_said_to_be_gone(reader: ListReader) -> None:
    with pytest.raises(ApiError) as caught:
        reader.open('children', id='4711')
    assert caught.value.key == 'item_gone'


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


# ---- what plex.tv offers -------------------------------------------------------------------------------------------

def guid(reader: ListReader, title: str, kind: str = 'movie') -> str:
    """The key of a film or show at plex.tv."""
    item = next(item for item in reader.library.items(kind) if item.title == title)
    reader.library.update(item.rating_key, guid='plex://%s/5d7768%018d' % (kind, item.rating_key))
    return item.guid.rpartition('/')[2]


def watchlist(reader: ListReader) -> List[str]:
    """A film and a show of the user's own, and a film that is nowhere here; the newest first."""
    titles = reader.sim.titles
    other = titles.add_title('Nowhere yet', summary='Soon.')
    keys = [guid(reader, 'Alpha'), other, guid(reader, 'Space', 'show')]
    for number, key in enumerate(keys):
        titles.watch(OWNER, key, 1_700_000_000 + number)
    return keys


@pytest.mark.parametrize('is_synced', [False, True])
def test_the_watchlist_shows_what_the_user_has_as_his_own(reader: ListReader, is_synced: bool) -> None:
    keys = watchlist(reader)
    if is_synced:
        reader.environment.sync()
    reader.library.set_progress(reader.key('Alpha'), 600_000)
    space, other, alpha = reader.open('watchlist')['items']
    assert (space['label'], alpha['label']) == ('Space', 'Alpha') and 'Nowhere yet' in other['label']
    assert alpha['url'] == item_url.movie_url(reader.sim.machine_identifier, str(reader.key('Alpha')))
    assert alpha['resume']['position'] == 600.0 and alpha['art']['poster'].startswith('http://127.0.0.1')
    assert ('dbid' in alpha) == ('dbid' in space) == is_synced
    assert other['properties'] == {'plexguid': 'plex://movie/' + keys[1], 'IsPlayable': 'false'}
    assert other['url'].endswith('/not_in_libraries') and not other['folder'] and other['info']['plot'] == 'Soon.'
    assert other['art']['poster'].startswith('https://metadata-static.plex.tv/') and 'plex' not in other['uniqueids']


def test_the_watchlist_by_type_by_title_and_in_pages(reader: ListReader) -> None:
    watchlist(reader)
    assert labels(reader.open('watchlist', type='show')) == ['Space']
    assert [row['info']['title'] for row in reader.open('watchlist', sort='titleSort')['items']] == [
        'Alpha', 'Nowhere yet', 'Space']
    for number in range(60):
        reader.sim.titles.watch(OWNER, reader.sim.titles.add_title('Later %02d' % number), 1_600_000_000 + number)
    first = reader.open('watchlist')
    assert len(first['items']) == 51
    assert len(reader.follow(first['items'][-1])['items']) == 13


def test_the_watchlist_is_that_of_who_watches(reader: ListReader) -> None:
    watchlist(reader)
    child = reader.sim.accounts.add_user('Child')
    reader.sim.titles.watch(child.id, guid(reader, 'Beta'))
    reader.environment.watch_as(child)
    assert labels(reader.open('watchlist')) == ['Beta']


def test_no_token_of_the_servers_goes_to_plex_tv_and_none_of_plex_tvs_to_the_server(reader: ListReader) -> None:
    watchlist(reader)
    reader.open('on_deck')
    reader.sim.reset_stats()
    reader.open('watchlist')
    for entry in reader.sim.requests.find('.'):
        assert entry.status == 200, entry.path


def test_discover_has_rows_and_each_is_a_list(reader: ListReader) -> None:
    keys = watchlist(reader)
    reader.sim.titles.set_hub('top_watchlisted', 'Most watchlisted', keys[:2])
    reader.sim.titles.set_hub('coming-soon', 'Coming soon', [])
    rows = reader.open('discover')['items']
    assert [row['label'] for row in rows] == ['Most watchlisted']
    opened = reader.follow(rows[0])
    assert opened['title'] == 'Most watchlisted' and [row['info']['title'] for row in opened['items']] == [
        'Alpha', 'Nowhere yet']


def test_an_account_without_discover_is_told_so_and_the_server_is_not_blamed(reader: ListReader) -> None:
    reader.sim.titles.offered = False
    for path in ('watchlist', 'discover'):
        with pytest.raises(ApiError) as caught:
            reader.open(path)
        assert caught.value.key == 'not_offered'
    assert reader.open('recently_added')['items'], 'and the rest goes on'


def test_a_plex_tv_that_is_away_is_told_apart_from_the_server(reader: ListReader) -> None:
    reader.sim.faults.add(path_regex='/(media/providers|library/sections/watchlist)', kind='drop', times=99,
                        server='plextv')
    with pytest.raises(ApiError) as caught:
        reader.open('watchlist')
    assert caught.value.key == 'plex_tv_unreachable'
    assert reader.open('recently_added')['items']


# ---- what the server offers ----------------------------------------------------------------------------------------

def test_lists_are_where_the_server_says_that_they_are(reader: ListReader, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = tuple((kind, '/elsewhere' if kind == 'playlist' else key) for kind, key in info.FEATURES
                  if kind != 'collection')
    monkeypatch.setattr(info, 'FEATURES', moved)
    for _ in range(2):
        with pytest.raises(ApiError):
            reader.open('playlists')
    assert reader.sim.requests.find('^/elsewhere$') and not reader.sim.requests.find('^/playlists')
    with pytest.raises(ApiError) as caught:
        reader.open('collection', id='5')
    assert caught.value.key == 'item_gone' and not reader.sim.requests.find('^/library/collections/')
    assert len(reader.sim.requests.find('^/media/providers')) == 1, 'asked once'


@pytest.mark.parametrize('value', [404, 403, 500])
def test_a_server_that_does_not_say_what_it_offers_is_asked_at_the_usual_places(reader: ListReader, value: int) -> None:
    reader.sim.faults.add(path_regex='^/media/providers', kind='status', value=value, times=99)
    reader.library.add_playlist('Evening', [reader.key('Gamma')])
    assert labels(reader.open('playlists')) == ['Evening'] and labels(reader.open('hubs'))


# ---- search --------------------------------------------------------------------------------------------------------

def test_a_search_is_grouped_and_each_group_is_a_list(reader: ListReader) -> None:
    reader.library.add_movie('Space film', 1)
    groups = reader.open('search', query='space')
    assert labels(groups) == [reader.text(one) for one in (texts.MOVIES, texts.SHOWS, texts.EPISODES)]
    films, shows, episodes = (reader.follow(row) for row in groups['items'])
    assert labels(films) == ['Space film'] and labels(shows) == ['Space'] and len(episodes['items']) == 4
    assert labels(reader.open('search', query='space', type='episode', limit='1')) == ['Space 1x1']
    assert reader.open('search', query='nothing like it')['items'] == []


def test_words_with_signs_and_letters_of_all_kinds_arrive_as_they_were_typed(reader: ListReader) -> None:
    for title in ('Crème & Söhne = 100 %?', '東京物語', 'a+b#c'):
        reader.library.add_movie(title, 1)
        groups = reader.open('search', query=title)
        assert labels(reader.follow(groups['items'][0])) == [title]
