"""Lists of one item, and what a list takes from Kodi's library."""
from __future__ import annotations

import pytest

from resources.lib import item_url
from resources.lib.local_server.api import ApiError
from tests.integration.lists.reader import FILMS, ListReader, labels


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
def test_a_list_of_nothing_is_said_to_be_gone_and_nobody_is_asked(reader: ListReader, path: str) -> None:
    reader.sim.reset_stats()
    for key in ('', '../x', '1/refresh', 'a b'):
        with pytest.raises(ApiError) as caught:
            reader.open(path, id=key)
        assert caught.value.key == 'item_gone' and not reader.sim.requests.find(r'.'), key


def test_an_item_that_is_gone_is_said_to_be_gone(reader: ListReader) -> None:
    with pytest.raises(ApiError) as caught:
        reader.open('children', id='4711')
    assert caught.value.key == 'item_gone'
