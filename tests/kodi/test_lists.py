"""Each list of the plugin in a real Kodi, asked as a skin asks, compared with what the simulated Plex holds."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List
from urllib.parse import quote

import pytest

from tests.kodi.conftest import kodi_root
from tests.support.kodi_environment import KodiEnvironment
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, PLUGIN

MOVIES, SHOWS = 60, 3


class Lists:
    """Kodi's answers and Plex's truth, both as Plex's keys."""

    def __init__(self, environment: KodiEnvironment) -> None:
        self.environment = environment
        self.lab = environment.lab

    def rows(self, path: str) -> List[Dict[str, Any]]:
        """The entries of a list as Kodi tells of them."""
        return self.environment.directory(path, ['uniqueid', 'title', 'playcount', 'art', 'resume'])

    def keys(self, path: str) -> List[str]:
        """Plex's keys of the items of a list; '' for a folder."""
        return [row.get('uniqueid', {}).get('plex', '') for row in self.rows(path)]

    def labels(self, path: str) -> List[str]:
        return [row['label'] for row in self.rows(path)]

    def items(self, kind: str, section: int = 0) -> List[Dict[str, Any]]:
        """The items of the simulated Plex in full."""
        query = {'type': kind, 'full': 1}
        return list(self.environment.ask('items', **(dict(query, section=section) if section else query)))

    def text(self, path: str) -> Dict[str, str]:
        """The folders of a list: their paths by their labels."""
        return {row['label']: row['file'][len(PLUGIN):] for row in self.rows(path) if row['filetype'] == 'directory'}


def by(rows: List[Dict[str, Any]], field: str, newest: bool = True) -> List[str]:
    """Plex's keys in the order of a field."""
    return [row['ratingKey'] for row in sorted(rows, key=lambda row: row.get(field) or 0, reverse=newest)]


def key_of(row: Dict[str, Any]) -> str:
    return str(row['ratingKey'])


@pytest.fixture(scope='module')
def lists(kodi_present: None, addon_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    """Kodi with a synced library."""
    folder = tmp_path_factory.mktemp('lists')
    with KodiLab(folder / 'home', name='lists', env=ENVIRONMENT, debug=True, kodi=kodi_root()) as lab:
        environment = KodiEnvironment(lab)
        environment.install_and_sync(addon_repository, '--movies', str(MOVIES), '--shows', str(SHOWS), '--no-oddities')
        films = [item['ratingKey'] for item in environment.ask('items', type='movie')]
        for key, args in (('set_progress', {'rating_key': films[3], 'milliseconds': 900000}),
                          ('set_progress', {'rating_key': films[9], 'milliseconds': 600000}),
                          ('scrobble', {'rating_key': films[5]}),
                          ('add_playlist', {'title': 'Evening', 'members': films[10:13][::-1]}),
                          ('add_extra', {'rating_key': films[0], 'title': 'The trailer'})):
            environment.tell('mutate', op=key, args=args)
        environment.sync()
        yield Lists(environment)
        assert not lab.crashed
        log = lab.log_text()
        assert 'is deprecated and might be removed' not in log and 'Traceback' not in log


def test_lists_of_items_are_the_servers_in_its_order(lists: Lists) -> None:
    films, shows, episodes = lists.items('movie'), lists.items('show'), lists.items('episode')
    assert lists.keys('/continue_watching') == [key_of(one) for one in lists.environment.ask('continue_watching')]
    assert lists.keys('/on_deck') == lists.keys('/continue_watching')
    assert sorted(lists.keys('/continue_watching?section=1')) == sorted(
        key_of(one) for one in films if one.get('viewOffset'))
    assert lists.keys('/recently_added?type=movie&limit=20') == by(films, 'addedAt')[:20]
    assert lists.keys('/recently_added?type=episode&limit=20') == by(episodes, 'addedAt')[:20]
    assert lists.keys('/recently_added?type=show') == by(shows, 'addedAt')
    assert lists.keys('/section?id=1&sort=id&limit=100') == [key_of(one) for one in films]
    assert set(lists.keys('/section?id=1&unwatched=0')) == {key_of(one) for one in films if one.get('viewCount')}
    year = films[0]['year']
    assert set(lists.keys('/section?id=1&year=%d' % year)) == {key_of(one) for one in films if one['year'] == year}
    assert set(lists.keys('/section?id=2')) == {key_of(one) for one in shows}
    assert lists.keys('/search?query=%s&type=movie' % quote(films[7]['title'])) == [
        key_of(one) for one in films if films[7]['title'].lower() in one['title'].lower()]


def test_pages_follow_each_other_without_a_gap(lists: Lists) -> None:
    wanted = [key_of(one) for one in lists.items('movie')]
    found: List[str] = []
    path = '/section?id=1&sort=id&page=1&limit=25'
    for _ in range(3):
        rows = lists.rows(path)
        found += [row['uniqueid']['plex'] for row in rows if row.get('uniqueid', {}).get('plex')]
        path = rows[-1]['file'][len(PLUGIN):]
    assert found == wanted and not path.startswith('/section'), 'the third page is the last one'


def test_what_kodi_has_carries_its_row_and_its_state(lists: Lists) -> None:
    library = {one['uniqueid']['plex']: one for one in lists.environment.movies('playcount', 'resume')}
    rows = lists.rows('/section?id=1&sort=id&limit=100')
    assert len(rows) == MOVIES
    for row in rows:
        own = library[row['uniqueid']['plex']]
        assert (row['id'], row['type']) == (own['movieid'], 'movie')
        assert row['playcount'] == own['playcount'] and row['art']['poster']
        assert row['resume'] == pytest.approx(own['resume'], abs=1), 'Kodi keeps the length in whole seconds'
    episodes = {one['uniqueid']['plex']: one['episodeid'] for one in lists.lab.rpc(
        'VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes']}
    rows = lists.rows('/recently_added?type=episode')
    assert rows and all(row['id'] == episodes[row['uniqueid']['plex']] for row in rows)


def test_folders_lead_where_they_say(lists: Lists) -> None:
    films = lists.items('movie')
    assert lists.labels('/sections') == ['Movies', 'TV Shows']
    for label, path in lists.text('/sections').items():
        views = lists.text(path)
        assert views, label
        for view in views.values():
            lists.rows(view)
    hubs = lists.text('/hubs')
    assert list(hubs) == ['Continue Watching', 'Recently Added in Movies', 'Recently Added in TV Shows']
    assert lists.keys(hubs['Recently Added in Movies'] + '&limit=10') == by(films, 'addedAt')[:10]
    collections = lists.rows('/collections')
    assert [row['label'] for row in collections] == ['Collection 1', 'Collection 2']
    first = next(one for one in lists.environment.ask('items', type='collection') if one['title'] == 'Collection 1')
    assert set(lists.keys(collections[0]['file'][len(PLUGIN):])) == {str(key) for key in first['members']}
    assert lists.labels('/collections?section=1') == ['Collection 1', 'Collection 2']
    playlist, = lists.rows('/playlists')
    assert playlist['label'] == 'Evening' and '%2fplaylist%2f' in playlist['art']['poster']
    assert lists.keys(playlist['file'][len(PLUGIN):]) == [key_of(one) for one in films[10:13]][::-1]
    groups = lists.text('/search?query=' + quote(films[7]['title']))
    assert groups and key_of(films[7]) in lists.keys(next(iter(groups.values())))


def test_what_belongs_to_one_item(lists: Lists) -> None:
    film = lists.items('movie')[0]
    show = lists.items('show')[0]
    assert lists.labels('/extras?id=%s' % film['ratingKey']) == ['The trailer']
    assert film['ratingKey'] not in lists.keys('/similar?id=%s' % film['ratingKey'])
    related = lists.text('/related?id=%s' % film['ratingKey'])
    assert lists.keys(related['Similar']) == lists.keys('/similar?id=%s' % film['ratingKey'])
    seasons = lists.rows('/children?id=%s' % show['ratingKey'])
    assert [row['label'] for row in seasons] == ['Season 1', 'Season 2'] and all(row['id'] for row in seasons)
    season = next(one for one in lists.items('season') if one['parentRatingKey'] == show['ratingKey'])
    assert lists.keys('/children?id=%s' % season['ratingKey']) == [
        one['ratingKey'] for one in lists.items('episode') if one['parentRatingKey'] == season['ratingKey']]


def test_people_folders_and_what_plex_tv_offers(lists: Lists) -> None:
    films, environment = lists.items('movie'), lists.environment
    role = next(role for film in films for role in film.get('Role', []))
    with_it = [one for kind in ('movie', 'show') for one in lists.items(kind)
               if role['id'] in [other['id'] for other in one.get('Role', [])]]
    assert sorted(lists.keys('/people?id=%s&limit=100' % role['id'])) == sorted(key_of(one) for one in with_it)
    folders = lists.text('/folder?section=1&limit=200')
    assert len(folders) == MOVIES and all(len(lists.keys(path)) == 1 for path in list(folders.values())[:3])
    other = environment.tell('add_title', title='Nowhere yet')['key']
    own = next(one for one in films if one['guid'].startswith('plex://'))
    for stamp, key in enumerate((other, own['guid'].rpartition('/')[2])):
        environment.tell('watch', key=key, stamp=1_700_000_000 + stamp)
    first, second = lists.rows('/watchlist')
    row = {one['uniqueid']['plex']: one['movieid'] for one in environment.movies()}[key_of(own)]
    assert (first['id'], first['uniqueid']['plex']) == (row, key_of(own)) and second['title'] == 'Nowhere yet'
    environment.tell('set_hub', slug='top', title='Most watchlisted', keys=[other])
    hubs = lists.text('/discover')
    assert [one['title'] for one in lists.rows(hubs['Most watchlisted'])] == ['Nowhere yet']


def test_nodes_in_the_videos_window_show_each_library_and_skins_find_them(lists: Lists) -> None:
    """Kodi's own nodes stay; a node holds the items of its library and no others."""
    films, episodes, lab = lists.items('movie'), lists.items('episode'), lists.lab

    def node(path: str) -> List[Dict[str, Any]]:
        answer = lab.rpc('Files.GetDirectory', directory='library://video/' + path, media='video')
        return list(answer.get('files') or [])
    plex_key = {('movie', one['movieid']): one['uniqueid']['plex'] for one in lists.environment.movies()}
    plex_key.update((('episode', one['episodeid']), one['uniqueid']['plex']) for one in lab.rpc(
        'VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes'])

    def keys(path: str) -> List[str]:
        return [plex_key[row['type'], row['id']] for row in node(path)]
    assert [row['label'] for row in node('')][:5] == ['Plex', 'Movies (Plex)', 'TV Shows (Plex)', 'Movies', 'TV shows']
    assert sorted(keys('plex_1/all.xml/')) == sorted(key_of(one) for one in films)
    assert sorted(keys('plex_2/recent.xml/')) == sorted(key_of(one) for one in episodes)[:50]
    assert set(keys('plex_1/ondeck.xml/')) == {key_of(one) for one in films if one.get('viewOffset')}
    assert set(keys('plex_1/unwatched.xml/')) == {key_of(one) for one in films if not one.get('viewCount')}
    assert [row['label'] for row in node('plex_1/genres.xml/')] == sorted(
        {tag['tag'] for one in films for tag in one.get('Genre', [])})
    assert [row['label'] for row in node('plex_1/sets.xml/')] == ['Collection 1', 'Collection 2']
    assert keys('plex/continue.xml/') == lists.keys('/continue_watching')
    assert node('plex_1/browse.xml/') and node('plex_1/recommended.xml/') and node('plex_1/decades.xml/')
    uhd = {key_of(one) for one in films if any(media.get('videoResolution') == '4k' for media in one.get('Media', []))}
    assert set(keys('plex_1/4k.xml/')) == uhd
    wanted = {'Window(home).Property(Plex.nodes.%s)' % name: value for name, value in {
        'total': '2', '0.title': 'Movies (Plex)', '0.index': 'library://video/plex_1/', '1.type': 'tvshows',
        '0.all.content': 'library://video/plex_1/all.xml/'}.items()}
    assert lab.labels(*wanted) == wanted
    playlist = lab.rpc('Files.GetDirectory', directory='special://profile/playlists/video/plex_1.xsp', media='video')
    assert len(playlist['files']) == MOVIES


def test_an_episode_among_those_of_other_shows_is_shown_with_its_own(lists: Lists) -> None:
    lab, path = lists.lab, '/recently_added?type=episode&limit=20'
    episodes = {key_of(one): one for one in lists.items('episode')}
    wanted = [episodes[key] for key in lists.keys(path)[:5]]
    lab.builtin('ActivateWindow(Videos,%s%s,return)' % (PLUGIN, path))
    first = 'Container.ListItemAbsolute(%d).Label'
    lab.wait_for(lambda: ' - ' in lab.labels(first % 1)[first % 1], 20, 'the list')
    shown = [lab.labels(first % row)[first % row] for row in range(1, 6)]
    assert shown == ['%s - %dx%02d. %s' % (one['grandparentTitle'], one['parentIndex'], one['index'], one['title'])
                     for one in wanted]
    lab.screenshot(lab.home / 'episodes.png')


def test_the_context_menu_marks_an_item_in_plex(lists: Lists) -> None:
    lab, film = lists.lab, lists.items('movie')[20]
    lab.builtin('ActivateWindow(Videos,%s/search?query=%s&type=movie,return)' % (PLUGIN, quote(film['title'])))
    lab.wait_for(lambda: lab.labels('Container.FolderPath')['Container.FolderPath'].startswith(PLUGIN + '/search'), 20,
                 'the list')
    name = 'ListItem.Property(plexid)'
    lists.lab.go_to(lambda: lab.labels(name)[name] == film['ratingKey'], 'the film')
    lab.input('ContextMenu')
    lab.wait_for(lambda: lab.condition('Window.IsActive(contextmenu)'), 10, 'the menu')
    lists.lab.go_to(lambda: 'Plex' in lab.current_control(), 'the entry')
    lab.input('Select')
    lab.wait_for(lambda: lab.condition('Window.IsActive(selectdialog)'), 20, 'what can be done')
    lists.lab.go_to(lambda: 'watched in Plex' in lab.current_control(), 'the mark')
    lab.input('Select')
    lab.wait_for(lambda: lists.environment.ask('truth', ids=film['ratingKey'])[0].get('viewCount') == 1, 20, 'the mark')


def test_a_list_that_is_not_there_is_an_error_and_kodi_lives_on(lists: Lists) -> None:
    for path in ('/section?id=99', '/children?id=4711', '/hub?key=/accounts', '/playlist'):
        with pytest.raises(Exception, match='Files.GetDirectory'):
            lists.rows(path)
    assert lists.lab.rpc('JSONRPC.Ping') == 'pong'
