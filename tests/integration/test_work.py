"""How much work a sync is, counted and not timed: requests, statements, commits and bytes. A number here that grows is
a library that arrives later on a slow box.
"""
from __future__ import annotations

import gzip
import sqlite3
import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib import state_db
from resources.lib.kodi_db import database as database_module
from resources.lib.library_sync import request_pace
from resources.lib.library_sync.delta import OVERLAP
from resources.lib.library_sync.options import DELTA, AsKnown
from resources.lib.plex_fields import STATE_FILTER
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_kinds import PlexType
from resources.lib.plex_lists import listing_body
from resources.lib.sql.sqlite import SqliteConnection
from tests.support.sync_environment import SyncEnvironment
from tools.plexsim import Library

MOVIES, EPISODES = 400, 240
#: Identity, libraries; what home screens show (two rows of all libraries, the newest of four listings, those of two
#: that are under way); for each of four listings a page and its metadata in hundreds, for two of them what was watched
#: and begun; collections.
REQUESTS = 34


class Counter:
    """Statements that SQLite carried out on the connection that writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: List[str] = []
        real = database_module.VideoDatabase.__init__

        def traced(database: Any, *arguments: Any, **options: Any) -> None:
            real(database, *arguments, **options)
            database.connection._connection.set_trace_callback(self.statements.append)

        monkeypatch.setattr(database_module.VideoDatabase, '__init__', traced)

    def of(self, word: str) -> int:
        """How many statements began with a word; Kodi's triggers count as comments and are left out."""
        return sum(statement.lstrip().upper().startswith(word) for statement in self.statements)

    @property
    def writes(self) -> Dict[str, int]:
        return {word: self.of(word) for word in ('INSERT', 'UPDATE', 'DELETE', 'REPLACE') if self.of(word)}


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncEnvironment]:
    monkeypatch.setattr(SqliteConnection, 'hold', 60.0)  # a busy test machine must not look like a slow disk
    monkeypatch.setattr(request_pace, '_LONGEST', 60.0)  # nor like a slow server
    library = Library.generate(seed=3, movies=MOVIES, shows=6, seasons=4, episodes=10, collections=2)
    made = SyncEnvironment(tmp_path, library)
    try:
        yield made
    finally:
        made.close()


def test_a_first_sync_asks_once_for_each_hundred_items(env: SyncEnvironment) -> None:
    report = env.sync()
    assert report.complete and report.added > MOVIES + EPISODES
    assert report.requests <= REQUESTS


def test_a_first_sync_writes_many_rows_with_few_statements_and_commits(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(monkeypatch)
    report = env.sync()
    rows = sum(env.rows('SELECT count(*) FROM ' + table)[0][0] for table in (
        'movie', 'episode', 'files', 'actor_link', 'genre_link', 'rating', 'uniqueid', 'streamdetails', 'art'))
    assert rows > 20 * report.added
    # A statement for each remembered item is counted singly: SQLite tells of every row of an executemany.
    assert counter.of('INSERT') < rows / 6 + report.added
    # So is one for the stamp of each new item, which is stored when its people are written.
    assert counter.of('UPDATE') < 60 + report.added
    assert counter.of('COMMIT') < 25


def test_a_sync_with_nothing_changed_writes_nothing_and_asks_for_little(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    env.sync()
    before = env.fingerprint()
    counter = Counter(monkeypatch)
    report = env.sync()
    assert counter.writes == {} and counter.of('BEGIN') <= 1  # sets are looked at under the lock
    assert report.requests <= 2 + 1 + 4, 'identity, libraries; collections; four listings'
    assert report.received < 250 * report.unchanged
    assert env.fingerprint() == before


def test_a_delta_with_nothing_changed_costs_the_same_for_any_library(env: SyncEnvironment, tmp_path: Path) -> None:
    env.sync()
    large = env.sync(mode=DELTA)
    (tmp_path / 'small').mkdir()
    few = Library.generate(seed=3, movies=20, shows=2, seasons=1, episodes=5, collections=2)
    other = SyncEnvironment(tmp_path / 'small', few)
    try:
        other.sync()
        small = other.sync(mode=DELTA)
    finally:
        other.close()
    assert large.requests == small.requests <= 15
    assert large.received < small.received + 2000


def test_a_delta_asks_about_all_kinds_of_a_library_before_it_waits_for_an_answer(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    env.sync()
    changed = PMSClient.changed
    together = threading.Barrier(3, timeout=30)

    def held(client: PMSClient, section_key: str, plex: PlexType, since: int) -> Any:
        if plex.name != 'movie':
            together.wait()
        return changed(client, section_key, plex, since)

    monkeypatch.setattr(PMSClient, 'changed', held)
    report = env.sync(mode=DELTA)
    assert report.complete and report.requests <= 15, report.error


def test_a_delta_asks_for_no_listing_of_libraries_that_a_look_found_as_they_are_known(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    env.sync()
    libraries = AsKnown(frozenset(str(key) for key in env.library.sections))
    before = env.fingerprint()
    counter = Counter(monkeypatch)
    report = env.sync(mode=DELTA, as_known=libraries)
    assert report.complete and report.requests == 3, 'identity, libraries, collections'
    assert counter.writes == {} and env.fingerprint() == before
    env.execute('DELETE FROM movie WHERE idMovie = 3')
    assert env.sync(mode=DELTA, as_known=libraries).added == 1, 'what Kodi lost comes back'
    movie = env.library.add_movie('New')
    assert env.sync(mode=DELTA).added == 1
    assert env.sync(mode=DELTA, as_known=libraries).requests == 3 + 4, 'one with the same stamp may become visible'
    env.sim.clock.advance(2 * OVERLAP)
    assert env.sync(mode=DELTA, as_known=libraries._replace(since_asked=1.5 * OVERLAP)).requests == 3 + 4
    assert env.sync(mode=DELTA, as_known=libraries).requests == 3
    env.library.add_to_collection(next(iter(env.library.items('collection'))).rating_key, movie.rating_key)
    assert env.sync(mode=DELTA, as_known=libraries).changed >= 1, 'collections are asked for'


@pytest.mark.parametrize('answer', ['nothing', 'an error'])
def test_where_the_server_lists_no_collections_of_all_libraries_each_is_asked(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    env.sync()
    before = env.fingerprint()
    if answer == 'nothing':
        monkeypatch.setattr(PMSClient, 'all_collections', lambda client: [])
    else:
        env.sim.faults.add('/library/all', 404)
    assert not env.sync().wrote and env.fingerprint() == before
    collection = next(iter(env.library.items('collection')))
    env.library.update(collection.rating_key, title='Other')
    assert env.sync(mode=DELTA).wrote
    assert ('Other',) in env.rows('SELECT strSet FROM sets')


def test_the_first_collection_is_found_by_a_sweep_though_the_server_lists_none_of_all_libraries(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = SyncEnvironment(tmp_path, Library.generate(seed=3, movies=4, shows=1, seasons=1, episodes=1, collections=0))
    try:
        assert env.sync().complete
        monkeypatch.setattr(PMSClient, 'all_collections', lambda client: [])
        movie = next(iter(env.library.items('movie')))
        env.library.add_collection(movie.section.id, 'First', [movie.rating_key])
        env.sync()
        assert env.rows('SELECT strSet FROM sets') == [('First',)]
    finally:
        env.close()


def test_counts_that_were_kept_and_are_wrong_are_counted_anew_once(env: SyncEnvironment) -> None:
    env.sync()
    usual = env.sync(mode=DELTA).requests
    with state_db.open_writer(env.state_db, 5.0) as state, state.transaction():
        cursor = state.cursor(1, '1', 'movie')
        assert cursor is not None
        state.set_cursor(1, '1', 'movie', cursor._replace(watched=cursor.watched + 1))
    assert env.sync().complete
    assert env.sync(mode=DELTA).requests > usual, 'the server counts otherwise, so it is asked for all'
    assert env.sync(mode=DELTA).requests == usual


def test_a_thousand_watched_films_are_one_transaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = SyncEnvironment(tmp_path, Library.generate(seed=3, movies=1010, shows=1, seasons=1, episodes=1))
    try:
        env.sync()
        movies = [movie for movie in env.library.items('movie')
                  if not env.library.watch.is_watched(1, movie) and not env.library.watch.in_progress(1, movie)]
        for movie in movies[:900]:
            env.library.scrobble(movie.rating_key)
        env.sim.reset_stats()
        counter = Counter(monkeypatch)
        report = env.sync(mode=DELTA)
        assert report.watched == 900 and report.changed == 0
        assert counter.of('COMMIT') <= 3  # the states, how far was seen, and a look at the sets
        assert not env.sim.requests.find(r'^/library/metadata/')
    finally:
        env.close()


def test_lists_send_a_tenth_of_what_plex_would(env: SyncEnvironment) -> None:
    """Of what is in Kodi's library; also of the compressed bytes."""
    for item in list(env.library.items('movie'))[:46] + list(env.library.items('episode'))[::60]:
        env.library.set_progress(item.rating_key, 600_000)
    ask = env.client.body
    newest = {'type': 1, 'sort': 'addedAt:desc', 'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 50}
    for whole, short in (
            (ask('/hubs/continueWatching', {'count': 50}), env.client.continue_watching_body(50, '', STATE_FILTER)),
            (ask('/library/onDeck', dict(newest, type=None)),
             listing_body(env.client, '/library/onDeck', STATE_FILTER, 0, 50)),
            (ask('/library/all', newest),
             listing_body(env.client, '/library/all', dict(STATE_FILTER, type=1, sort='addedAt:desc'), 0, 50))):
        assert 50 == short.count(b'"ratingKey"') == whole.count(b'"ratingKey"')
        assert len(short) < len(whole) / 10
        assert len(gzip.compress(short, 1)) < len(gzip.compress(whole, 1)) / 10


def test_sqlite_here_takes_as_many_parameters_as_we_send() -> None:
    assert sqlite3.connect(':memory:').execute('SELECT %s' % ', '.join('?' * 900), (1,) * 900).fetchone()
