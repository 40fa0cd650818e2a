"""Kodi's library on a MariaDB server, in a real Kodi: it makes the database, we fill it, it shows and plays it."""
from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List
from xml.sax.saxutils import escape

import pytest

from tests.kodi.conftest import kodi_root
from tests.kodi.stages import Stages
from tests.support.kodi_environment import content
from tools import mariadb
from tools.kodilab import KodiLab
from tools.mariadb import PASSWORD, USER, MariaDbServer
from tools.stage import ADDON, ENVIRONMENT, Stage, make_video

MOVIES, SHOWS = 40, 2
PLAYED, MARKED, RATED = '6', '30', '12'
FILM_MS = 420023
IN_PROGRESS = ('videodb://movies/titles/?xsp={"rules":{"and":[{"field":"inprogress","operator":"true","value":[]}]},'
               '"type":"movies"}')


class SharedStage(Stage):
    """``server`` has Kodi's library."""

    def __init__(self, lab: KodiLab, server: MariaDbServer) -> None:
        super().__init__(lab)
        self.server = server


@pytest.fixture(scope='module')
def stage(stages: Stages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedStage]:
    if not mariadb.find():
        pytest.fail('This needs MariaDB: tools/setup/ensure_mariadb.sh. KODI=0 leaves it out.', pytrace=False)
    folder = tmp_path_factory.mktemp('shared-library')
    lab = KodiLab(folder / 'home', name='shared', env=ENVIRONMENT, debug=True, kodi=kodi_root())
    with lab, MariaDbServer(wrap=lab.network.wrap([])) as server:
        use_server(lab, server)
        made = SharedStage(lab, server)
        made.start_sim('--movies', str(MOVIES), '--shows', str(SHOWS), '--latency', '0.01', '--prerender',
                       '--media-file', str(make_video(folder / 'film.mkv')))
        made.tell('mutate', op='update', args={'rating_key': PLAYED, 'duration': FILM_MS})
        lab.start()
        stages.install(made)
        made.link(made.open_sign_in())
        lab.wait_for(lambda: any(run['complete'] for run in made.runs()), 90, 'the first sync')
        yield made


def use_server(lab: KodiLab, server: MariaDbServer) -> None:
    """Write into Kodi's advanced settings where its library is."""
    path = lab.profile.userdata / 'advancedsettings.xml'
    path.write_text(path.read_text().replace('</advancedsettings>', (
        '<videodatabase><type>mysql</type><host>127.0.0.1</host><port>%d</port><user>%s</user><pass>%s</pass>'
        '</videodatabase></advancedsettings>') % (server.port, USER, escape(PASSWORD))))


def movies(stage: SharedStage) -> Dict[str, Dict[str, Any]]:
    found: List[Dict[str, Any]] = stage.lab.rpc('VideoLibrary.GetMovies', properties=[
        'title', 'uniqueid', 'playcount', 'resume', 'art', 'cast', 'userrating'])['movies']
    return {movie['uniqueid']['plex']: movie for movie in found}


def seconds(stage: SharedStage, player: int) -> float:
    now = stage.lab.rpc('Player.GetProperties', playerid=player, properties=['time'])['time']
    return float(now['minutes'] * 60 + now['seconds'])


def told(stage: SharedStage, key: str) -> Dict[str, Any]:
    found: Dict[str, Any] = stage.ask('truth', ids=key)[0]
    return found


def test_kodi_shows_what_is_on_the_server(stage: SharedStage) -> None:
    shown = movies(stage)
    assert len(shown) == MOVIES
    for key, movie in shown.items():
        raw = told(stage, key)
        assert movie['title'].startswith(re.sub('[\U00010000-\U0010ffff]', '\ufffd', raw['title'].strip()))
        assert ('poster' in movie['art']) == bool(raw.get('thumb'))
    assert len(stage.lab.rpc('VideoLibrary.GetTVShows')['tvshows']) == SHOWS
    assert len(stage.lab.rpc('VideoLibrary.GetEpisodes')['episodes']) == len(stage.ask('items', type='episode'))
    assert not list(stage.lab.profile.databases.glob('MyVideos*.db'))
    assert not (stage.addon_data() / 'state.db').exists()


def test_a_change_on_the_server_appears(stage: SharedStage) -> None:
    stage.tell('mutate', op='update', args={'rating_key': '8', 'title': 'Renamed while Kodi runs'})
    stage.lab.wait_for(lambda: movies(stage)['8']['title'] == 'Renamed while Kodi runs', 60, 'the new title')


def test_marks_go_both_ways(stage: SharedStage) -> None:
    movie = movies(stage)[MARKED]
    stage.lab.rpc('VideoLibrary.SetMovieDetails', movieid=movie['movieid'], playcount=1)
    stage.lab.wait_for(lambda: told(stage, MARKED).get('viewCount') == 1, 20, "Plex's watched mark")
    stage.lab.rpc('VideoLibrary.SetMovieDetails', movieid=movies(stage)[RATED]['movieid'], userrating=8)
    stage.lab.wait_for(lambda: told(stage, RATED).get('userRating') == 8, 30, "Plex's rating")


def test_a_film_is_played_and_resumed(stage: SharedStage) -> None:
    movie = movies(stage)[PLAYED]
    stage.lab.rpc('GUI.ActivateWindow', window='settings')
    stage.lab.rpc('Player.Open', item={'movieid': movie['movieid']})
    player = stage.lab.wait_for(stage.lab.picture, 40, 'the playback')
    assert player is not None
    stage.lab.wait_for(lambda: seconds(stage, player.id) >= 0.5, 30, 'a running film')
    stage.lab.rpc('Player.Seek', playerid=player.id, value={'time': {'hours': 0, 'minutes': 4, 'seconds': 0,
                                                                    'milliseconds': 0}})
    stage.lab.wait_for(lambda: seconds(stage, player.id) >= 239, 30, 'the place')
    time.sleep(1.5)  # somebody looks at the picture before pressing stop
    stage.lab.rpc('Player.Stop', playerid=player.id)
    stage.lab.wait_for(lambda: told(stage, PLAYED).get('viewOffset', 0) >= 230000, 30, "Plex's offset")
    stage.lab.wait_for(lambda: movies(stage)[PLAYED]['resume']['position'] >= 230, 30, "Kodi's resume point")
    stage.lab.wait_for(lambda: not stage.lab.active_player(), 10, 'the end')


def test_a_resume_point_that_is_taken_away_in_kodis_menu_is_plexs(stage: SharedStage) -> None:
    lab, title = stage.lab, movies(stage)[PLAYED]['title']
    lab.rpc('GUI.ActivateWindow', window='videos', parameters=[IN_PROGRESS, 'return'])
    lab.wait_for(lambda: lab.condition('Container.Content(movies)'), 15, 'the list')
    lab.go_to(lambda: lab.labels('ListItem.Title')['ListItem.Title'] == title, title)
    lab.input('ContextMenu')
    lab.wait_for(lambda: lab.condition('Window.IsActive(contextmenu)'), 10, 'the menu')
    lab.go_to(lambda: 'Reset resume position' in lab.current_control(), 'the entry')
    lab.input('Select')
    lab.wait_for(lambda: not told(stage, PLAYED).get('viewOffset'), 30, 'no offset in Plex')
    lab.wait_for(lambda: not movies(stage)[PLAYED]['resume']['position'], 30, 'no resume point in Kodi')
    assert not told(stage, PLAYED).get('viewCount')
    lab.rpc('GUI.ActivateWindow', window='home')


def test_the_server_ends_and_comes_back(stage: SharedStage) -> None:
    stage.server.kill()
    stage.server.start()
    stage.tell('mutate', op='update', args={'rating_key': '10', 'title': 'After the power cut'})
    stage.lab.wait_for(lambda: movies(stage)['10']['title'] == 'After the power cut', 90, 'the new title')


def test_no_password_is_in_a_log(stage: SharedStage) -> None:
    text = '\n'.join([stage.lab.log_text(), *(path.read_text(errors='replace') for path in stage.lab.profile.logs())])
    ours = [line for line in text.splitlines() if ADDON in line or 'pkc' in line.lower()]
    assert ours and not [line for line in ours if PASSWORD in line]
    for path in Path(stage.addon_data()).glob('*.*'):
        assert PASSWORD.encode() not in content(path), path.name


def test_a_start_with_nothing_changed_writes_nothing(stage: SharedStage) -> None:
    stage.restart_synced()
    report = stage.restart_synced()
    assert report['complete'] and report['unchanged'] > MOVIES and not report['added'] + report['changed']
    assert stage.lab.stop() == 0
