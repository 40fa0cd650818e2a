"""What changes in Plex between two syncs, and how little has to be asked to see it."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

import pytest

from resources.lib.library_sync.engine import CHECK, DELTA, SWEEP, LibrarySync, Options, Places
from resources.lib.library_sync.report import SyncReport
from tests.support.rig import Rig, dump
from tools.plexsim import Library


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, Library.generate(seed=7, movies=60, shows=3, seasons=2, episodes=4))
    try:
        made.sync()
        yield made
    finally:
        made.close()


def _items(rig: Rig, plex_type: str) -> List[Any]:
    return list(rig.library.items(plex_type))


def _movies(rig: Rig) -> List[Any]:
    return _items(rig, 'movie')


def _delta(rig: Rig) -> SyncReport:
    """A delta that really was one: no listing was read as a whole."""
    rig.sim.reset_stats()
    report = rig.sync(mode=DELTA)
    assert report.complete and not report.error
    assert not _swept(rig), 'a whole listing was read'
    return report


def _swept(rig: Rig) -> Set[str]:
    """Listings that were read without a filter, as ``section/type``."""
    found = set()
    for entry in rig.sim.requests.find(r'/library/sections/\d+/all'):
        query = entry.query if hasattr(entry, 'query') else entry.path
        if 'push=1' in query or 'X-Plex-Container-Size=0' in query or 'type=18' in query:
            continue
        section = re.search(r'/sections/(\d+)/', entry.path)
        kind = re.search(r'type=(\d+)', query)
        assert section and kind
        found.add('%s/%s' % (section.group(1), kind.group(1)))
    return found


def _view(rig: Rig, key: Any) -> Dict[str, Any]:
    row = rig.rows('SELECT c00, playCount, resumeTimeInSeconds, userrating, strSet, dateAdded, idMovie FROM movie_view '
                   "WHERE strFilename LIKE '%id=' || ?", str(key))
    assert len(row) == 1
    return dict(zip(('title', 'plays', 'resume', 'rating', 'set', 'added', 'id'), row[0]))


def _tags(rig: Rig, key: Any) -> Set[str]:
    return {row[0] for row in rig.rows(
        'SELECT t.name FROM tag t JOIN tag_link l ON l.tag_id = t.tag_id JOIN movie_view m ON m.idMovie = l.media_id '
        "WHERE l.media_type = 'movie' AND m.strFilename LIKE '%id=' || ?", str(key))}


# ---- by the server's stamps ----------------------------------------------------------------------------------------

def test_with_nothing_changed_a_delta_asks_little_and_writes_nothing(rig: Rig) -> None:
    before = rig.fingerprint()
    report = _delta(rig)
    assert rig.fingerprint() == before
    assert report.requests <= 20 and not report.wrote


def test_a_new_a_changed_and_a_watched_item_come_with_a_delta(rig: Rig) -> None:
    movies = _movies(rig)
    rig.library.update(movies[0].rating_key, title='A new title')
    rig.library.scrobble(movies[1].rating_key)
    rig.library.set_progress(movies[2].rating_key, 300000)
    rig.library.rate(movies[3].rating_key, 8)
    new = rig.library.add_movie('Brand new')
    season = _items(rig, 'season')[0]
    episode = rig.library.add_episode(season.rating_key, 99, 'Episode ninety-nine')
    report = _delta(rig)
    assert report.added == 2
    assert _view(rig, movies[0].rating_key)['title'] == 'A new title'
    assert _view(rig, movies[1].rating_key)['plays']
    assert _view(rig, movies[2].rating_key)['resume'] == 300
    assert _view(rig, movies[3].rating_key)['rating'] == 8
    assert _view(rig, new.rating_key)['title'] == 'Brand new'
    assert rig.rows("SELECT c00 FROM episode_view WHERE strFilename LIKE '%id=' || ?", str(episode.rating_key)) == [
        ('Episode ninety-nine',)]
    assert not _delta(rig).wrote


def test_an_item_without_a_date_of_change_comes_with_a_delta(rig: Rig) -> None:
    new = rig.library.add_movie('No stamp')
    rig.library.update(new.rating_key, updatedAt=None)
    _delta(rig)
    assert _view(rig, new.rating_key)['title'] == 'No stamp'


def test_unwatching_leaves_no_stamp_and_is_seen_all_the_same(rig: Rig) -> None:
    key = _movies(rig)[5].rating_key
    rig.library.scrobble(key)
    _delta(rig)
    rig.library.unscrobble(key)
    rig.sync(mode=DELTA)
    assert not _view(rig, key)['plays']


def test_a_resume_point_that_is_cleared_is_seen(rig: Rig) -> None:
    key = _movies(rig)[6].rating_key
    rig.library.set_progress(key, 600000)
    _delta(rig)
    assert _view(rig, key)['resume'] == 600
    rig.library.unscrobble(key)
    rig.sync(mode=DELTA)
    assert not _view(rig, key)['resume']


def test_a_deleted_item_is_missed_by_its_number(rig: Rig) -> None:
    key = _movies(rig)[4].rating_key
    rig.library.delete(key)
    report = rig.sync(mode=DELTA)
    assert report.removed == 1
    assert not rig.rows("SELECT 1 FROM movie_view WHERE strFilename LIKE '%id=' || ?", str(key))


def test_deleted_and_added_at_once_both_are_seen(rig: Rig) -> None:
    rig.library.delete(_movies(rig)[4].rating_key)
    new = rig.library.add_movie('In its place')
    report = rig.sync(mode=DELTA)
    assert (report.added, report.removed) == (1, 1)
    assert _view(rig, new.rating_key)['title'] == 'In its place'


def test_a_date_in_the_future_does_not_hide_what_comes_after(rig: Rig) -> None:
    rig.library.update(_movies(rig)[7].rating_key, addedAt=4000000000)
    rig.sync(mode=SWEEP)
    rig.library.update(_movies(rig)[8].rating_key, title='Changed later')
    rig.sync(mode=DELTA)
    assert _view(rig, _movies(rig)[8].rating_key)['title'] == 'Changed later'


def test_the_clock_of_the_box_does_not_matter(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    import time as real
    monkeypatch.setattr('resources.lib.library_sync.engine.time', type('T', (), {
        'monotonic': staticmethod(real.monotonic), 'sleep': staticmethod(real.sleep),
        'time': staticmethod(lambda: 86400.0)}))
    rig.library.update(_movies(rig)[9].rating_key, title='Seen by the server clock')
    _delta(rig)
    assert _view(rig, _movies(rig)[9].rating_key)['title'] == 'Seen by the server clock'


@pytest.mark.parametrize('answer', ['everything', 'nothing'])
def test_a_server_that_does_not_understand_the_filter_is_swept(rig: Rig, monkeypatch: pytest.MonkeyPatch,
                                                               answer: str) -> None:
    real = rig.client.changed

    def changed(section_key: str, plex_type: str, since: int, page_size: int = 1000) -> Any:
        return real(section_key, plex_type, 0 if answer == 'everything' else 4102444800, page_size)
    monkeypatch.setattr(rig.client, 'changed', changed)
    key = _movies(rig)[3].rating_key
    rig.library.update(key, title='Found by the sweep')
    rig.sim.reset_stats()
    report = rig.sync(mode=DELTA)
    assert report.complete and '1/1' in _swept(rig)
    assert _view(rig, key)['title'] == 'Found by the sweep'


def test_a_filter_in_the_wrong_form_would_return_everything(rig: Rig) -> None:
    """The trap itself: the simulated server has it too, or the tests above would prove nothing."""
    def total(query: str) -> int:
        path = '/library/sections/1/all?type=1&' + query
        found = rig.client.container(path, {'X-Plex-Container-Start': 0, 'X-Plex-Container-Size': 0})
        return int(found['totalSize'])
    assert total('updatedAt%3E%3D=4000000000') == 60
    assert total('updatedAt%3E%3E=4000000000') == 0


def test_a_cancelled_delta_does_not_move_the_cursor(rig: Rig) -> None:
    for movie in _movies(rig)[:20]:
        rig.library.update(movie.rating_key, tagline='Changed')
    calls = iter([False] * 4 + [True] * 1000)
    assert rig.sync(mode=DELTA, workers=0, should_stop=lambda: next(calls)).cancelled
    rig.sync(mode=DELTA)
    assert len(rig.rows("SELECT 1 FROM movie WHERE c03 = 'Changed'")) == 20


def test_a_failed_listing_keeps_its_own_cursor_and_no_other(rig: Rig) -> None:
    """PlexKodiConnect 3 kept one time for a library: films arrived, the episodes that failed were lost for good."""
    show = _items(rig, 'show')[0]
    episode = _items(rig, 'episode')[0]
    rig.library.update(show.rating_key, title='Show with a new title')
    rig.library.update(episode.rating_key, title='Episode with a new title')
    rig.sim.faults.add(r'type=4', 500, times=20)
    assert rig.sync(mode=DELTA).error
    rig.sim.faults.clear()
    assert not rig.sync(mode=DELTA).error
    assert rig.rows("SELECT 1 FROM episode WHERE c00 = 'Episode with a new title'")


def test_a_full_check_puts_right_what_somebody_else_wrote_into_our_rows(rig: Rig) -> None:
    before = dump(rig.video_db)
    rig.execute("UPDATE movie SET c00 = 'wrong', c11 = '1' WHERE idMovie IN (SELECT idMovie FROM movie LIMIT 5)")
    rig.execute("DELETE FROM genre_link WHERE media_type = 'movie'")
    rig.execute("DELETE FROM streamdetails")
    rig.sync(mode=SWEEP)
    assert dump(rig.video_db) != before
    rig.sync(mode=CHECK)
    assert dump(rig.video_db) == before


# ---- libraries -----------------------------------------------------------------------------------------------------

def test_a_library_of_which_only_watch_states_are_wanted(rig: Rig) -> None:
    section = next(s for s in rig.library.sections.values() if s.type == 'movie')
    movies = _movies(rig)
    rig.library.update(movies[0].rating_key, title='Not wanted')
    rig.library.scrobble(movies[1].rating_key)
    rig.library.add_movie('Not wanted either')
    for mode in (SWEEP, DELTA):
        report = rig.sync(mode=mode, watch_only=(section.uuid,))
        assert report.complete
        assert _view(rig, movies[1].rating_key)['plays']
        assert not rig.rows("SELECT 1 FROM movie WHERE c00 LIKE 'Not wanted%'")
    rig.sync()
    assert len(rig.rows("SELECT 1 FROM movie WHERE c00 LIKE 'Not wanted%'")) == 2


def test_a_library_that_is_not_due_is_left_alone(rig: Rig) -> None:
    section = next(s for s in rig.library.sections.values() if s.type == 'movie')
    key = _movies(rig)[0].rating_key
    rig.library.update(key, title='Later')
    rig.library.delete(_movies(rig)[1].rating_key)
    report = rig.sync(not_due=(section.uuid,))
    assert not report.wrote and _view(rig, key)['title'] != 'Later'
    assert rig.sync().wrote and _view(rig, key)['title'] == 'Later'


def test_another_server_at_the_same_address_changes_nothing(rig: Rig) -> None:
    before = rig.fingerprint()
    machine = rig.machine
    rig.sim.config.machine_identifier = 'somebodyelse'
    report = LibrarySync(rig.client, machine, Places(rig.video_db, rig.state_db), Options()).run()
    assert report.error and not report.complete
    assert rig.fingerprint() == before


# ---- one item ------------------------------------------------------------------------------------------------------

def _repair(rig: Rig, plex_type: str, kodi_id: int) -> SyncReport:
    return LibrarySync(rig.client, rig.machine, Places(rig.video_db, rig.state_db), Options(local_port=57310)).repair(
        plex_type, kodi_id)


def test_one_film_is_written_anew(rig: Rig) -> None:
    before = dump(rig.video_db)
    kodi_id = _view(rig, _movies(rig)[0].rating_key)['id']
    rig.execute("UPDATE movie SET c00 = 'wrong' WHERE idMovie = ?", kodi_id)
    rig.execute("DELETE FROM actor_link WHERE media_type = 'movie' AND media_id = ?", kodi_id)
    report = _repair(rig, 'movie', kodi_id)
    assert report.complete and report.changed == 1
    assert dump(rig.video_db) == before


@pytest.mark.parametrize('plex_type', ['show', 'season'])
def test_a_show_or_a_season_is_written_anew_with_all_below(rig: Rig, plex_type: str) -> None:
    before = dump(rig.video_db)
    show_id, season_id = rig.rows('SELECT idShow, idSeason FROM seasons WHERE season = 1')[0]
    rig.execute("UPDATE episode SET c00 = 'wrong' WHERE idSeason = ?", season_id)
    rig.execute("UPDATE seasons SET name = 'wrong' WHERE idSeason = ?", season_id)
    assert _repair(rig, plex_type, show_id if plex_type == 'show' else season_id).complete
    assert dump(rig.video_db) == before


def test_a_row_that_is_not_ours_is_not_touched_by_a_repair(rig: Rig) -> None:
    rig.execute("INSERT INTO movie (idMovie, c00) VALUES (9999, 'Mine')")
    assert _repair(rig, 'movie', 9999).skipped == {'not from Plex': 1}
    assert rig.rows('SELECT c00 FROM movie WHERE idMovie = 9999') == [('Mine',)]


# ---- collections ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('mode', [SWEEP, DELTA])
def test_films_that_come_into_a_collection_and_leave_it_without_a_stamp(rig: Rig, mode: str) -> None:
    collection = _items(rig, 'collection')[0]
    outside = [m for m in _movies(rig) if m.rating_key not in collection.members][:2]
    inside = rig.library.need(collection.members[0])
    stamps = {m.rating_key: m.fields.get('updatedAt') for m in outside + [inside]}
    for movie in outside:
        rig.library.add_to_collection(collection.rating_key, movie.rating_key)
    rig.library.remove_from_collection(collection.rating_key, inside.rating_key)
    for key, stamp in stamps.items():
        rig.library.update(key, updatedAt=stamp)
    rig.sync(mode=mode)
    for movie in outside:
        names = {_view(rig, movie.rating_key)['set']} | _tags(rig, movie.rating_key)
        assert collection.title in names
    assert collection.title not in {_view(rig, inside.rating_key)['set']} | _tags(rig, inside.rating_key)


def test_a_smart_collection_is_a_set_with_text_and_picture_and_follows_its_rule(rig: Rig) -> None:
    section = next(s for s in rig.library.sections.values() if s.type == 'movie')
    free = [m for m in _movies(rig) if not rig.library.collections_of.get(m.rating_key)]
    for movie in free[:3]:
        rig.library.update(movie.rating_key, contentRating='XX-99')
    smart = rig.library.add_collection(section.id, 'Only the odd ones', smart='type=1&contentRating=XX-99')
    rig.library.update(smart.rating_key, summary='All the odd ones.')
    rig.sync()
    assert [_view(rig, m.rating_key)['set'] for m in free[:4]] == ['Only the odd ones'] * 3 + [None]
    assert rig.rows("SELECT strOverview FROM sets WHERE strSet = 'Only the odd ones'") == [('All the odd ones.',)]
    assert rig.rows("SELECT 1 FROM art a JOIN sets s ON s.idSet = a.media_id WHERE a.media_type = 'set' "
                    "AND s.strSet = 'Only the odd ones'")
    before = rig.fingerprint()
    assert not rig.sync().wrote and rig.fingerprint() == before
    rig.library.update(free[0].rating_key, contentRating='G')
    rig.library.update(free[3].rating_key, contentRating='XX-99')
    rig.sync()
    assert [_view(rig, m.rating_key)['set'] for m in free[:4]] == [None] + ['Only the odd ones'] * 3


def test_a_renamed_and_a_deleted_collection_reach_their_films(rig: Rig) -> None:
    first, second = _items(rig, 'collection')[:2]
    members = {key: _view(rig, key)['set'] for key in first.members + second.members}
    assert set(members.values()) >= {first.title, second.title}
    old = first.title
    rig.library.update(first.rating_key, title='Renamed')
    gone = list(second.members)
    rig.library.delete(second.rating_key)
    rig.sync()
    names = {row[0] for row in rig.rows('SELECT strSet FROM movie_view')}
    tags = {row[0] for row in rig.rows('SELECT name FROM tag')}
    assert 'Renamed' in names and old not in names | tags and second.title not in names | tags
    assert gone


def test_collections_that_cannot_be_had_take_no_film_out_of_them(rig: Rig) -> None:
    section = next(s for s in rig.library.sections.values() if s.type == 'movie')
    movie = next(m for m in _movies(rig) if not rig.library.collections_of.get(m.rating_key))
    rig.library.update(movie.rating_key, contentRating='XX-98')
    rig.library.add_collection(section.id, 'Smart', smart='type=1&contentRating=XX-98')
    rig.sync()
    assert _view(rig, movie.rating_key)['set'] == 'Smart'
    rig.sim.faults.add(r'type=18|/collections', 500)
    rig.library.update(movie.rating_key, tagline='Changed')
    rig.sync()
    assert _view(rig, movie.rating_key)['set'] == 'Smart'


# ---- pictures ------------------------------------------------------------------------------------------------------

def test_an_episode_does_not_keep_a_copy_of_its_shows_picture(rig: Rig) -> None:
    episode = _items(rig, 'episode')[0]
    show = _items(rig, 'show')[0]
    rig.library.update(episode.rating_key, thumb='/library/metadata/%d/thumb/%d' % (
        show.rating_key, show.fields['updatedAt']))
    rig.sync()
    key = rig.rows("SELECT idEpisode FROM episode_view WHERE strFilename LIKE '%id=' || ?", str(episode.rating_key))
    urls = [row[0] for row in rig.rows("SELECT url FROM art WHERE media_type = 'episode' AND media_id = ?", key[0][0])]
    assert not [url for url in urls if '/%d/' % show.rating_key in url]


# ---- moved items, trailers -----------------------------------------------------------------------------------------

def _second_library(rig: Rig) -> int:
    return int(rig.library.add_section('movie', 'More films').id)


@pytest.mark.parametrize('elsewhere', [False, True])
@pytest.mark.parametrize('mode', [SWEEP, DELTA])
def test_a_moved_film_keeps_its_date_and_its_watch_state(rig: Rig, elsewhere: bool, mode: str) -> None:
    section = _second_library(rig) if elsewhere else None
    rig.sync()
    old = _movies(rig)[3]
    rig.library.scrobble(old.rating_key)
    rig.library.rate(old.rating_key, 7)
    rig.sync()
    before = _view(rig, old.rating_key)
    assert before['plays'] and before['rating'] == 7
    new = rig.library.move(old.rating_key, section)
    rig.sync(mode=mode)
    rig.sync(mode=mode)
    after = _view(rig, new.rating_key)
    assert {**after, 'id': 0} == {**before, 'id': 0}
    assert not rig.rows("SELECT 1 FROM files WHERE strFilename LIKE '%id=' || ?", str(old.rating_key))
    rig.library.update(new.rating_key, tagline='Changed later')
    rig.sync()
    assert _view(rig, new.rating_key)['added'] == before['added']
    rig.library.update(new.rating_key, addedAt=1500000000)
    rig.sync()
    assert _view(rig, new.rating_key)['added'] != before['added'], "a date that the user sets in Plex counts again"


def test_a_library_made_anew_on_the_server_needs_no_second_look(rig: Rig) -> None:
    """All 60 films get new ids at once: that is no mass deletion."""
    added = {row[0]: row[1] for row in rig.rows('SELECT c00 || c22, dateAdded FROM movie_view')}
    assert len(added) == 60
    dates = sorted(added.values())
    for movie in _movies(rig):
        rig.library.move(movie.rating_key)
    rig.sync()
    assert rig.rows('SELECT count(*) FROM movie') == [(60,)]
    assert sorted(row[0] for row in rig.rows('SELECT dateAdded FROM movie_view')) == dates


def test_a_moved_show_keeps_its_episodes_dates(rig: Rig) -> None:
    before = sorted(rig.rows('SELECT c00, dateAdded, playCount FROM episode_view'), key=repr)
    rig.library.move(_items(rig, 'show')[0].rating_key)
    rig.sync()
    assert sorted(rig.rows('SELECT c00, dateAdded, playCount FROM episode_view'), key=repr) == before
    assert rig.rows('SELECT count(*) FROM tvshow') == [(3,)]


def test_a_copy_that_is_deleted_does_not_give_its_date_to_the_one_that_stays(rig: Rig) -> None:
    first = _movies(rig)[0]
    copy = rig.library.add_movie('A copy', guid=first.guid)
    rig.sync()
    date = _view(rig, first.rating_key)['added']
    rig.library.delete(copy.rating_key)
    rig.sync()
    assert _view(rig, first.rating_key)['added'] == date


@pytest.mark.parametrize('hint', ['primaryExtraKey', 'Extras'])
def test_a_films_trailer_is_played_through_us(rig: Rig, hint: str) -> None:
    movie = _movies(rig)[0]
    trailer = rig.library.add_extra(movie.rating_key, 'The trailer')
    rig.library.add_extra(movie.rating_key, 'Deleted scenes', subtype='deletedScene')
    if hint == 'Extras':
        rig.library.update(movie.rating_key, primaryExtraKey=None)
    rig.sync()
    url = rig.rows("SELECT c19 FROM movie_view WHERE strFilename LIKE '%id=' || ?", str(movie.rating_key))[0][0]
    from resources.lib import item_url
    ref = item_url.parse(url)
    assert ref and (ref.plex_type, ref.rating_key) == ('trailer', str(trailer.rating_key))
    assert rig.rows('SELECT count(*) FROM movie') == [(60,)], 'a trailer is no film'


def test_collections_that_lose_their_last_film_leave_no_empty_set(rig: Rig) -> None:
    section = next(s for s in rig.library.sections.values() if s.type == 'movie')
    movie = next(m for m in _movies(rig) if not rig.library.collections_of.get(m.rating_key))
    collection = rig.library.add_collection(section.id, 'A set for one', [movie.rating_key])
    rig.library.update(movie.rating_key, tagline='in')
    rig.sync()
    assert rig.rows("SELECT 1 FROM sets WHERE strSet = 'A set for one'")
    rig.library.delete(collection.rating_key)
    rig.sync()
    assert not rig.rows("SELECT 1 FROM sets WHERE strSet = 'A set for one'")
