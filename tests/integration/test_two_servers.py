"""Two servers take turns in one Kodi: whoever is not chosen keeps what is there of it."""
from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.options import DatabaseLocations
from resources.lib.library_sync.purge import remove_server
from tests.support.foreign_rows import tables
from tests.support.sync_environment import SyncEnvironment, dump
from tools.plexsim import Library, SimConfig

OTHER = 'b' * 40


@pytest.fixture
def environments(tmp_path: Path) -> Iterator[Tuple[SyncEnvironment, SyncEnvironment]]:
    """Both servers number their items from 1, and share actors and genres."""
    first = SyncEnvironment(
        tmp_path, Library.generate(seed=5, movies=60, shows=2, seasons=2, episodes=4, collections=2),
                config=SimConfig())
    (tmp_path / 'other').mkdir()
    second = SyncEnvironment(
        tmp_path / 'other', Library.generate(seed=6, movies=40, shows=2, seasons=1, episodes=5, collections=2),
                 config=SimConfig(machine_identifier=OTHER))
    second.video_db, second.state_db = first.video_db, first.state_db
    try:
        yield first, second
    finally:
        first.close()
        second.close()


def missing(before: Dict[str, Any], after: Dict[str, Any]) -> Dict[str, Any]:
    """Rows that were there before and are no more, by table."""
    gone = {name: Counter(map(repr, rows)) - Counter(map(repr, after[name])) for name, rows in before.items()}
    return {name: rows for name, rows in gone.items() if rows}


def test_another_server_is_chosen_and_the_first_one_again(
        environments: Tuple[SyncEnvironment, SyncEnvironment]) -> None:
    first, second = environments
    assert first.machine != second.machine
    first.sync()
    alone = dump(first.video_db)
    report = second.sync()
    assert report.complete and report.removed == 0 and not report.skipped
    both = dump(first.video_db)
    assert missing(alone, both) == {}
    assert len(both['movie']) == len(alone['movie']) + 40
    assert first.rows('SELECT c22 FROM movie GROUP BY c22 HAVING count(*) > 1') == []
    back = first.sync()
    assert (back.added, back.changed, back.removed, back.watched) == (0, 0, 0, 0)
    assert dump(first.video_db) == both


def test_what_happened_meanwhile_reaches_only_the_server_s_own_items(
        environments: Tuple[SyncEnvironment, SyncEnvironment]) -> None:
    first, second = environments
    first.sync()
    second.sync()
    theirs = [row for row in dump(first.video_db)['movie'] if OTHER in str(row)]
    films = list(first.library.items('movie'))
    first.library.scrobble(films[0].rating_key)
    first.library.delete(films[1].rating_key)
    first.library.update(films[2].rating_key, title='Another title')
    report = first.sync()
    assert (report.removed, report.error) == (1, '')
    assert [row for row in dump(first.video_db)['movie'] if OTHER in str(row)] == theirs
    assert len(theirs) == 40


def test_server_that_is_left_takes_its_own_rows_and_no_other(
        environments: Tuple[SyncEnvironment, SyncEnvironment]) -> None:
    first, second = environments
    first.sync()
    alone = dump(first.video_db)
    second.sync()
    first.sync()
    with SyncDatabases(DatabaseLocations(first.video_db, first.state_db)) as databases:
        assert remove_server(LibraryWriter(databases.video), databases.state, OTHER, Cancellation()) > 40
        assert [databases.state.machine_identifier(one) for one in databases.state.servers()] == [first.machine]
    assert_same(dump(first.video_db), alone)
    assert not leftovers(first.video_db)
    assert first.sync().requests


def test_server_that_came_first_leaves_the_pictures_of_people_to_the_other_one(
        environments: Tuple[SyncEnvironment, SyncEnvironment]) -> None:
    first, second = environments
    second.sync()
    alone = dump(first.video_db)
    second.execute('DELETE FROM art')
    for table in ('movie', 'tvshow', 'episode', 'seasons', 'path', 'files', 'actor', 'sets', 'tag', 'genre', 'studio',
                  'country'):
        second.execute('DELETE FROM %s' % table)
    os.remove(first.state_db)
    first.sync()
    second.sync()
    with SyncDatabases(DatabaseLocations(first.video_db, first.state_db)) as databases:
        remove_server(LibraryWriter(databases.video), databases.state, first.machine, Cancellation())
    report = second.sync()
    assert report.complete and not report.removed
    assert_same(dump(first.video_db), alone)


def assert_same(after: Dict[str, Any], before: Dict[str, Any]) -> None:
    """But for plex.tv's pictures of people who are in items that stay: nobody knows which server named them."""
    assert missing(before, after) == {}
    more = missing(after, before)
    assert all("'actor'" in row and 'https://metadata-static.plex.tv/' in row for row in more.pop('art', ()))
    assert more == {}


def leftovers(video_db: str) -> List[Any]:
    """Rows that name the server that was left."""
    return [row for rows in tables(video_db).values() for row in rows if any(OTHER in str(value) for value in row)]
