"""Kodi's own hands in the library: its cleaning and scanning, its writing while we write, and many small changes."""
from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from tests.integration.test_random_changes import Hands, assert_truth
from tests.kodi.conftest import kodi_root
from tests.support.kodi_environment import KodiEnvironment
from tests.support.sync_environment import dump
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT

STEPS = int(os.environ.get('PKC_STEPS', '8'))
NONE: Dict[str, Any] = {}
SEED = int(os.environ.get('PKC_SEED', '7'))
#: Films of the user's own, and films that come from Plex while Kodi reads those.
LOCAL, ARRIVING = 25, 450


@pytest.fixture(scope='module')
def kodi_env(kodi_present: None, addon_repository: Path,
             tmp_path_factory: pytest.TempPathFactory) -> Iterator[KodiEnvironment]:
    """A small library, synced."""
    home = tmp_path_factory.mktemp('itself') / 'home'
    with KodiLab(home, name='itself', env=ENVIRONMENT, debug=True, kodi=kodi_root()) as lab:
        made = KodiEnvironment(lab)
        report = made.install_and_sync(addon_repository, '--movies', '20', '--shows', '2', '--seasons', '2',
                                       '--episodes', '3', '--seed', '3')
        assert report['complete'] and not report['skipped']
        yield made


def test_kodis_clean_and_scan_leave_everything_as_it_is(kodi_env: KodiEnvironment) -> None:
    lab = kodi_env.lab
    keys = [str(item.rating_key) for item in kodi_env.library.items('movie')]
    kodi_env.library.scrobble(keys[0])
    kodi_env.library.set_progress(keys[1], 900000)
    kodi_env.sync()
    before = dump(kodi_env.video_db)
    begun = time.time()
    _clean(kodi_env)
    if kodi_env.kodi > 19:  # which takes all items of add-ons for lost; then they come back without being asked for
        _assert_same(kodi_env, before)
    assert kodi_env.wait_synced(30, after=begun)['complete']
    # Kodi may have cleaned twice.
    lab.wait_for(lambda: _differences(kodi_env, before) == NONE, 60, 'all that was there')
    lab.wait_for(lambda: not lab.condition('Library.IsScanningVideo'), 10, 'the end of a scan')
    lab.clear_notifications()
    lab.rpc('VideoLibrary.Scan', showdialogs=False)
    kodi_env.announced('VideoLibrary.OnScanFinished')
    report = kodi_env.sync()
    assert report['complete'] and not report['added'] + report['changed'] + report['removed']
    _assert_same(kodi_env, before)
    shown = {one['uniqueid']['plex']: one for one in kodi_env.movies('playcount', 'resume')}
    assert sorted(shown) == sorted(keys)
    assert shown[keys[0]]['playcount'] == 1 and shown[keys[1]]['resume']['position'] == 900


def _clean(kodi_env: KodiEnvironment) -> None:
    """Kodi refuses as long as it scans, as it does for a moment after each sync of ours."""
    def cleaned() -> bool:
        done = bool(kodi_env.lab.notifications('VideoLibrary.OnCleanFinished'))
        if not done:
            kodi_env.lab.rpc('VideoLibrary.Clean', showdialogs=False)
        return done
    kodi_env.lab.wait_for(cleaned, 30, "the end of Kodi's cleaning", interval=2)


def _assert_same(kodi_env: KodiEnvironment, before: Dict[str, List[Any]]) -> None:
    assert _differences(kodi_env, before) == NONE


def _differences(kodi_env: KodiEnvironment, before: Dict[str, List[Any]]) -> Dict[str, Tuple[List[Any], int]]:
    """By table: rows that are gone, and how many more there are."""
    after = dump(kodi_env.video_db)
    found = {table: ([row for row in rows if row not in after[table]], len(after[table]) - len(rows))
             for table, rows in before.items()}
    return {table: difference for table, difference in found.items() if difference != ([], 0)}


def test_after_random_changes_kodi_shows_what_plex_has(kodi_env: KodiEnvironment) -> None:
    rng = random.Random(SEED)
    hands = Hands(kodi_env, rng)
    for step in range(STEPS):
        done = [hands.change() for _ in range(rng.randrange(2, 6))]
        where = 'seed %d, step %d: %s' % (SEED, step, ', '.join(done))
        report = kodi_env.sync()
        assert report['complete'] and not report['error'], where
        if report['skipped']:
            kodi_env.sync()  # deletions of many items at once are to be seen twice
        assert_truth(kodi_env, where)
    assert sorted(one['uniqueid']['plex'] for one in kodi_env.movies()) == sorted(
        str(item.rating_key) for item in kodi_env.library.items('movie'))
    report = kodi_env.sync()
    assert not report['added'] + report['changed'] + report['watched'] + report['removed']


def _local_films(kodi_env: KodiEnvironment) -> Path:
    """A folder of films with descriptions beside them, as a source whose content the user has set."""
    folder = kodi_env.lab.home / 'films'
    for number in range(LOCAL):
        place = folder / ('Film %d' % number)
        place.mkdir(parents=True)
        (place / 'film.mkv').write_bytes(b'film')
        (place / 'film.nfo').write_text(
            '<movie><title>Mine %d</title><plot>Own words</plot><genre>Drama</genre>'
            '<uniqueid type="local" default="true">%d</uniqueid></movie>' % (number, number))
    kodi_env.execute('INSERT INTO path (strPath, strContent, strScraper, scanRecursive, useFolderNames, noUpdate,'
                     " exclude) VALUES (?, 'movies', 'metadata.local', 2147483647, 1, 0, 0)", '%s/' % folder)
    return folder


class Editor(threading.Thread):
    """Somebody who keeps changing titles and ratings by an app, for as long as it is told to."""

    def __init__(self, kodi_env: KodiEnvironment, movie_ids: List[int]) -> None:
        super().__init__()
        self._house = kodi_env
        self._movie_ids = movie_ids
        self.ended = threading.Event()
        self.wishes: Dict[int, str] = {}
        self.problem: Any = None

    def run(self) -> None:
        number = 0
        try:
            while not self.ended.is_set():
                movie_id = self._movie_ids[number % len(self._movie_ids)]
                number += 1
                title = 'Edited %d' % number
                self._house.lab.rpc('VideoLibrary.SetMovieDetails', timeout=60, movieid=movie_id, title=title,
                                    userrating=number % 10 + 1)
                self.wishes[movie_id] = title
        except Exception as error:
            self.problem = error


def test_what_kodi_writes_during_a_sync_and_what_the_sync_writes_are_both_there(kodi_env: KodiEnvironment) -> None:
    lab = kodi_env.lab
    edited = [one['movieid'] for one in kodi_env.movies()][:5]
    section = next(section.id for section in kodi_env.library.sections.values() if section.type == 'movie')
    for number in range(ARRIVING):
        kodi_env.library.add_movie('Arriving %d' % number, section_id=section)
    wanted = {str(item.rating_key) for item in kodi_env.library.items('movie')}
    folder = _local_films(kodi_env)
    lab.clear_notifications()
    editor = Editor(kodi_env, edited)
    editor.start()
    try:
        lab.rpc('VideoLibrary.Scan', directory='%s/' % folder, showdialogs=False)
        report = kodi_env.sync()
        lab.wait_for(lambda: len(_mine(kodi_env)) == LOCAL, 60, "the user's own films")
    finally:
        editor.ended.set()
        editor.join(70)
    assert editor.problem is None
    assert len(editor.wishes) == len(edited)
    assert report['complete'] and not report['error'] and not report['skipped']
    shown = kodi_env.movies()
    assert {one['movieid']: one['title'] for one in shown if one['movieid'] in edited} == editor.wishes
    ours = [one['uniqueid']['plex'] for one in shown if 'plex' in one['uniqueid']]
    assert sorted(ours) == sorted(wanted), 'a film is missing or there twice'
    assert len(_mine(kodi_env)) == LOCAL
    assert 'database is locked' not in lab.log_text()
    report = kodi_env.sync()
    assert not report['added'] + report['changed'] + report['removed']
    assert len(_mine(kodi_env)) == LOCAL
    assert {one['movieid']: one['title'] for one in kodi_env.movies() if one['movieid'] in edited} == editor.wishes


def _mine(kodi_env: KodiEnvironment) -> List[str]:
    return sorted(one['title'] for one in kodi_env.movies() if one['title'].startswith('Mine '))


def test_no_error_of_the_database_is_in_the_log(kodi_env: KodiEnvironment) -> None:
    errors = [line for line in kodi_env.lab.log_text().splitlines()
              if 'SQL' in line and ' error ' in line.lower() or 'database is locked' in line]
    assert not errors
