"""The people of new items are written after the items; whatever happens in between, none is missing in the end."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Iterator, List, Sequence

import pytest

from resources.lib.kodi_db.people import People
from resources.lib.library_sync import later_people
from resources.lib.library_sync.pace import Pace
from resources.lib.sql.connection import Values
from resources.lib.sql.errors import DatabaseLocked, UnfitValue
from tests.support.sync_environment import SyncEnvironment, dump
from tools import kodischema
from tools.plexsim import Library

MOVIES = 120


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes of transactions stay as they begin: on a busy machine they would become so small that nobody waits."""
    monkeypatch.setattr(Pace, 'took', lambda _pace, _items, _seconds, _commit=0.0: None)


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    made = SyncEnvironment(tmp_path, Library.generate(seed=9, movies=MOVIES, shows=2, seasons=2, episodes=40))
    yield made
    made.close()


@pytest.fixture
def truth(env: SyncEnvironment, tmp_path: Path) -> Any:
    """What an undisturbed sync writes."""
    (tmp_path / 'undisturbed').mkdir()
    places = env.video_db, env.state_db
    env.video_db = kodischema.create(str(tmp_path / 'undisturbed'), 121)
    env.state_db = str(tmp_path / 'undisturbed' / 'state.db')
    assert env.sync().complete
    written = dump(env.video_db)
    env.video_db, env.state_db = places
    return written


def instead(monkeypatch: pytest.MonkeyPatch, act: Callable[[SyncEnvironment, int], None],
            env: SyncEnvironment) -> List[int]:
    """Call ``act(env, number)`` before links are added that were put off; returns the sizes of these portions."""
    sizes: List[int] = []
    insert = People.insert

    def disturbed(people: People, table: str, rows: Sequence[Values]) -> None:
        sizes.append(len(rows))
        act(env, len(sizes))
        insert(people, table, rows)
    monkeypatch.setattr(People, 'insert', disturbed)
    return sizes


def test_the_links_of_many_new_items_are_written_in_few_portions(
        env: SyncEnvironment, truth: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = instead(monkeypatch, lambda _env, _number: None, env)
    assert env.sync().complete
    assert dump(env.video_db) == truth
    assert sum(sizes) > 5 * MOVIES and len(sizes) < 20


@pytest.mark.parametrize('number', [1, 2])
def test_a_sync_that_ends_before_them_is_made_up_for_by_the_next(
        env: SyncEnvironment, truth: Any, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    class Killed(BaseException):
        """The end of the process."""

    def kill(_env: SyncEnvironment, now: int) -> None:
        if now == number:
            raise Killed
    monkeypatch.setattr(later_people, '_FIRST', 500)
    with monkeypatch.context() as patch:
        instead(patch, kill, env)
        with pytest.raises(Killed):
            env.sync()
    assert dump(env.video_db) != truth
    report = env.sync()
    assert report.complete and report.changed
    assert dump(env.video_db) == truth
    again = env.sync()
    assert (again.added, again.changed, again.removed) == (0, 0, 0)


def test_what_another_program_removes_meanwhile_gets_no_links(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: List[int] = []

    write = later_people.PeopleQueue.write

    def removed_before(queue: later_people.PeopleQueue) -> Any:
        if not gone:
            gone.append(env.rows('SELECT min(idMovie) FROM movie')[0][0])
            env.execute('DELETE FROM movie WHERE idMovie = ?', gone[0])
            env.execute('DELETE FROM actor WHERE actor_id NOT IN (SELECT actor_id FROM actor_link UNION SELECT '
                        'actor_id FROM director_link UNION SELECT actor_id FROM writer_link)')
        return write(queue)
    monkeypatch.setattr(later_people.PeopleQueue, 'write', removed_before)
    env.sync()
    for table in ('actor_link', 'director_link', 'writer_link'):
        assert env.rows("SELECT * FROM %s WHERE media_type = 'movie' AND media_id = ?" % table, gone[0]) == []
        assert env.rows('SELECT * FROM %s WHERE actor_id NOT IN (SELECT actor_id FROM actor)' % table) == []
    assert env.rows("SELECT count(DISTINCT media_id) FROM actor_link WHERE media_type = 'movie'")[0][0] > MOVIES // 2


def test_a_locked_database_puts_them_off_once_more(
        env: SyncEnvironment, truth: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def lock(_env: SyncEnvironment, now: int) -> None:
        if now == 1:
            raise DatabaseLocked('another program')
    instead(monkeypatch, lock, env)
    assert env.sync().complete
    assert dump(env.video_db) == truth


def test_people_that_the_database_refuses_cost_only_their_own_film_its_cast(
        env: SyncEnvironment, truth: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = list(env.library.items('movie'))[7].rating_key
    rows = People.rows

    def refused(people: People, table: str, waiting: Sequence[Any]) -> List[Values]:
        if any(item.media_type == 'movie' and item.kodi_id == bad_id() for item in waiting):
            raise UnfitValue('a role')
        return rows(people, table, waiting)

    def bad_id() -> int:
        return int(env.rows("SELECT media_id FROM uniqueid WHERE media_type = 'movie' AND type = 'plex' AND value = ?",
                            str(bad))[0][0])
    with monkeypatch.context() as patch:
        patch.setattr(People, 'rows', refused)
        report = env.sync()
    assert report.skipped == {'whose people do not fit': 1}
    assert env.rows("SELECT * FROM actor_link WHERE media_type = 'movie' AND media_id = ?", bad_id()) == []
    assert env.sync().complete
    assert dump(env.video_db) == truth
