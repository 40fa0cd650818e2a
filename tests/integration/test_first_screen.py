"""Nobody waits for the rest of a library to see what matters: what home screens show comes first."""
from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Set

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import CHECK, DELTA, DatabaseLocations, Options
from resources.lib.library_sync.report import Silent, SyncReport
from resources.lib.state_db import EXPIRED
from tests.fakes import FakeKodi
from tests.support.sync_environment import PORT, SyncEnvironment, dump
from tests.support.sync_process import SyncProcess
from tools import kodischema
from tools.plexsim import Library

ROOT = str(Path(__file__).resolve().parents[2])
#: The listings that are read to their end.
WHOLE = 'sort=id'


class Home(Silent):
    """Calls ``ready`` when what home screens show is written."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self._ready = ready

    def home_ready(self) -> None:
        self._ready()


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    library = Library.generate(seed=5, movies=150, shows=40, seasons=2, episodes=4, collections=3)
    made = SyncEnvironment(tmp_path, library)
    yield made
    made.close()


def _sync(env: SyncEnvironment, ready: Callable[[], None], cancellation: Optional[Cancellation] = None,
          workers: int = 2, **options: Any) -> SyncReport:
    return LibrarySync(env.client, env.machine, DatabaseLocations(env.video_db, env.state_db),
                       Options(workers=workers, local_port=PORT, **options), Home(ready), cancellation).run()


def _shown(env: SyncEnvironment) -> Set[str]:
    """The ratingKeys of all items in Kodi's library."""
    with sqlite3.connect(env.state_db, timeout=60.0) as database:
        return {str(row[0]) for row in database.execute('SELECT rating_key FROM item WHERE kodi_id > 0')}


def _without_people(env: SyncEnvironment) -> Set[str]:
    """Those that are looked at again if the sync ends here, for their people are not written yet."""
    with sqlite3.connect(env.state_db, timeout=60.0) as database:
        return {str(row[0]) for row in database.execute('SELECT rating_key FROM item WHERE stamp = ?', (EXPIRED,))}


def _wanted(env: SyncEnvironment) -> Set[str]:
    """What home screens show: by the simulated server's own lists, with what is above each item."""
    library = env.library
    found: List[Any] = list(library.continue_watching(1))[:25]
    for section in library.sections.values():
        for kind in {'movie': ('movie',), 'show': ('show', 'season', 'episode')}.get(section.type, ()):
            items = list(section.items(kind))
            found += sorted(items, key=lambda item: -(item.added_at or 0))[:25]
    keys: Set[str] = set()
    for item in found:
        while item is not None:
            keys.add(str(item.rating_key))
            item = item.parent
    return keys


def _tasks(env: SyncEnvironment) -> List[str]:
    return [entry.path + '?' + entry.query for entry in env.sim.requests]


@pytest.mark.parametrize('workers', [0, 1, 4])
def test_all_of_it_is_there_before_the_first_listing_is_read_to_its_end(env: SyncEnvironment, workers: int) -> None:
    there: List[Set[str]] = []
    env.sim.reset_stats()
    report = LibrarySync(env.client, env.machine, DatabaseLocations(env.video_db, env.state_db),
                         Options(workers=workers, local_port=PORT), Home(lambda: there.append(_shown(env)))).run()
    assert report.complete and len(there) == 1
    assert there[0] >= _wanted(env) and len(there[0]) < report.added / 2
    asked = _tasks(env)
    first_listing = next(number for number, path in enumerate(asked) if WHOLE in path)
    assert any('/hubs/continueWatching' in path for path in asked[:first_listing])
    assert sum('sort=addedAt' in path for path in asked[:first_listing]) == 4


def test_it_is_neither_fetched_nor_counted_twice_and_the_next_sync_writes_nothing(env: SyncEnvironment) -> None:
    env.sim.reset_stats()
    report = env.sync()
    fetched = [key for entry in env.sim.requests.find(r'^/library/metadata/[\d,]+$')
               for key in entry.path.rsplit('/', 1)[-1].split(',')]
    assert len(fetched) == len(set(fetched)) == report.added
    assert report.unchanged == 0 and report.skipped == {}
    before = env.fingerprint()
    again = env.sync(home_first=True)
    assert not again.wrote and again.unchanged == report.added and env.fingerprint() == before


def test_sixty_thousand_items_do_not_make_it_later(tmp_path: Path) -> None:
    asked: List[int] = []
    received: List[int] = []
    for name, movies, shows in (('small', 200, 30), ('large', 10000, 500)):
        (tmp_path / name).mkdir()
        env = SyncEnvironment(tmp_path / name, Library.generate(seed=5, movies=movies, shows=shows, seasons=4,
                                                                episodes=25 if shows == 500 else 6))
        try:
            cancellation = Cancellation()

            def ready(env: SyncEnvironment = env, stop: Cancellation = cancellation) -> None:
                asked.append(env.session.stats.requests)
                received.append(env.session.stats.received)
                stop.cancel()
            report = _sync(env, ready, cancellation, workers=0)
            assert report.cancelled and _shown(env) >= _wanted(env)
        finally:
            env.close()
    assert asked[1] <= asked[0] + 3 and received[1] < 1.3 * received[0]


def test_killed_right_after_it(env: SyncEnvironment) -> None:
    env.sync()
    wanted = dump(env.video_db)
    for path in (env.video_db, env.state_db):
        os.unlink(path)
    kodischema.create(str(env.folder))
    whole = env.sim.faults.add(WHOLE, 'delay', value=600.0)
    process = SyncProcess(env, ROOT)
    try:
        pid = process.start()
        FakeKodi.wait_for(lambda: whole.hits and _shown(env) >= _wanted(env) and not _without_people(env), 60.0)
        os.kill(pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    finally:
        process.close()
    env.sim.faults.clear()
    there = len(_shown(env))
    assert there
    report = env.sync(home_first=True)
    assert report.complete and report.added + there == len(_shown(env)) and report.unchanged == there
    assert dump(env.video_db) == wanted
    before = env.fingerprint()
    assert not env.sync().wrote and env.fingerprint() == before


def test_nothing_is_removed_by_the_few_that_were_listed(env: SyncEnvironment) -> None:
    env.sync()
    there = _shown(env)
    env.library.add_movie('New')
    env.sim.faults.add(WHOLE, 503)
    report = env.sync(home_first=True)
    assert not report.complete and report.removed == 0
    assert _shown(env) > there


@pytest.mark.parametrize('mode', ['sweep', DELTA])
def test_after_a_long_absence_the_newest_and_the_watched_come_first(env: SyncEnvironment, mode: str) -> None:
    env.sync()
    for number in range(250):
        env.library.add_movie('Old %d' % number, addedAt=1_500_000_000 + number)
    newest = env.library.add_movie('Newest', addedAt=int(env.sim.clock.now()))
    movie = next(iter(env.library.items('movie')))
    env.library.set_progress(movie.rating_key, 120_000)
    there: List[Set[str]] = []
    resume: List[Any] = []

    def ready() -> None:
        there.append(_shown(env))
        resume.extend(env.rows('SELECT resumeTimeInSeconds FROM movie_view WHERE strFilename LIKE ?',
                               '%%id=%s' % movie.rating_key))
    report = _sync(env, ready, mode=mode, home_first=True)
    assert report.complete and (report.added, report.removed) == (251, 0)
    assert str(newest.rating_key) in there[0] and resume == [(120.0,)]
    assert len(_shown(env)) - len(there[0]) > 200
    assert not env.sync().wrote


def test_with_nothing_new_nothing_is_announced(env: SyncEnvironment) -> None:
    env.sync()
    told: List[int] = []
    _sync(env, lambda: told.append(1), home_first=True)
    assert told == []


def test_a_known_library_is_asked_no_further_questions(env: SyncEnvironment) -> None:
    env.sync()
    env.sim.reset_stats()
    env.sync()
    env.sync(mode=CHECK, home_first=True)
    assert not [path for path in _tasks(env) if 'sort=addedAt' in path or '/hubs/' in path]


@pytest.mark.parametrize('refused', ['/hubs/continueWatching', '/library/onDeck', 'sort=addedAt', 'sort=lastViewedAt'])
def test_a_server_that_refuses_one_of_the_questions_is_listed_all_the_same(env: SyncEnvironment, refused: str) -> None:
    env.sim.faults.add(refused, 404)
    report = env.sync()
    assert report.complete and report.added == len(_shown(env)) and not env.sync().wrote


def test_members_of_smart_and_other_collections_are_known_from_the_start(env: SyncEnvironment) -> None:
    env.sync()
    with sqlite3.connect(env.state_db) as database:
        members = sorted(database.execute('SELECT * FROM member'))
    assert members
    env.sync(mode=CHECK)
    with sqlite3.connect(env.state_db) as database:
        assert sorted(database.execute('SELECT * FROM member')) == members
