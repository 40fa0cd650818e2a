"""What changes in Plex between two syncs, and how little has to be asked to see it."""
from __future__ import annotations

import re
import sys
import types
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

import pytest

from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.kinds import MOVIE, SEASON, SHOW, Kind
from resources.lib.library_sync.options import CHECK, DELTA, SWEEP, DatabaseLocations, Options
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_kinds import PlexType
from tests.support.sync_environment import SyncEnvironment, dump
from tests.support.waiting import CancelledWhen
from tools.plexsim import Library


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    made = SyncEnvironment(tmp_path, Library.generate(seed=7, movies=60, shows=3, seasons=2, episodes=4))
    try:
        made.sync()
        yield made
    finally:
        made.close()


def _items(env: SyncEnvironment, plex_type: str) -> List[Any]:
    return list(env.library.items(plex_type))


def _movies(env: SyncEnvironment) -> List[Any]:
    return _items(env, 'movie')


def _delta(env: SyncEnvironment) -> SyncReport:
    """A delta that really was one: no listing was read as a whole."""
    env.sim.reset_stats()
    report = env.sync(mode=DELTA)
    assert report.complete and not report.error
    assert not _swept(env), 'a whole listing was read'
    return report


def _swept(env: SyncEnvironment) -> Set[str]:
    """Listings that were read without a filter, as ``section/type``."""
    found = set()
    for entry in env.sim.requests.find(r'/library/sections/\d+/all'):
        query = entry.query if hasattr(entry, 'query') else entry.path
        if 'push=1' in query or 'X-Plex-Container-Size=0' in query or 'type=18' in query:
            continue
        section = re.search(r'/sections/(\d+)/', entry.path)
        kind = re.search(r'type=(\d+)', query)
        assert section and kind
        found.add('%s/%s' % (section.group(1), kind.group(1)))
    return found


def _view(env: SyncEnvironment, key: Any) -> Dict[str, Any]:
    row = env.rows('SELECT c00, playCount, resumeTimeInSeconds, userrating, strSet, dateAdded, idMovie FROM movie_view '
                   "WHERE strFilename LIKE '%id=' || ?", str(key))
    assert len(row) == 1
    return dict(zip(('title', 'plays', 'resume', 'rating', 'set', 'added', 'id'), row[0]))


def _tags(env: SyncEnvironment, key: Any) -> Set[str]:
    return {row[0] for row in env.rows(
        'SELECT t.name FROM tag t JOIN tag_link l ON l.tag_id = t.tag_id JOIN movie_view m ON m.idMovie = l.media_id '
        "WHERE l.media_type = 'movie' AND m.strFilename LIKE '%id=' || ?", str(key))}


# ---- by the server's stamps ----------------------------------------------------------------------------------------

def test_with_nothing_changed_a_delta_asks_little_and_writes_nothing(env: SyncEnvironment) -> None:
    before = env.fingerprint()
    report = _delta(env)
    assert env.fingerprint() == before
    assert report.requests <= 20 and not report.wrote


def test_a_new_a_changed_and_a_watched_item_come_with_a_delta(env: SyncEnvironment) -> None:
    movies = _movies(env)
    env.library.update(movies[0].rating_key, title='A new title')
    env.library.scrobble(movies[1].rating_key)
    env.library.set_progress(movies[2].rating_key, 300000)
    env.library.rate(movies[3].rating_key, 8)
    new = env.library.add_movie('Brand new')
    season = _items(env, 'season')[0]
    episode = env.library.add_episode(season.rating_key, 99, 'Episode ninety-nine')
    report = _delta(env)
    assert report.added == 2
    assert _view(env, movies[0].rating_key)['title'] == 'A new title'
    assert _view(env, movies[1].rating_key)['plays']
    assert _view(env, movies[2].rating_key)['resume'] == 300
    assert _view(env, movies[3].rating_key)['rating'] == 8
    assert _view(env, new.rating_key)['title'] == 'Brand new'
    assert env.rows("SELECT c00 FROM episode_view WHERE strFilename LIKE '%id=' || ?", str(episode.rating_key)) == [
        ('Episode ninety-nine',)]
    assert not _delta(env).wrote


def test_an_item_without_a_date_of_change_comes_with_a_delta(env: SyncEnvironment) -> None:
    new = env.library.add_movie('No stamp')
    env.library.update(new.rating_key, updatedAt=None)
    _delta(env)
    assert _view(env, new.rating_key)['title'] == 'No stamp'


def test_unwatching_leaves_no_stamp_and_is_seen_all_the_same(env: SyncEnvironment) -> None:
    key = _movies(env)[5].rating_key
    env.library.scrobble(key)
    _delta(env)
    env.library.unscrobble(key)
    env.sync(mode=DELTA)
    assert not _view(env, key)['plays']


def test_a_resume_point_that_is_cleared_is_seen(env: SyncEnvironment) -> None:
    key = _movies(env)[6].rating_key
    env.library.set_progress(key, 600000)
    _delta(env)
    assert _view(env, key)['resume'] == 600
    env.library.unscrobble(key)
    env.sync(mode=DELTA)
    assert not _view(env, key)['resume']


def test_a_deleted_item_is_missed_by_its_number(env: SyncEnvironment) -> None:
    key = _movies(env)[4].rating_key
    env.library.delete(key)
    report = env.sync(mode=DELTA)
    assert report.removed == 1
    assert not env.rows("SELECT 1 FROM movie_view WHERE strFilename LIKE '%id=' || ?", str(key))


def test_deleted_and_added_at_once_both_are_seen(env: SyncEnvironment) -> None:
    env.library.delete(_movies(env)[4].rating_key)
    new = env.library.add_movie('In its place')
    report = env.sync(mode=DELTA)
    assert (report.added, report.removed) == (1, 1)
    assert _view(env, new.rating_key)['title'] == 'In its place'


def test_a_date_in_the_future_does_not_hide_what_comes_after(env: SyncEnvironment) -> None:
    env.library.update(_movies(env)[7].rating_key, addedAt=4000000000)
    env.sync(mode=SWEEP)
    env.library.update(_movies(env)[8].rating_key, title='Changed later')
    env.sync(mode=DELTA)
    assert _view(env, _movies(env)[8].rating_key)['title'] == 'Changed later'


def test_the_clock_of_the_box_does_not_matter(env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    import time as real
    clock = types.SimpleNamespace(**vars(real))
    clock.time = lambda: 86400.0
    for name, module in list(sys.modules.items()):
        if name.startswith(('resources.lib.library_sync.', 'resources.lib.state_db')) and hasattr(module, 'time'):
            monkeypatch.setattr(module, 'time', clock)
    env.library.update(_movies(env)[9].rating_key, title='Seen by the server clock')
    _delta(env)
    assert _view(env, _movies(env)[9].rating_key)['title'] == 'Seen by the server clock'


@pytest.mark.parametrize('answer', ['everything', 'nothing'])
def test_a_server_that_does_not_understand_the_filter_is_swept(env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch,
                                                               answer: str) -> None:
    real = env.client.changed

    def changed(section_key: str, plex_type: PlexType, since: int, page_size: int = 1000) -> Any:
        return real(section_key, plex_type, 0 if answer == 'everything' else 4102444800, page_size)
    monkeypatch.setattr(env.client, 'changed', changed)
    key = _movies(env)[3].rating_key
    env.library.update(key, title='Found by the sweep')
    env.sim.reset_stats()
    report = env.sync(mode=DELTA)
    assert report.complete and '1/1' in _swept(env)
    assert _view(env, key)['title'] == 'Found by the sweep'


def test_a_filter_in_the_wrong_form_would_return_everything(env: SyncEnvironment) -> None:
    """The trap itself: the simulated server has it too, or the tests above would prove nothing."""
    def total(query: str) -> int:
        path = '/library/sections/1/all?type=1&' + query
        found = env.client.container(path, {'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 0})
        return int(found['totalSize'])
    assert total('updatedAt%3E%3D=4000000000') == 60
    assert total('updatedAt%3E%3E=4000000000') == 0


def test_a_cancelled_delta_does_not_move_the_cursor(env: SyncEnvironment) -> None:
    for movie in _movies(env)[:20]:
        env.library.update(movie.rating_key, tagline='Changed')
    calls = iter([False] * 4 + [True] * 1000)
    assert env.sync(mode=DELTA, workers=0, cancellation=CancelledWhen(lambda: next(calls))).cancelled
    env.sync(mode=DELTA)
    assert len(env.rows("SELECT 1 FROM movie WHERE c03 = 'Changed'")) == 20


def test_a_failed_listing_keeps_its_own_cursor_and_no_other(env: SyncEnvironment) -> None:
    """PlexKodiConnect 3 kept one time for a library: films arrived, the episodes that failed were lost for good."""
    show = _items(env, 'show')[0]
    episode = _items(env, 'episode')[0]
    env.library.update(show.rating_key, title='Show with a new title')
    env.library.update(episode.rating_key, title='Episode with a new title')
    env.sim.faults.add(r'type=4', 500, times=20)
    assert env.sync(mode=DELTA).error
    env.sim.faults.clear()
    assert not env.sync(mode=DELTA).error
    assert env.rows("SELECT 1 FROM episode WHERE c00 = 'Episode with a new title'")


def test_a_full_check_puts_right_what_somebody_else_wrote_into_our_rows(env: SyncEnvironment) -> None:
    before = dump(env.video_db)
    env.execute("UPDATE movie SET c00 = 'wrong', c11 = '1' WHERE idMovie IN (SELECT idMovie FROM movie LIMIT 5)")
    env.execute("DELETE FROM genre_link WHERE media_type = 'movie'")
    env.execute("DELETE FROM streamdetails")
    env.sync(mode=SWEEP)
    assert dump(env.video_db) != before
    env.sync(mode=CHECK)
    assert dump(env.video_db) == before


# ---- libraries -----------------------------------------------------------------------------------------------------

def test_a_library_of_which_only_watch_states_are_wanted(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    movies = _movies(env)
    env.library.update(movies[0].rating_key, title='Not wanted')
    env.library.scrobble(movies[1].rating_key)
    env.library.add_movie('Not wanted either')
    for mode in (SWEEP, DELTA):
        report = env.sync(mode=mode, watch_only=(section.uuid,))
        assert report.complete
        assert _view(env, movies[1].rating_key)['plays']
        assert not env.rows("SELECT 1 FROM movie WHERE c00 LIKE 'Not wanted%'")
    env.sync()
    assert len(env.rows("SELECT 1 FROM movie WHERE c00 LIKE 'Not wanted%'")) == 2


def test_a_library_that_is_not_due_is_left_alone(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    key = _movies(env)[0].rating_key
    env.library.update(key, title='Later')
    env.library.delete(_movies(env)[1].rating_key)
    report = env.sync(not_due=(section.uuid,))
    assert not report.wrote and _view(env, key)['title'] != 'Later'
    assert env.sync().wrote and _view(env, key)['title'] == 'Later'


def test_another_server_at_the_same_address_changes_nothing(env: SyncEnvironment) -> None:
    before = env.fingerprint()
    machine = env.machine
    env.sim.config.machine_identifier = 'somebodyelse'
    report = LibrarySync(env.client, machine, DatabaseLocations(env.video_db, env.state_db), Options()).run()
    assert report.error and not report.complete
    assert env.fingerprint() == before


# ---- one item ------------------------------------------------------------------------------------------------------

def _repair(env: SyncEnvironment, kind: Kind, kodi_id: int) -> SyncReport:
    locations = DatabaseLocations(env.video_db, env.state_db)
    return LibrarySync(env.client, env.machine, locations, Options(local_port=57310)).repair(kind.name, kodi_id)


def test_one_film_is_written_anew(env: SyncEnvironment) -> None:
    before = dump(env.video_db)
    kodi_id = _view(env, _movies(env)[0].rating_key)['id']
    env.execute("UPDATE movie SET c00 = 'wrong' WHERE idMovie = ?", kodi_id)
    env.execute("DELETE FROM actor_link WHERE media_type = 'movie' AND media_id = ?", kodi_id)
    report = _repair(env, MOVIE, kodi_id)
    assert report.complete and report.changed == 1
    assert dump(env.video_db) == before


@pytest.mark.parametrize('kind', [SHOW, SEASON])
def test_a_show_or_a_season_is_written_anew_with_all_below(env: SyncEnvironment, kind: Kind) -> None:
    before = dump(env.video_db)
    show_id, season_id = env.rows('SELECT idShow, idSeason FROM seasons WHERE season = 1')[0]
    env.execute("UPDATE episode SET c00 = 'wrong' WHERE idSeason = ?", season_id)
    env.execute("UPDATE seasons SET name = 'wrong' WHERE idSeason = ?", season_id)
    assert _repair(env, kind, show_id if kind is SHOW else season_id).complete
    assert dump(env.video_db) == before


def test_a_row_that_is_not_ours_is_not_touched_by_a_repair(env: SyncEnvironment) -> None:
    env.execute("INSERT INTO movie (idMovie, c00) VALUES (9999, 'Mine')")
    assert _repair(env, MOVIE, 9999).skipped == {'not from Plex': 1}
    assert env.rows('SELECT c00 FROM movie WHERE idMovie = 9999') == [('Mine',)]


# ---- collections ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('mode', [SWEEP, DELTA])
def test_films_that_come_into_a_collection_and_leave_it_without_a_stamp(env: SyncEnvironment, mode: str) -> None:
    collection = _items(env, 'collection')[0]
    outside = [m for m in _movies(env) if m.rating_key not in collection.members][:2]
    inside = env.library.need(collection.members[0])
    stamps = {m.rating_key: m.fields.get('updatedAt') for m in outside + [inside]}
    for movie in outside:
        env.library.add_to_collection(collection.rating_key, movie.rating_key)
    env.library.remove_from_collection(collection.rating_key, inside.rating_key)
    for key, stamp in stamps.items():
        env.library.update(key, updatedAt=stamp)
    env.sync(mode=mode)
    for movie in outside:
        names = {_view(env, movie.rating_key)['set']} | _tags(env, movie.rating_key)
        assert collection.title in names
    assert collection.title not in {_view(env, inside.rating_key)['set']} | _tags(env, inside.rating_key)


def test_a_smart_collection_is_a_set_with_text_and_picture_and_follows_its_rule(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    free = [m for m in _movies(env) if not env.library.collections_of.get(m.rating_key)]
    for movie in free[:3]:
        env.library.update(movie.rating_key, contentRating='XX-99')
    smart = env.library.add_collection(section.id, 'Only the odd ones', smart='type=1&contentRating=XX-99')
    env.library.update(smart.rating_key, summary='All the odd ones.')
    env.sync()
    assert [_view(env, m.rating_key)['set'] for m in free[:4]] == ['Only the odd ones'] * 3 + [None]
    assert env.rows("SELECT strOverview FROM sets WHERE strSet = 'Only the odd ones'") == [('All the odd ones.',)]
    assert env.rows("SELECT 1 FROM art a JOIN sets s ON s.idSet = a.media_id WHERE a.media_type = 'set' "
                    "AND s.strSet = 'Only the odd ones'")
    before = env.fingerprint()
    assert not env.sync().wrote and env.fingerprint() == before
    env.library.update(free[0].rating_key, contentRating='G')
    env.library.update(free[3].rating_key, contentRating='XX-99')
    env.sync()
    assert [_view(env, m.rating_key)['set'] for m in free[:4]] == [None] + ['Only the odd ones'] * 3


def test_a_renamed_and_a_deleted_collection_reach_their_films(env: SyncEnvironment) -> None:
    first, second = _items(env, 'collection')[:2]
    members = {key: _view(env, key)['set'] for key in first.members + second.members}
    assert set(members.values()) >= {first.title, second.title}
    old = first.title
    env.library.update(first.rating_key, title='Renamed')
    gone = list(second.members)
    env.library.delete(second.rating_key)
    env.sync()
    names = {row[0] for row in env.rows('SELECT strSet FROM movie_view')}
    tags = {row[0] for row in env.rows('SELECT name FROM tag')}
    assert 'Renamed' in names and old not in names | tags and second.title not in names | tags
    assert gone


@pytest.mark.parametrize('path', ['sort=id', 'updatedAt', 'metadata'])
@pytest.mark.parametrize('mode', [SWEEP, DELTA, CHECK])
def test_a_deleted_collection_lets_its_films_go_also_when_they_could_not_be_listed_then(
        env: SyncEnvironment, mode: str, path: str) -> None:
    collection = next(one for one in env.library.items('collection') if one.members)

    def in_set() -> int:
        (found,), = env.rows('SELECT count(*) FROM movie JOIN sets USING (idSet) WHERE strSet = ?',
                             collection.fields['title'])
        return int(found)
    env.sync()
    assert in_set()
    members = [(env.library.need(key), env.library.need(key).fields.get('updatedAt')) for key in collection.members]
    env.library.delete(collection.rating_key)
    for member, stamp in members:  # the deletion leaves no stamp on them
        env.library.update(member.rating_key, updatedAt=stamp)
    env.sim.faults.add(path, 'html')
    env.sync(mode=mode)
    env.sim.faults.clear()
    env.sync()
    assert in_set() == 0


def test_collections_that_cannot_be_had_take_no_film_out_of_them(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    movie = next(m for m in _movies(env) if not env.library.collections_of.get(m.rating_key))
    env.library.update(movie.rating_key, contentRating='XX-98')
    env.library.add_collection(section.id, 'Smart', smart='type=1&contentRating=XX-98')
    env.sync()
    assert _view(env, movie.rating_key)['set'] == 'Smart'
    env.sim.faults.add(r'type=18|/collections', 500)
    env.library.update(movie.rating_key, tagline='Changed')
    env.sync()
    assert _view(env, movie.rating_key)['set'] == 'Smart'


# ---- pictures ------------------------------------------------------------------------------------------------------

def test_an_episode_does_not_keep_a_copy_of_its_shows_picture(env: SyncEnvironment) -> None:
    episode = _items(env, 'episode')[0]
    show = _items(env, 'show')[0]
    env.library.update(episode.rating_key, thumb='/library/metadata/%d/thumb/%d' % (
        show.rating_key, show.fields['updatedAt']))
    env.sync()
    key = env.rows("SELECT idEpisode FROM episode_view WHERE strFilename LIKE '%id=' || ?", str(episode.rating_key))
    urls = [row[0] for row in env.rows("SELECT url FROM art WHERE media_type = 'episode' AND media_id = ?", key[0][0])]
    assert not [url for url in urls if '/%d/' % show.rating_key in url]


# ---- moved items, trailers -----------------------------------------------------------------------------------------

def _second_library(env: SyncEnvironment) -> int:
    return int(env.library.add_section('movie', 'More films').id)


@pytest.mark.parametrize('elsewhere', [False, True])
@pytest.mark.parametrize('mode', [SWEEP, DELTA])
def test_a_moved_film_keeps_its_date_and_its_watch_state(env: SyncEnvironment, elsewhere: bool, mode: str) -> None:
    section = _second_library(env) if elsewhere else None
    env.sync()
    old = _movies(env)[3]
    env.library.scrobble(old.rating_key)
    env.library.rate(old.rating_key, 7)
    env.sync()
    before = _view(env, old.rating_key)
    assert before['plays'] and before['rating'] == 7
    new = env.library.move(old.rating_key, section)
    env.sync(mode=mode)
    env.sync(mode=mode)
    after = _view(env, new.rating_key)
    assert {**after, 'id': 0} == {**before, 'id': 0}
    assert not env.rows("SELECT 1 FROM files WHERE strFilename LIKE '%id=' || ?", str(old.rating_key))
    env.library.update(new.rating_key, tagline='Changed later')
    env.sync()
    assert _view(env, new.rating_key)['added'] == before['added']
    env.library.update(new.rating_key, addedAt=1500000000)
    env.sync()
    assert _view(env, new.rating_key)['added'] != before['added'], "a date that the user sets in Plex counts again"


def test_a_library_made_anew_on_the_server_needs_no_second_look(env: SyncEnvironment) -> None:
    """All 60 films get new ids at once: that is no mass deletion."""
    added = {row[0]: row[1] for row in env.rows('SELECT c00 || c22, dateAdded FROM movie_view')}
    assert len(added) == 60
    dates = sorted(added.values())
    for movie in _movies(env):
        env.library.move(movie.rating_key)
    env.sync()
    assert env.rows('SELECT count(*) FROM movie') == [(60,)]
    assert sorted(row[0] for row in env.rows('SELECT dateAdded FROM movie_view')) == dates


def test_a_moved_show_keeps_its_episodes_dates(env: SyncEnvironment) -> None:
    before = sorted(env.rows('SELECT c00, dateAdded, playCount FROM episode_view'), key=repr)
    env.library.move(_items(env, 'show')[0].rating_key)
    env.sync()
    assert sorted(env.rows('SELECT c00, dateAdded, playCount FROM episode_view'), key=repr) == before
    assert env.rows('SELECT count(*) FROM tvshow') == [(3,)]


def test_a_copy_that_is_deleted_does_not_give_its_date_to_the_one_that_stays(env: SyncEnvironment) -> None:
    first = _movies(env)[0]
    copy = env.library.add_movie('A copy', guid=first.guid)
    env.sync()
    date = _view(env, first.rating_key)['added']
    env.library.delete(copy.rating_key)
    env.sync()
    assert _view(env, first.rating_key)['added'] == date


@pytest.mark.parametrize('hint', ['primaryExtraKey', 'Extras'])
def test_a_films_trailer_is_played_through_us(env: SyncEnvironment, hint: str) -> None:
    movie = _movies(env)[0]
    trailer = env.library.add_extra(movie.rating_key, 'The trailer')
    env.library.add_extra(movie.rating_key, 'Deleted scenes', subtype='deletedScene')
    if hint == 'Extras':
        env.library.update(movie.rating_key, primaryExtraKey=None)
    env.sync()
    url = env.rows("SELECT c19 FROM movie_view WHERE strFilename LIKE '%id=' || ?", str(movie.rating_key))[0][0]
    from resources.lib import item_url
    ref = item_url.parse(url)
    assert ref and (ref.plex_type, ref.rating_key) == ('trailer', str(trailer.rating_key))
    assert env.rows('SELECT count(*) FROM movie') == [(60,)], 'a trailer is no film'


def test_collections_that_lose_their_last_film_leave_no_empty_set(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    movie = next(m for m in _movies(env) if not env.library.collections_of.get(m.rating_key))
    collection = env.library.add_collection(section.id, 'A set for one', [movie.rating_key])
    env.library.update(movie.rating_key, tagline='in')
    env.sync()
    assert env.rows("SELECT 1 FROM sets WHERE strSet = 'A set for one'")
    env.library.delete(collection.rating_key)
    env.sync()
    assert not env.rows("SELECT 1 FROM sets WHERE strSet = 'A set for one'")
