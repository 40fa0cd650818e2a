"""Somebody who has signed in sees what is new and what is being watched while the rest of the library still comes."""
from __future__ import annotations

import time
from pathlib import Path
from typing import Iterator

import pytest

from tests.kodi.conftest import kodi_root
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, Stage, build_repository

MOVIES, STARTED = 400, 5
#: Estuary's rows of films: being watched, and added last.
WATCHED_ROW, NEWEST_ROW = 'Container(5100).NumItems', 'Container(5200).NumItems'
#: The listing of films that is read to its end.
WHOLE = r'sections/1/all\?.*sort=id'


@pytest.fixture
def stage(kodi_present: None, tmp_path: Path) -> Iterator[Stage]:
    lab = KodiLab(tmp_path / 'home', name='first-screen', env=ENVIRONMENT, debug=True, kodi=kodi_root())
    with lab:
        made = Stage(lab)
        made.start_sim('--movies', str(MOVIES), '--shows', '20', '--latency', '0.02', '--prerender')
        for item in made.ask('items', type='movie')[:STARTED]:
            made.tell('mutate', op='set_progress', args={'rating_key': item['ratingKey'], 'milliseconds': 600000})
        lab.start()
        made.install(build_repository(tmp_path / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        yield made
        (tmp_path / 'kodi.log').write_text(lab.log_text(), encoding='utf-8')


def test_home_is_full_before_the_first_listing_is_read(stage: Stage) -> None:
    lab = stage.lab
    stage.tell('faults', path_regex=WHOLE, kind='delay', value=38.0, times=1, server='pms')
    lab.answer_no()  # without the guide, which keeps the home screen as it is until its end
    lab.wait_for(lambda: not lab.dialog_open(), 10, 'the end of the offer')
    stage.link(stage.open_sign_in())

    def full() -> bool:
        rows = lab.labels(WATCHED_ROW, NEWEST_ROW)
        return all(row.isdigit() and int(row) >= STARTED for row in rows.values())
    lab.wait_for(full, 25, 'the rows of the home screen')
    movies = lab.rpc('VideoLibrary.GetMovies', limits={'end': 1})['limits']['total']
    assert not stage.runs() and 25 <= movies < MOVIES
    lab.screenshot(lab.home / 'home-full.png')
    report = stage.wait_synced(90)
    assert not report['error'] and report['skipped'] == {}
    assert lab.rpc('VideoLibrary.GetMovies', limits={'end': 1})['limits']['total'] == MOVIES
    time.sleep(3.0)  # the announcement at the end
    assert full() and lab.log_text().count('Loading skin file: Home.xml') <= 2, 'the skin is loaded anew once'
    lab.screenshot(lab.home / 'home-later.png')
