"""A box with Kodi 20 gets Kodi 21, and goes back. KODI_UPGRADE=1 runs it; the Kodi of trixie is made when missing."""
from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.integration.test_random_changes import assert_truth
from tests.support.kodi_environment import KodiEnvironment
from tests.support.sync_environment import counts
from tools.kodilab import KodiLab
from tools.kodilab.chroots import ensure_chroot
from tools.stage import ENVIRONMENT, make_video

pytestmark = pytest.mark.kodi_upgrade


def _goes_to(kodi_env: KodiEnvironment, root: Any) -> Dict[str, Any]:
    """Another Kodi starts in the same home; returns the report of its sync at start."""
    assert kodi_env.lab.stop() == 0
    kodi_env.lab.root = root
    begun = time.time()
    kodi_env.lab.start()
    return kodi_env.wait_synced(60, after=begun)


def _settled(kodi_env: KodiEnvironment, where: str) -> None:
    """Kodi shows what Plex has, once each, and there is nothing more to do."""
    assert_truth(kodi_env, where)
    shown = [one['uniqueid']['plex'] for one in kodi_env.movies()]
    assert sorted(shown) == sorted(str(item.rating_key) for item in kodi_env.library.items('movie'))
    episodes = kodi_env.lab.rpc('VideoLibrary.GetEpisodes')['episodes']
    assert len(episodes) == len(list(kodi_env.library.items('episode')))
    report = kodi_env.sync()
    assert report['complete'] and not report['added'] + report['changed'] + report['watched'] + report['removed']


def _versions(kodi_env: KodiEnvironment, key: str) -> int:
    return int(kodi_env.rows(
        'SELECT count(*) FROM videoversion v JOIN movie m ON m.idMovie = v.idMedia JOIN uniqueid u '
        "ON u.media_id = m.idMovie AND u.media_type = 'movie' AND u.type = 'plex' WHERE u.value = ?", key)[0][0])


def _plays(kodi_env: KodiEnvironment, key: str) -> None:
    lab = kodi_env.lab
    lab.rpc('GUI.ActivateWindow', window='settings')
    movie = next(one for one in kodi_env.movies() if one['uniqueid']['plex'] == key)
    lab.rpc('Player.Open', item={'movieid': movie['movieid']})
    player = lab.wait_for(lab.picture, 30, 'the player')
    assert player
    lab.wait_for(lambda: lab.rpc('Player.GetProperties', playerid=player.id, properties=['time'])['time']['seconds'],
                 20, 'a running film')
    lab.rpc('Player.Stop', playerid=player.id)
    lab.wait_for(lambda: not lab.active_player(), 10, 'the end')


def test_a_library_goes_to_kodi_21_and_back(kodi_present: None, addon_repository: Path, tmp_path: Path) -> None:
    newer = ensure_chroot('trixie')
    film = make_video(tmp_path / 'film.mkv', 60)
    with KodiLab(tmp_path / 'home', name='upgrade', env=ENVIRONMENT, debug=True) as lab:
        kodi_env = KodiEnvironment(lab)
        kodi_env.install_and_sync(addon_repository, '--movies', '20', '--shows', '2', '--seasons', '2',
                                  '--episodes', '3', '--seed', '3', '--media-file', str(film))
        keys = [str(item.rating_key) for item in kodi_env.library.items('movie')]
        kodi_env.library.add_version(keys[0])
        kodi_env.library.scrobble(keys[1])
        kodi_env.library.set_progress(keys[2], 900000)
        kodi_env.sync()
        assert kodi_env.kodi == 20
        seasons = counts(kodi_env.video_db)['seasons']
        ids = {one['uniqueid']['plex']: one['movieid'] for one in kodi_env.movies()}

        report = _goes_to(kodi_env, newer)
        assert kodi_env.kodi == 21
        assert report['complete'] and not report['removed'] and not report['skipped']
        assert counts(kodi_env.video_db)['seasons'] == seasons
        assert {one['uniqueid']['plex']: one['movieid'] for one in kodi_env.movies()} == ids
        assert _versions(kodi_env, keys[0]) == 2 and _versions(kodi_env, keys[1]) == 1
        _settled(kodi_env, 'Kodi 21')
        _plays(kodi_env, keys[3])
        kodi_env.library.update(keys[4], title='Another title')
        kodi_env.library.unscrobble(keys[1])
        kodi_env.library.scrobble(keys[5])
        kodi_env.library.delete(keys[6])
        kodi_env.library.add_movie('Came with Kodi 21')
        kodi_env.sync()
        _settled(kodi_env, 'Kodi 21, changed')

        report = _goes_to(kodi_env, None)
        assert kodi_env.kodi == 20
        assert report['complete'] and not report['skipped']
        _settled(kodi_env, 'Kodi 20 again')
        _plays(kodi_env, keys[3])

        kodi_env.library.update(keys[7], title='Changed while Kodi 20 was there')
        kodi_env.sync()
        report = _goes_to(kodi_env, newer)
        assert report['complete'] and not report['skipped']
        _settled(kodi_env, 'Kodi 21 again')
        assert _versions(kodi_env, keys[0]) == 2
        assert 'database is locked' not in lab.log_text()
