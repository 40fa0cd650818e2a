"""The server client: what it asks for on the wire, and what it makes of odd answers."""
from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List, Optional
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from resources.lib.plex_errors import PlexBadAnswer, PlexConnectionError, PlexError, PlexServerError
from resources.lib.plex_functions import PMSClient, read_hub
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_kinds import WATCHED_STAMPS, PlexType
from resources.lib.plex_limits import STREAM
from resources.lib.plex_model import ItemSummary
from resources.lib.plex_requests import API_VERSION, Page
from tests.support.waiting import NoWaiting

MOVIE, EPISODE = PlexType('movie', 1, WATCHED_STAMPS), PlexType('episode', 4, WATCHED_STAMPS)
PMS = 'http://pms.example:32400'
TOKEN = 'tok-SECRET'
VERSION = 'X-Plex-Pms-Api-Version'


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as made:
        yield made


@pytest.fixture
def client() -> PMSClient:
    return PMSClient(PlexSession(ClientIdentity('me', '4.0.0'), cancellation=NoWaiting()), PMS + '/', TOKEN)


class Listing:
    """A server's listing: ``count`` rows, at most ``most`` in one answer."""

    def __init__(self, mock: Any, count: int, most: int = 1000, total: Optional[Any] = '=', path: str = '/all') -> None:
        self.asked: List[Dict[str, str]] = []
        self.urls: List[str] = []
        self.headers: List[Any] = []
        self.rows = [{'ratingKey': str(number)} for number in range(1, count + 1)]
        self._most, self._total = most, total
        mock.add_callback('GET', PMS + path, self._answer)

    def _answer(self, request: Any) -> Any:
        query = {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}
        self.asked.append(query)
        self.urls.append(request.url)
        self.headers.append(request.headers)
        start, size = int(query['X-Plex-Container-Start']), int(query['X-Plex-Container-Size'])
        container: Dict[str, Any] = {'Metadata': self.rows[start:start + min(size, self._most)]}
        if self._total == '=':
            container['totalSize'] = len(self.rows)
        elif self._total is not None:
            container['totalSize'] = self._total
        return 200, {}, json.dumps({'MediaContainer': container})


def keys(pages: List[Page]) -> List[str]:
    return [row['ratingKey'] for page in pages for row in page.rows]


# ---- paging --------------------------------------------------------------------------------------------------------

def test_every_row_of_a_long_library_arrives_once(mock: Any, client: PMSClient) -> None:
    listing = Listing(mock, 25)
    pages = list(client.pages('/all', {}, page_size=10))
    assert keys(pages) == [row['ratingKey'] for row in listing.rows]
    assert {page.total for page in pages} == {25}
    assert [query['X-Plex-Container-Start'] for query in listing.asked] == ['0', '10', '20']


def test_a_server_that_gives_fewer_rows_than_asked_loses_none(mock: Any, client: PMSClient) -> None:
    listing = Listing(mock, 25, most=7)
    assert keys(list(client.pages('/all', {}, page_size=10))) == [row['ratingKey'] for row in listing.rows]
    assert [query['X-Plex-Container-Start'] for query in listing.asked] == ['0', '7', '14', '21']


def test_a_library_of_exactly_one_page_is_asked_for_once(mock: Any, client: PMSClient) -> None:
    listing = Listing(mock, 10)
    assert len(keys(list(client.pages('/all', {}, page_size=10)))) == 10
    assert len(listing.asked) == 1


def test_a_server_without_total_and_with_everything_in_one_answer_is_asked_once(mock: Any, client: PMSClient) -> None:
    listing = Listing(mock, 8, total=None)
    pages = list(client.pages('/all', {}, page_size=10))
    assert len(keys(pages)) == 8 and pages[0].total == 8
    assert len(listing.asked) == 1


def test_an_empty_library_is_one_empty_page(mock: Any, client: PMSClient) -> None:
    Listing(mock, 0)
    assert list(client.pages('/all', {})) == [Page([], 0)]


def test_a_library_that_shrinks_while_it_is_read_comes_to_an_end(mock: Any, client: PMSClient) -> None:
    listing = Listing(mock, 25)
    pages = []
    for page in client.pages('/all', {}, page_size=10):
        pages.append(page)
        del listing.rows[5:]
    assert [len(page.rows) for page in pages] == [10, 0] and pages[-1] == Page([], 5)
    assert len(listing.asked) == 2


def test_a_total_larger_than_the_library_does_not_loop(mock: Any, client: PMSClient) -> None:
    listing = Listing(mock, 5, total=400)
    pages = list(client.pages('/all', {}, page_size=5))
    assert len(keys(pages)) == 5 and pages[-1].rows == []
    assert len(listing.asked) == 2


def test_a_total_in_words_or_as_text_does_not_crash(mock: Any, client: PMSClient) -> None:
    Listing(mock, 5, total='5', path='/text')
    Listing(mock, 5, total={'a': 1}, path='/object')
    assert len(keys(list(client.pages('/text', {}, page_size=3)))) == 5
    assert keys(list(client.pages('/object', {}, page_size=3)))


def test_a_server_that_repeats_its_page_is_not_asked_for_ever(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/all', json={'MediaContainer': {'totalSize': 100, 'Metadata': [{'ratingKey': '1'}]}})
    with pytest.raises(PlexBadAnswer):
        list(client.pages('/all', {}, page_size=1))
    assert len(mock.calls) == 2


def test_a_page_that_fails_says_so_instead_of_looking_like_the_end(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/all', json={'MediaContainer': {'totalSize': 3, 'Metadata': [{'ratingKey': '1'}]}})
    mock.get(PMS + '/all', status=500)
    with pytest.raises(PlexServerError):
        list(client.pages('/all', {}, page_size=1))


@pytest.mark.parametrize('metadata', ['x', 5, {'ratingKey': '1'}, True])
def test_a_listing_that_is_no_list_is_a_bad_answer(mock: Any, client: PMSClient, metadata: Any) -> None:
    mock.get(PMS + '/all', json={'MediaContainer': {'totalSize': 3, 'Metadata': metadata}})
    with pytest.raises(PlexBadAnswer):
        list(client.pages('/all', {}))


def test_rubbish_among_the_rows_is_left_out(mock: Any, client: PMSClient) -> None:
    rows: List[Any] = [None, 'x', {'ratingKey': '1'}, [], {'ratingKey': '2'}]
    mock.get(PMS + '/all', json={'MediaContainer': {'totalSize': 2, 'Metadata': rows}})
    assert keys(list(client.pages('/all', {}))) == ['1', '2']


# ---- on the wire ---------------------------------------------------------------------------------------------------

def test_a_filter_keeps_its_comparison_on_the_wire(mock: Any, client: PMSClient) -> None:
    """Any other spelling returns the whole library with status 200 (plex-api.md 2.3)."""
    listing = Listing(mock, 1)
    list(client.pages('/all', {'updatedAt>>': 1600000000, 'type': 1}))
    assert 'updatedAt%3E%3E=1600000000' in listing.urls[0]
    assert listing.asked[0]['updatedAt>>'] == '1600000000'


def test_the_sweep_asks_for_the_fields_it_compares_in_the_order_of_ids(mock: Any, client: PMSClient) -> None:
    listing = Listing(mock, 1, path='/library/sections/5/all')
    list(client.sweep('5', EPISODE))
    asked = listing.asked[0]
    assert asked['type'] == '4' and asked['sort'] == 'id'
    assert {'ratingKey', 'updatedAt', 'addedAt', 'viewCount', 'viewOffset', 'lastViewedAt', 'userRating'} <= set(
        asked['includeFields'].split(','))
    assert 'Media' in asked['excludeElements'].split(',')
    assert listing.headers[0][VERSION] == API_VERSION


def test_the_rows_of_a_sweep_are_records_and_those_without_an_id_are_counted(mock: Any, client: PMSClient) -> None:
    rows = [{'ratingKey': 1, 'updatedAt': '5', 'viewCount': 2}, {'title': 'x'}, {'ratingKey': '../1'},
            {'ratingKey': '2'}]
    mock.get(PMS + '/library/sections/5/all', json={'MediaContainer': {'totalSize': 4, 'Metadata': rows}})
    for page in (next(client.sweep('5', MOVIE)), next(client.changed('5', MOVIE, 1))):
        assert [(row.rating_key, row.updated_at, row.view_count) for row in page.rows] == [('1', 5, 2), ('2', 0, 0)]
        assert (page.unreadable, page.total) == (2, 4)


def test_full_metadata_is_asked_without_the_version_header(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/metadata/1,2,3', json={'MediaContainer': {'Metadata': []}})
    client.items(['1', '2', '3'])
    sent = mock.calls[0].request
    assert VERSION not in sent.headers
    query = parse_qs(urlsplit(sent.url).query)
    assert query['includeGuids'] == ['1'] and query['skipRefresh'] == ['1'] and query['includeExtras'] == ['1']
    assert {'Marker', 'Chapter'} <= set(query['excludeElements'][0].split(','))


def test_what_playing_needs_is_asked_for_and_comes(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/metadata/7', json={'MediaContainer': {'Metadata': [{
        'ratingKey': '7', 'type': 'movie', 'title': 'Alpha', 'Media': [{'id': 3, 'Part': [{'id': 9, 'exists': False}]}],
        'Marker': [{'type': 'credits', 'startTimeOffset': 5, 'endTimeOffset': 9, 'final': True}],
        'Chapter': [{'index': 1, 'tag': 'One', 'endTimeOffset': 5}]}]}})
    found = client.playable('7')
    assert found is not None and found.item.title == 'Alpha'
    assert [(part.part_id, part.exists) for part in found.media[0].parts] == [('9', False)]
    assert found.markers[0].final and found.chapters[0].title == 'One'
    query = parse_qs(urlsplit(mock.calls[0].request.url).query)
    assert all(query[name] == ['1'] for name in ('checkFiles', 'includeMarkers', 'includeChapters', 'skipRefresh'))
    assert not {'Media', 'Marker', 'Chapter'} & set(query['excludeElements'][0].split(','))


@pytest.mark.parametrize('rows', [[], [{'ratingKey': '8', 'type': 'movie'}], [{'ratingKey': '7'}], [None, 'x', {}]])
def test_an_item_that_does_not_come_cannot_be_played(mock: Any, client: PMSClient, rows: Any) -> None:
    mock.get(PMS + '/library/metadata/7', json={'MediaContainer': {'Metadata': rows}})
    assert client.playable('7') is None


def test_a_short_question_about_many_items_asks_for_no_details(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/metadata/1,2,3', json={'MediaContainer': {'Metadata': [
        {'ratingKey': '1', 'type': 'movie', 'librarySectionID': 4, 'duration': '60000', 'viewCount': 2}, {'x': 1},
        {'ratingKey': '3'}]}})
    assert client.summaries(['1', '2', '3']) == [ItemSummary('1', 'movie', '4', 60000, 2),
                                                 ItemSummary('3', '', '', 0, 0)]
    query = parse_qs(urlsplit(mock.calls[0].request.url).query)
    assert {'Media', 'Role', 'Extras', 'Chapter'} <= set(query['excludeElements'][0].split(','))
    assert query['skipRefresh'] == ['1'] and 'includeFields' not in query


def test_the_token_travels_in_a_header_only(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/identity', json={'MediaContainer': {}})
    mock.get(PMS + '/library/sections', json={'MediaContainer': {}})
    mock.get(PMS + '/hubs/continueWatching', json={'MediaContainer': {}})
    mock.get(PMS + '/library/metadata/1', json={'MediaContainer': {}})
    mock.get(PMS + '/library/parts/1/f.mkv', body=b'x')
    mock.get(PMS + '/:/timeline', json={'MediaContainer': {}})
    mock.put(PMS + '/:/scrobble')
    mock.put(PMS + '/:/unscrobble')
    mock.put(PMS + '/:/rate')
    client.identity()
    client.sections()
    read_hub(client.continue_watching_body(5))
    client.items(['1'])
    client.summaries(['1'])
    client.playable('1')
    client.open('/library/parts/1/f.mkv', STREAM).close()
    client.timeline('1', 'playing', 1, 2, 'sid')
    client.scrobble('1')
    client.unscrobble('1')
    client.rate('1', 8)
    assert len(mock.calls) == 11
    for call in mock.calls:
        assert TOKEN not in call.request.url and call.request.headers['X-Plex-Token'] == TOKEN
        assert call.request.url.startswith(PMS + '/') and '//' not in call.request.url[len(PMS):]


def test_a_part_is_asked_for_in_any_format_and_streamed(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/p', body=b'x' * 10)
    answer = client.open('/p', STREAM, headers={'Range': 'bytes=2-'})
    assert mock.calls[0].request.headers['Accept'] == '*/*'
    assert mock.calls[0].request.headers['Range'] == 'bytes=2-'
    assert mock.calls[0].request.headers['Accept-Encoding'] == 'identity'
    answer.close()


# ---- metadata ------------------------------------------------------------------------------------------------------

def test_items_that_are_all_gone_are_no_error(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/metadata/8,9', status=404)
    mock.get(PMS + '/library/metadata/8', status=404)
    assert client.items(['8', '9']) == ([], 0)
    assert client.summaries(['8', '9']) == [] and client.playable('8') is None


def test_one_unreadable_item_costs_only_itself(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/metadata/1,2,3', json={'MediaContainer': {'Metadata': [
        {'ratingKey': '1', 'type': 'movie', 'title': 'One'}, {'type': 'movie'},
        {'ratingKey': '3', 'type': 'movie', 'Media': 'x', 'Role': {'tag': 'A'}, 'duration': []}]}})
    items, bad = client.items(['1', '2', '3'])
    assert [item.rating_key for item in items] == ['1', '3'] and bad == 1


@pytest.mark.parametrize('body', ['<html><body>Plex is starting</body></html>',
                                  '<?xml version="1.0"?><Response code="503"/>', '', 'null', '[]', '"x"', '7',
                                  '{"MediaContainer": []}', '{"MediaContainer": null}', '{}', '{"mediacontainer": {}}'])
def test_an_answer_that_is_no_container_is_an_error_not_an_empty_library(mock: Any, client: PMSClient,
                                                                        body: str) -> None:
    mock.get(PMS + '/library/sections', body=body)
    with pytest.raises(PlexBadAnswer):
        client.sections()


def test_a_server_that_answers_in_xml_in_spite_of_accept_is_understood(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/sections', content_type='text/xml', body=(
        '<?xml version="1.0" encoding="UTF-8"?><MediaContainer size="1"><Directory key="4" type="movie" '
        'title="Kinder &amp; Co" uuid="u4"><Location id="1" path="/films"/></Directory></MediaContainer>'))
    mock.get(PMS + '/library/metadata/7', content_type='application/xml', body=(
        '<MediaContainer size="1" librarySectionID="4"><Video ratingKey="7" type="movie" title="Alpha" year="1999">'
        '<Media id="3" duration="60000"><Part id="9" key="/library/parts/9/f.mkv" file="/films/f.mkv"/></Media>'
        '<Genre tag="Drama"/><Genre tag="Crime"/></Video></MediaContainer>'))
    assert [(one.key, one.title) for one in client.sections()] == [('4', 'Kinder & Co')]
    [film], unreadable = client.items(['7'])
    assert (film.title, film.year, film.genres, unreadable) == ('Alpha', 1999, ('Drama', 'Crime'), 0)
    assert [(one.media_id, one.duration) for one in film.media] == [('3', 60000)]


def test_libraries_that_cannot_be_understood_are_left_out(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/sections', json={'MediaContainer': {'Directory': [
        {'key': '1', 'type': 'movie', 'title': 'Films', 'uuid': 'u1'}, {'key': '2'}, {'type': 'show'}, 'x', None,
        {'key': 3, 'type': 'show', 'refreshing': '1', 'hidden': 'x', 'title': None}]}})
    films, shows = client.sections()
    assert (films.key, films.title, films.refreshing) == ('1', 'Films', False)
    assert (shows.key, shows.title, shows.refreshing, shows.hidden) == ('3', '', True, 0)


def test_a_server_with_one_library_that_is_no_list_has_one_library(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/library/sections', json={'MediaContainer': {'Directory': {'key': '1', 'type': 'movie'}}})
    assert [section.key for section in client.sections()] == ['1']


# ---- Continue Watching ---------------------------------------------------------------------------------------------

def test_continue_watching_keeps_plexs_order_and_asks_for_few_fields(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/hubs/continueWatching', json={'MediaContainer': {'Hub': [{'Metadata': [
        {'ratingKey': '9', 'type': 'episode'}, {'nonsense': 1}, {'ratingKey': '2', 'type': 'movie'}]}]}})
    assert [item.rating_key for item in read_hub(client.continue_watching_body(20))] == ['9', '2']
    sent = mock.calls[0].request
    query = parse_qs(urlsplit(sent.url).query)
    assert query['count'] == ['20'] and 'viewOffset' in query['includeFields'][0].split(',')
    assert sent.headers[VERSION] == API_VERSION


@pytest.mark.parametrize('container', [{}, {'Hub': []}, {'Hub': [{}]}, {'Hub': 'x'}, {'Hub': [{'Metadata': []}]}])
def test_nothing_to_continue_is_an_empty_list(mock: Any, client: PMSClient, container: Dict[str, Any]) -> None:
    mock.get(PMS + '/hubs/continueWatching', json={'MediaContainer': container})
    assert read_hub(client.continue_watching_body(5)) == []


# ---- actions -------------------------------------------------------------------------------------------------------

def test_marking_as_watched_is_not_repeated_when_the_answer_is_lost(mock: Any, client: PMSClient) -> None:
    mock.put(PMS + '/:/scrobble', body=requests.exceptions.ReadTimeout())
    with pytest.raises(PlexConnectionError):
        client.scrobble('7')
    assert len(mock.calls) == 1


def test_the_servers_own_names_for_the_actions(mock: Any, client: PMSClient) -> None:
    for name in ('scrobble', 'unscrobble', 'rate'):
        mock.put(PMS + '/:/' + name)
    client.scrobble('7')
    client.unscrobble('7')
    client.rate('7', -1)
    queries = [parse_qs(urlsplit(call.request.url).query) for call in mock.calls]
    assert all(query['key'] == ['7'] and query['identifier'] == ['com.plexapp.plugins.library'] for query in queries)
    assert queries[2]['rating'] == ['-1']


def test_a_report_of_playback_is_sent_once_and_never_negative(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/:/timeline', json={'MediaContainer': {'size': 0}})
    client.timeline('7', 'paused', -5, -1, 'session-1', playQueueItemID=3)
    sent = mock.calls[0].request
    query = parse_qs(urlsplit(sent.url).query)
    assert (query['time'], query['duration'], query['state']) == (['0'], ['0'], ['paused'])
    assert query['key'] == ['/library/metadata/7'] and query['playQueueItemID'] == ['3']
    assert sent.headers['X-Plex-Session-Identifier'] == 'session-1'


def test_an_old_server_that_answers_a_report_with_nothing_is_fine(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/:/timeline', body='')
    client.timeline('7', 'stopped', 1, 2, 's')
    assert len(mock.calls) == 1


def test_a_report_that_cannot_be_sent_is_told_and_not_repeated(mock: Any, client: PMSClient) -> None:
    mock.get(PMS + '/:/timeline', status=503)
    with pytest.raises(PlexError):
        client.timeline('7', 'playing', 1, 2, 's')
    assert len(mock.calls) == 1
