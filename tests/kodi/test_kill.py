"""Kodi dies in the middle of the first sync, like a TV box whose plug is pulled."""
from __future__ import annotations

import time
from pathlib import Path

from tests.kodi.conftest import kodi_root
from tests.support.sync_environment import counts, dump
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, Stage, build_repository


def _sign_in(stage: Stage, folder: Path) -> None:
    stage.lab.start()
    stage.install(build_repository(folder / 'repository'))
    stage.lab.wait_for(stage.lab.dialog_open, 30, 'the offer to sign in')
    stage.lab.answer_yes()
    stage.link(stage.waiting_code())


def test_a_sync_that_was_killed_goes_on_and_ends_like_an_undisturbed_one(kodi_present: None, tmp_path: Path) -> None:
    with KodiLab(tmp_path / 'home', name='kill', env=ENVIRONMENT, debug=True, kodi=kodi_root()) as lab:
        stage = Stage(lab)
        stage.start_sim('--movies', '1500', '--shows', '20', '--latency', '0.02', '--prerender')
        _sign_in(stage, tmp_path)
        lab.wait_for(lambda: sum(',' in request['path'] for request in stage.ask('requests')) >= 6, 60, 'a few batches')
        lab.wait_for(lambda: counts(str(lab.database('MyVideos')))['movie'], 30, 'the first rows')
        lab.kill9()
        assert not stage.report(), 'killed too late to prove anything'
        written = counts(str(lab.database('MyVideos')))['movie']
        assert 0 < written < 1500
        stage.tell('reset_stats')
        begun = time.time()
        lab.start()
        report = stage.wait_synced(90, after=begun)
        assert report['complete'] and report['added'] > 0
        assert report['unchanged'] >= written - 100, 'more than one batch was done again'
        lab.stop()
        killed = lab.database('MyVideos')

        # The same library, undisturbed, in the same Kodi.
        kept = tmp_path / 'killed.db'
        kept.write_bytes(killed.read_bytes())
        killed.unlink()
        (stage.addon_data() / 'state.db').unlink()
        begun = time.time()
        lab.start()
        stage.wait_synced(90, after=begun)
        lab.stop()
        undisturbed = str(lab.database('MyVideos'))
        assert dump(str(kept)) == dump(undisturbed)
        differing = {table: (number, counts(undisturbed)[table]) for table, number in counts(str(kept)).items()
                     if number != counts(undisturbed)[table]}
        assert not differing
