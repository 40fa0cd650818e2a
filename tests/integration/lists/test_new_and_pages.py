"""What is going on and what is new, hubs, and lists that are turned page by page."""
from __future__ import annotations

from typing import List
from urllib.parse import parse_qsl

import pytest

from resources.lib.kodi.texts import lists as texts
from resources.lib.local_server.api import ApiError
from tests.integration.lists.reader import FILMS, ListReader, labels

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


NO_LISTS = (
    '', 'http://elsewhere/hubs/x', '//elsewhere/hubs/x', '@elsewhere/hubs/', '/hubs/../accounts',
    '/hubs/%2e%2e/accounts',
    '/hubs/%252e%252e/accounts', '/:/prefs', '/accounts', '/library/sections/1/refresh',
    '/library/sections/1/Refresh?a=1',
    '/hubs?X-Plex-Token=abc', '/hubs?x-plex-token=abc', '/hubs?X%2DPlex%2DToken=abc', '/hubs\\x', '/hubsx', '/hubs/a b',
    '/hubs/x#y', '/hubs/\nx', '/library/parts/1/file.mkv', '/library/metadata/1/refresh', '/hubs/' + 'x' * 3000)


def test_a_hub_can_only_be_a_list_of_the_server(reader: ListReader) -> None:
    reader.sim.reset_stats()
    for key in NO_LISTS:
        with pytest.raises(ApiError) as caught:
            reader.open('hub', key=key)
        assert caught.value.key == 'item_gone' and not reader.sim.requests.find(r'.'), key
