"""Two Plex servers in a real Kodi: both are ticked, both fill the library, each plays its own, one goes away."""
from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Set

import pytest

from tests.kodi.conftest import kodi_root
from tests.support.kodi_environment import KodiEnvironment
from tools.kodilab import KodiLab
from tools.kodilab.install import install_by_folder
from tools.stage import ENVIRONMENT, LIST, PLEX_TV_PORT, PLUGIN, make_video

MINE, THEIRS = 14, 9
OTHER = '0be5' * 10
CHOOSE = 'Window.IsActive(script-plexkodiconnect-choose.xml)'
#: The button OK of Kodi's list with ticks.
OK = 5


class Household(KodiEnvironment):
    """Somebody with a server, whose friend shares another one."""

    def begin(self, repository: Path, *sim_arguments: str) -> None:
        """Install and sign in; the own server, the first of the list, is chosen."""
        self.start_sim('--prerender', '--other-movies', str(THEIRS), *sim_arguments)
        install_by_folder(self.lab, sorted(repository.glob('*/*.zip')))
        self.lab.start()
        self.lab.wait_for(self.lab.dialog_open, 30, 'the offer to sign in')
        self.lab.answer_yes()
        self.link(self.waiting_code())
        # The only own server is taken without a question if something asked for it before.
        self.lab.wait_for(lambda: self.lab.condition(CHOOSE) or self.lab.condition(LIST), 60, 'the next step')
        if self.lab.condition(CHOOSE):
            time.sleep(1.0)  # somebody reads it
            self.lab.input('Select')
        self.leave_guide()
        self.wait_synced(90)

    def choose(self, *names: str) -> None:
        """Open the list of servers, then that with ticks, change the ticks of these servers and confirm."""
        lab = self.lab
        lab.builtin('RunPlugin(%s/choose_server)' % PLUGIN)
        lab.wait_for(lambda: lab.condition(CHOOSE), 30, 'the list of servers')
        lab.go_to(lambda: 'Several servers' in lab.current_control(), 'the entry for several')
        lab.input('Select')
        lab.wait_for(lambda: lab.condition(LIST), 30, 'the list with ticks')
        for name in names:
            lab.go_to(partial(self._is_at, name), name)
            lab.input('Select')
        time.sleep(1.0)  # somebody looks at it
        lab.builtin('SendClick(12000,%d)' % OK)
        lab.wait_for(lambda: not lab.condition(LIST), 20, 'the end of the list')

    def _is_at(self, name: str) -> bool:
        return name in self.lab.current_control()

    def other(self, name: str, **body: Any) -> Any:
        """Tell the second server's control API; without ``body`` ask it."""
        url = 'http://127.0.0.1:%d/__sim__/%s' % (PLEX_TV_PORT + 1, name)
        if not body:
            return self.lab.http('GET', url).json()
        return self.lab.http('POST', url, json.dumps(body).encode(), {'Content-Type': 'application/json'}).json()

    def films(self, theirs: bool) -> Dict[str, Dict[str, Any]]:
        """Kodi's films of one of the servers by Plex's keys."""
        found = self.movies('file', 'playcount')
        return {movie['uniqueid'].get('plex', ''): movie for movie in found if (OTHER in movie['file']) == theirs}

    def titles(self, theirs: bool) -> Set[str]:
        """Their titles."""
        return {movie['title'] for movie in self.films(theirs).values()}

    def plays(self, movie: Dict[str, Any]) -> None:
        """Have Kodi play a film until it runs, then stop it."""
        # Kodi 20.1 ends by itself now and then when a film's end shows a home screen full of rows (docs/kodi.md).
        self.lab.rpc('GUI.ActivateWindow', window='settings')
        self.lab.rpc('Player.Open', item={'movieid': movie['movieid']})
        player = self.lab.wait_for(self.lab.picture, 60, 'the playback')
        assert player is not None

        def runs() -> bool:
            now = self.lab.rpc('Player.GetProperties', playerid=player.id, properties=['time'])['time']
            return bool(now['minutes'] * 60 + now['seconds'] + now['milliseconds'] / 1000.0 >= 0.5)
        self.lab.wait_for(runs, 60, 'a running film')
        self.lab.rpc('Player.Stop', playerid=player.id)
        self.lab.wait_for(lambda: not self.lab.active_player(), 30, 'the end')


@pytest.fixture(scope='module')
def home(kodi_present: None, addon_repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    folder = tmp_path_factory.mktemp('several-servers')
    with KodiLab(folder / 'home', name='several', env=ENVIRONMENT, debug=True, kodi=kodi_root()) as lab:
        made = Household(lab)
        made.begin(addon_repository, '--movies', str(MINE), '--shows', '1', '--no-oddities', '--media-file',
                   str(make_video(folder / 'film.mkv', 240)))
        assert len(made.films(False)) == MINE and not made.films(True)
        made.choose('Other Server')
        lab.wait_for(lambda: len(made.films(True)) == THEIRS, 90, 'the films of the other server')
        yield made
        assert not lab.crashed
        assert 'Traceback' not in lab.log_text()


def test_both_are_in_the_library_and_their_lists_are_one(home: Household) -> None:
    assert len(home.films(False)) == MINE and len(home.films(True)) == THEIRS
    labels = [row['label'] for row in home.directory('/sections')]
    assert [label.rpartition(' · ')[2] for label in labels] == ['Simulated Server'] * 2 + ['Other Server'] * 2
    recent = home.directory('/recently_added?type=movie&limit=100', ['file'])
    assert len(recent) == MINE + THEIRS


def test_each_plays_from_its_own_server(home: Household) -> None:
    for theirs, asked in ((False, home.ask), (True, home.other)):
        home.plays(next(iter(home.films(theirs).values())))
        home.lab.wait_for(partial(was_asked, asked, '/library/parts/'), 30, 'the file')
        home.lab.wait_for(partial(was_asked, asked, '/:/timeline'), 30, 'the report')


def was_asked(ask: Callable[[str], List[Dict[str, Any]]], path: str) -> bool:
    """Whether a server has got a request whose path has this in it."""
    return any(path in one['path'] for one in ask('requests'))


def test_a_mark_reaches_the_item_s_server(home: Household) -> None:
    movie = list(home.films(True).values())[-1]
    home.lab.rpc('VideoLibrary.SetMovieDetails', movieid=movie['movieid'], playcount=1)
    home.lab.wait_for(lambda: any('scrobble' in one['path'] for one in home.other('requests')), 60, 'the mark')


def test_one_is_away_and_the_other_one_goes_on(home: Household) -> None:
    home.other('faults', path_regex='.*', kind='drop', server='pms')
    home.other('disconnect', now=True)
    theirs = home.titles(True)
    key = next(iter(home.films(False)))
    home.tell('mutate', op='update', args={'rating_key': key, 'title': 'Renamed meanwhile'})
    home.lab.wait_for(lambda: 'Renamed meanwhile' in home.titles(False), 90, 'the change of the server that is there')
    assert home.titles(True) == theirs
    assert len(home.directory('/recently_added?type=movie&limit=100')) >= MINE
    home.other('clear_faults', now=True)
    key = next(iter(home.films(True)))
    home.other('mutate', op='update', args={'rating_key': key, 'title': 'Back again'})
    home.lab.wait_for(lambda: 'Back again' in home.titles(True), 120, 'the change of the server that is back')


def test_one_that_is_left_takes_its_own_films(home: Household) -> None:
    mine = home.titles(False)
    home.choose('Other Server')
    home.lab.wait_for(home.lab.dialog_open, 30, 'the question')
    home.lab.answer_yes()
    home.lab.wait_for(lambda: not home.films(True), 90, 'the end of the films')
    assert home.titles(False) == mine
