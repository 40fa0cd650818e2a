"""Each kind of change at the server is in a real Kodi's rows within two seconds, and on the screen; also, later, where
the server pushes nothing.

``-s`` shows how long each took. What is slower on a machine that runs other tests is not a failure before ten seconds.
"""
from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from tests.kodi.stages import Stages
from tools.stage import PMS_PORT, Stage

MOVIES = 20
#: Seconds within which a change is seen: promised, and after which the test fails.
PROMISED, PATIENCE = 2.0, 10.0
#: Without pushes the server is looked at at least once a minute.
NOT_PUSHED_PATIENCE = 90.0
FILM, ANOTHER = '6', '8'
ELSEWHERE = {'X-Plex-Client-Identifier': 'a-tablet', 'X-Plex-Product': 'Plex for Android', 'X-Plex-Device': 'Tablet'}
_IDS = ['title', 'uniqueid']


class LiveStage(Stage):
    """Kodi's rows, and the truth that they should follow."""

    token: str
    took: Dict[str, float]

    def movies(self, *properties: str) -> Dict[str, Dict[str, Any]]:
        """Kodi's films by their Plex key. One that is deleted while Kodi reads has no ids any more."""
        found = self.lab.rpc('VideoLibrary.GetMovies', properties=[*_IDS, *properties]).get('movies', ())
        return {one['uniqueid']['plex']: one for one in found if 'plex' in one['uniqueid']}

    def shows(self, *properties: str) -> Dict[str, Dict[str, Any]]:
        """Kodi's shows by their Plex key."""
        found = self.lab.rpc('VideoLibrary.GetTVShows', properties=[*_IDS, *properties]).get('tvshows', ())
        return {one['uniqueid']['plex']: one for one in found if 'plex' in one['uniqueid']}

    def episodes(self) -> List[str]:
        """The titles of Kodi's episodes."""
        found = self.lab.rpc('VideoLibrary.GetEpisodes', properties=['title']).get('episodes', ())
        return [one['title'] for one in found]

    def change(self, operation: str, **arguments: Any) -> Dict[str, Any]:
        """Change something at the server; the answer of the control API."""
        answer: Dict[str, Any] = self.tell('mutate', op=operation, args=arguments)
        assert answer.get('ok'), answer
        return answer

    def seen(self, what: str, condition: Callable[[], Any], patience: float = PATIENCE) -> None:
        """Wait until Kodi shows a change that was just made, and note how long it took."""
        began = time.monotonic()
        self.lab.wait_for(condition, patience, what)
        self.took[what] = time.monotonic() - began
        print('%-40s %.2f s' % (what, self.took[what]))

    def play_elsewhere(self, state: str, milliseconds: int) -> None:
        """Report a playback of FILM as the user's tablet does."""
        self.lab.http('GET', 'http://127.0.0.1:%d/:/timeline?ratingKey=%s&key=/library/metadata/%s&state=%s&time=%d'
                             '&duration=5400000' % (PMS_PORT, FILM, FILM, state, milliseconds),
                      headers=dict(ELSEWHERE, **{'X-Plex-Token': self.token}))


@pytest.fixture(scope='module')
def stage(stages: Stages) -> Iterator[LiveStage]:
    with stages.open(LiveStage, 'live-kinds') as made:
        lab, folder = made.lab, made.lab.home.parent
        made.took = {}
        made.token = str(made.start_sim('--movies', str(MOVIES), '--shows', '2', '--prerender')['owner_token'])
        for key in (FILM, ANOTHER):
            made.change('update', rating_key=key, duration=5_400_000)
            made.change('unscrobble', rating_key=key)
            made.change('rate', rating_key=key, rating=-1)
        lab.start()
        stages.install_and_sign_in(made)
        made.seen('the first sync in its rows', lambda: len(made.movies()) == MOVIES)
        yield made
        (folder / 'times.json').write_text(json.dumps(made.took, indent=1), encoding='utf-8')


def test_films(stage: LiveStage) -> None:
    def film(*properties: str) -> Dict[str, Any]:
        return stage.movies(*properties)[FILM]
    new = stage.change('add_movie', title='Brand new')['item']['ratingKey']
    stage.seen('film created', lambda: str(new) in stage.movies())
    stage.change('update', rating_key=FILM, title='Renamed', summary='Retold')
    stage.seen('film changed', lambda: film('plot')['title'] == 'Renamed' and film('plot')['plot'] == 'Retold')
    stage.change('delete', rating_key=new)
    stage.seen('film deleted', lambda: str(new) not in stage.movies())
    stage.change('scrobble', rating_key=FILM)
    stage.seen('watched', lambda: film('playcount')['playcount'] == 1)
    stage.change('unscrobble', rating_key=FILM)
    stage.seen('unwatched', lambda: film('playcount')['playcount'] == 0)
    stage.change('set_progress', rating_key=FILM, milliseconds=900_000)
    stage.seen('resume point', lambda: film('resume')['resume']['position'] == 900)
    stage.change('set_progress', rating_key=FILM, milliseconds=0)
    stage.seen('resume point taken away', lambda: film('resume')['resume']['position'] == 0)
    stage.change('rate', rating_key=FILM, rating=8)
    stage.seen('rating', lambda: film('userrating')['userrating'] == 8)
    before = film('art')['art'].get('poster')
    stage.change('update', rating_key=FILM, thumb='/library/metadata/%s/thumb/1999999999' % FILM)
    stage.seen('artwork', lambda: film('art')['art'].get('poster') not in (before, None))


def test_collections(stage: LiveStage) -> None:
    """A film is in one set of Kodi at most; its further collections are tags."""
    def boxed(key: str) -> bool:
        film = stage.movies('set', 'tag')[key]
        return 'The Box' in (film['set'], *film['tag'])
    box = stage.change('add_collection', section_id=1, title='The Box', members=[FILM])['item']['ratingKey']
    stage.seen('collection created', lambda: boxed(FILM))
    stage.change('add_to_collection', collection_key=box, rating_key=ANOTHER)
    stage.seen('into a collection', lambda: boxed(ANOTHER))
    stage.change('remove_from_collection', collection_key=box, rating_key=FILM)
    stage.seen('out of a collection', lambda: not boxed(FILM))


def test_shows(stage: LiveStage) -> None:
    show = stage.change('add_show', title='A new show')['item']['ratingKey']
    season = stage.change('add_season', show_key=show, index=1)['item']['ratingKey']
    stage.change('add_episode', season_key=season, index=1, title='Pilot')
    stage.seen('new show with an episode', lambda: str(show) in stage.shows() and 'Pilot' in stage.episodes())
    stage.change('add_episode', season_key=season, index=2, title='Second one')
    stage.seen('new episode of a known show', lambda: 'Second one' in stage.episodes())
    stage.change('scrobble', rating_key=show)
    stage.seen('whole show watched', lambda: stage.shows('watchedepisodes')[str(show)]['watchedepisodes'] == 2)
    stage.change('unscrobble', rating_key=show)
    stage.seen('whole show unwatched', lambda: stage.shows('watchedepisodes')[str(show)]['watchedepisodes'] == 0)
    stage.change('delete', rating_key=show)
    stage.seen('show deleted', lambda: str(show) not in stage.shows() and 'Pilot' not in stage.episodes())


def test_libraries(stage: LiveStage) -> None:
    section = stage.change('add_section', type_name='movie', title='More films')['section']
    new = stage.change('add_movie', title='Elsewhere', section_id=section['id'])['item']['ratingKey']
    stage.seen('new library', lambda: str(new) in stage.movies())
    stage.change('remove_section', section_id=section['id'])
    stage.seen('library removed', lambda: str(new) not in stage.movies())


def test_the_same_user_plays_elsewhere(stage: LiveStage) -> None:
    """The resume point comes at the end, not with each report."""
    def position() -> float:
        return float(stage.movies('resume')[FILM]['resume']['position'])
    assert position() == 0
    for milliseconds in (1_000_000, 1_010_000, 1_020_000):
        stage.play_elsewhere('playing', milliseconds)
        time.sleep(1)
    stage.play_elsewhere('stopped', 1_030_000)
    stage.seen('played elsewhere', lambda: position() == 1030)


def test_an_open_list_shows_it_and_keeps_its_place(stage: LiveStage) -> None:
    lab = stage.lab
    lab.rpc('GUI.ActivateWindow', window='videos', parameters=['videodb://movies/titles/', 'return'])
    lab.wait_for(lambda: lab.condition('Container.Content(movies)'), 15, 'the list')
    lab.go_to(lambda: lab.labels('Container.CurrentItem')['Container.CurrentItem'] == '4', 'the fourth')
    number = int(lab.labels('ListItem.DBID')['ListItem.DBID'])
    key = next(key for key, film in stage.movies().items() if film['movieid'] == number)
    lab.screenshot(lab.home / 'before.png', settle=2)
    stage.change('scrobble', rating_key=key)
    stage.seen('watched, in an open list', lambda: lab.labels('ListItem.PlayCount')['ListItem.PlayCount'] == '1')
    title = lab.labels('ListItem.Title')['ListItem.Title'] + ' (live)'
    stage.change('update', rating_key=key, title=title)
    stage.seen('changed, in an open list', lambda: lab.labels('ListItem.Title')['ListItem.Title'] == title)
    assert lab.labels('Container.CurrentItem')['Container.CurrentItem'] == '4'
    lab.screenshot(lab.home / 'after.png', settle=2)
    lab.rpc('GUI.ActivateWindow', window='home')


def test_where_the_server_pushes_nothing_it_comes_later(stage: LiveStage) -> None:
    """As for some shared users."""
    stage.tell('faults', path_regex='/:/websockets', kind='status', value=403, times=10_000, server='pms')
    stage.tell('disconnect')
    stage.lab.wait_for(lambda: stage.ask('requests', path='/:/websockets'), 30, 'a refused websocket')
    for what, operation, condition in (
            ('watched', 'scrobble', lambda: stage.movies('playcount')[ANOTHER]['playcount'] == 1),
            ('unwatched', 'unscrobble', lambda: stage.movies('playcount')[ANOTHER]['playcount'] == 0)):
        stage.change(operation, rating_key=ANOTHER)
        stage.seen(what + ', not pushed', condition, NOT_PUSHED_PATIENCE)
    new = stage.change('add_movie', title='Not pushed')['item']['ratingKey']
    stage.seen('film created, not pushed', lambda: str(new) in stage.movies(), NOT_PUSHED_PATIENCE)
    stage.change('delete', rating_key=new)
    stage.seen('film deleted, not pushed', lambda: str(new) not in stage.movies(), NOT_PUSHED_PATIENCE)


def test_nothing_of_it_is_an_error_in_kodis_log(stage: LiveStage) -> None:
    lines = [line for line in stage.lab.log_text().splitlines() if ' error <general>' in line]
    assert [line for line in lines if 'plexkodiconnect' in line] == []
    assert Path(stage.addon_data()).exists()
