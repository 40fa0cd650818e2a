"""A real Kodi's library moves from its files to a MariaDB server and back, with nothing but Kodi's own settings."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

import pytest

from tests.kodi.conftest import kodi_root
from tests.kodi.test_shared_library import use_server
from tests.support.kodi_environment import KodiEnvironment
from tools import mariadb
from tools.kodilab import KodiLab
from tools.mariadb import MariaDbServer
from tools.stage import ENVIRONMENT, build_repository

MOVIES = 12


@pytest.fixture(scope='module')
def moving(kodi_present: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[KodiEnvironment,
                                                                                          MariaDbServer]]:
    if not mariadb.find():
        pytest.fail('This needs MariaDB: tools/setup/ensure_mariadb.sh. KODI=0 leaves it out.', pytrace=False)
    folder = tmp_path_factory.mktemp('moving')
    lab = KodiLab(folder / 'home', name='moving', env=ENVIRONMENT, debug=True, kodi=kodi_root())
    with lab, MariaDbServer(wrap=lab.network.wrap([])) as server:
        made = KodiEnvironment(lab)
        made.install_and_sync(build_repository(folder / 'repository'), '--movies', str(MOVIES), '--shows', '1')
        yield made, server


def shown(env: KodiEnvironment) -> Dict[str, Any]:
    """Title and play count of each film, by ratingKey."""
    return {movie['uniqueid']['plex']: (movie['title'], movie['playcount']) for movie in env.movies('playcount')}


def settings(env: KodiEnvironment) -> Path:
    found: Path = env.lab.profile.userdata / 'advancedsettings.xml'
    return found


def test_to_a_server_and_back(moving: Tuple[KodiEnvironment, MariaDbServer]) -> None:
    env, server = moving
    before, in_files = settings(env).read_text(), shown(env)
    assert len(in_files) == MOVIES
    env.lab.rpc('VideoLibrary.Export', options={'overwrite': True, 'images': False})  # to separate files
    env.announced('VideoLibrary.OnExport')

    assert env.lab.stop() == 0
    use_server(env.lab, server)
    env.tell('mutate', op='update', args={'rating_key': '3', 'title': 'Renamed meanwhile'})
    env.lab.start()
    wanted = dict(in_files, **{'3': ('Renamed meanwhile', in_files['3'][1])})
    env.lab.wait_for(lambda: shown(env) == wanted, 90, 'the library on the server')
    assert server.execute('SELECT count(*) FROM MyVideos%d.movie' % {19: 119, 20: 121, 21: 131}[env.kodi]) == [
        (MOVIES,)]
    movie = next(movie for movie in env.movies() if movie['uniqueid']['plex'] == '5')
    env.lab.rpc('VideoLibrary.SetMovieDetails', movieid=movie['movieid'], playcount=1)
    env.lab.wait_for(lambda: env.ask('truth', ids='5')[0].get('viewCount') == 1, 30, "Plex's watched mark")

    assert env.lab.stop() == 0
    settings(env).write_text(before)
    env.tell('mutate', op='delete', args={'rating_key': '7'})
    env.lab.start()
    wanted['5'] = (wanted['5'][0], 1)
    del wanted['7']
    env.lab.wait_for(lambda: shown(env) == wanted, 90, 'the library in files')
    assert not [line for line in env.lab.log_text().splitlines() if 'Traceback' in line]
    assert env.lab.stop() == 0
