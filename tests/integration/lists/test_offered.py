"""What plex.tv offers (watchlist, Discover), and what the server says that it offers."""
from __future__ import annotations

from typing import List

import pytest

from resources.lib import item_url
from resources.lib.local_server.api import ApiError
from tests.integration.lists.reader import ListReader, labels
from tools.plexsim import OWNER
from tools.plexsim.pms.handlers import info

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
