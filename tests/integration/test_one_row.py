"""What two servers both have is one row in Kodi's library, if the user wants that; and two rows again when he does not.
"""
from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Iterator, List

import pytest

from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.options import CHECK, DELTA, DatabaseLocations
from resources.lib.library_sync.purge import remove_server
from tests.support.one_row import OTHER, TwoServers, make_common, without_dates
from tests.support.random_changes import Hands
from tests.support.sync_process import SyncProcess
from tools.plexsim import Library


def libraries(seed: int = 3) -> List[Library]:
    """Two libraries of which a third is the same."""
    first = Library.generate(seed=seed, movies=40, shows=3, seasons=2, episodes=3, collections=2)
    second = Library.generate(seed=seed + 1, movies=30, shows=2, seasons=3, episodes=4, collections=2)
    make_common(first, second)
    return [first, second]


@pytest.fixture(params=[121, 131])
def both(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TwoServers]:
    made = TwoServers(tmp_path, libraries(), request.param)
    yield made
    made.close()


def common(both: TwoServers, kind: str = 'movie') -> List[Any]:
    """Pairs of the same item at both servers."""
    theirs = {item.fields['guid']: item for item in both.theirs.library.items(kind)}
    return [(item, theirs[item.fields['guid']]) for item in both.mine.library.items(kind)
            if item.fields['guid'] in theirs]


def row_of(both: TwoServers, item: Any, kind: str = 'movie') -> Any:
    """(URL, play count, resume point in seconds, rating) of the only row with that title."""
    found = both.mine.rows('SELECT strFilename, playCount, resumeTimeInSeconds, userrating FROM %s_view '
                           "WHERE c00 = ? AND strFilename NOT LIKE '%%&media=%%'" % kind, item.title)
    assert len(found) == 1, found
    return found[0]


def test_what_both_have_is_there_once_and_a_second_sync_writes_nothing(both: TwoServers) -> None:
    both.sync()
    assert len(common(both)) == 12 and len(common(both, 'episode')) == 6
    both.assert_all('apart')
    before = both.mine.fingerprint()
    for options in ({}, {'mode': DELTA}):
        reports = both.sync(**options)
        assert [(one.added, one.changed, one.removed, one.watched) for one in reports] == [(0, 0, 0, 0)] * 2
    assert both.mine.fingerprint() == before


def test_the_setting_can_be_changed_both_ways_and_the_rows_are_those_of_a_fresh_sync(both: TwoServers) -> None:
    both.one_row = False
    both.sync()
    watched, started = common(both)[0][1], common(both, 'episode')[0][1]
    both.theirs.library.scrobble(watched.rating_key)
    both.theirs.library.set_progress(started.rating_key, 500_000)
    both.one_row = True
    both.settled()
    assert both.dump() == both.fresh('one', True)
    both.assert_all('apart')
    both.one_row = False
    both.settled()
    assert both.dump() == both.fresh('apart again', False)


def test_the_setting_is_changed_back_when_only_one_of_them_is_there(both: TwoServers) -> None:
    both.sync()
    watched = common(both)[0][1]
    both.theirs.library.scrobble(watched.rating_key)
    both.sync()
    both.one_row = False
    both.sync(both.mine)
    both.settled()
    assert both.dump() == both.fresh('apart', False)


@pytest.mark.parametrize('left', [0, 1])
def test_a_server_that_is_left_takes_its_own_and_the_copies_of_the_other_stay(both: TwoServers, left: int) -> None:
    both.sync()
    mine, theirs = common(both)[0]
    both.theirs.library.scrobble(theirs.rating_key)
    both.sync()
    assert row_of(both, mine)[1] == 1
    machine = both.order.pop(left)
    stays = both.theirs if left == 0 else both.mine
    locations = DatabaseLocations(both.mine.video_db, both.mine.state_db)
    with SyncDatabases(locations) as opened:
        remove_server(LibraryWriter(opened.video), opened.state, machine, Cancellation())
    assert not any(machine in repr(rows) for name, rows in both.dump().items() if name != 'paths')
    assert both.sync(stays)[0].complete
    assert without_dates(both.dump()) == without_dates(both.fresh('alone', True, stays))
    report = both.sync(stays)[0]
    assert (report.added, report.changed, report.removed, report.watched) == (0, 0, 0, 0)


def test_what_is_watched_at_either_server_arrives_in_the_row(both: TwoServers) -> None:
    both.sync()
    clock = both.mine.sim.clock
    mine, theirs = common(both)[1]
    both.theirs.library.scrobble(theirs.rating_key)
    both.sync(mode=DELTA)
    assert row_of(both, mine)[1] == 1 and both.mine.machine in row_of(both, mine)[0]
    clock.advance(10)
    both.mine.library.set_progress(mine.rating_key, 120_000)
    both.sync(mode=DELTA)
    assert row_of(both, mine)[1:3] == (None, 120.0)
    clock.advance(10)
    both.theirs.library.set_progress(theirs.rating_key, 240_000)
    both.theirs.library.rate(theirs.rating_key, 8)
    both.sync()
    assert row_of(both, mine)[2:] == (240.0, 8)
    both.mine.library.update(mine.rating_key, summary='Another text')
    both.sync()
    assert row_of(both, mine)[2:] == (240.0, 8)
    both.sync(mode=CHECK)
    assert row_of(both, mine)[2:] == (240.0, 8)
    both.settled()


def test_the_row_of_an_item_that_is_deleted_goes_to_the_other_server(both: TwoServers) -> None:
    both.sync()
    (film, theirs), (other_film, their_film) = common(both)[:2]
    (episode, their_episode), show = common(both, 'episode')[0], common(both, 'show')[0]
    both.mine.library.delete(film.rating_key)
    both.theirs.library.delete(their_film.rating_key)
    both.mine.library.delete(episode.rating_key)
    added = [both.mine.rows('SELECT dateAdded FROM %s_view WHERE c00 = ?' % kind, one.title)
             for kind, one in (('movie', film), ('episode', episode))]
    first = both.sync(both.mine)[0]
    assert first.left_to_others == 2
    both.sync(both.theirs)
    assert OTHER in row_of(both, theirs)[0] and both.mine.machine in row_of(both, other_film)[0]
    assert OTHER in row_of(both, their_episode, 'episode')[0]
    assert added == [both.mine.rows('SELECT dateAdded FROM %s_view WHERE c00 = ?' % kind, one.title)
                     for kind, one in (('movie', theirs), ('episode', their_episode))]
    both.settled()
    both.assert_all('apart')
    both.mine.library.delete(show[0].rating_key)
    both.settled()
    both.assert_all('apart again')


def test_an_item_that_comes_later_to_the_other_server_does_not_move_the_row(both: TwoServers) -> None:
    both.sync()
    before = both.mine.rows('SELECT count(*) FROM movie')
    there = next(item for item in both.theirs.library.items('movie') if item not in [one for _, one in common(both)])
    both.theirs.library.update(there.rating_key, guid='plex://movie/77', title='Only there', editionTitle='')
    both.sync()
    section = next(one for one in both.mine.library.sections.values() if one.type == 'movie')
    both.mine.library.add_movie(there.title, section_id=section.id, guid='plex://movie/77')
    both.settled()
    assert both.mine.rows('SELECT count(*) FROM movie') == before
    assert OTHER in row_of(both, there)[0]


def test_a_show_that_turns_out_to_be_another_one_has_its_own_row_and_comes_back(both: TwoServers) -> None:
    both.sync()
    (mine, theirs), = common(both, 'show')
    below = [item for kind in ('season', 'episode') for item in both.theirs.library.items(kind)
             if item.root() is theirs]
    guids = {item.rating_key: item.fields['guid'] for item in [theirs, *below]}
    for item in [theirs, *below]:
        both.theirs.library.update(item.rating_key, guid='plex://%s/other%s' % (item.type, item.rating_key))
    both.settled()
    both.assert_all('apart')
    assert len(both.mine.rows('SELECT 1 FROM episode WHERE idShow IN (SELECT idShow FROM tvshow_view WHERE strPath '
                              "LIKE ?)", '%%%s%%' % OTHER)) == 24
    both.mine.sim.clock.advance(5)
    for key, guid in guids.items():
        both.theirs.library.update(key, guid=guid)
    both.settled()
    both.assert_all('apart again')


def test_only_a_show_is_matched_anew(both: TwoServers) -> None:
    both.sync()
    theirs = common(both, 'show')[0][1]
    both.theirs.library.update(theirs.rating_key, guid='plex://show/other')
    both.sync(mode=DELTA)
    both.sync(mode=DELTA)
    both.settled()
    shows = [path for path, in both.mine.rows(
        'SELECT s.strPath FROM episode_view e JOIN tvshow_view s ON s.idShow = e.idShow WHERE e.strFilename LIKE ?',
        '%%%s%%' % OTHER)]
    assert len(shows) == 24 - 6 and all(OTHER in path for path in shows)


def test_a_library_that_is_made_anew_has_its_rows_back(both: TwoServers) -> None:
    both.sync()
    for table in ('movie', 'episode', 'tvshow', 'files'):
        both.mine.execute('DELETE FROM %s' % table)
    both.settled()
    both.assert_all('apart')


@pytest.mark.parametrize('seed', range(3, 9))
def test_random_changes_on_both(seed: int, tmp_path: Path) -> None:
    both = TwoServers(tmp_path, libraries(seed))
    try:
        both.sync()
        rng = random.Random(seed)
        hands = [Hands(SimpleNamespace(library=library), rng) for library in both.libraries.values()]
        for round_number in range(6):
            for _ in range(8):
                rng.choice(hands).change()
                both.mine.sim.clock.advance(rng.randrange(1, 100))
            away = round_number in (1, 2)
            both.sync(*([both.mine] if away else []), mode=rng.choice((DELTA, 'sweep')))
            if round_number == 3:
                both.one_row = False
                both.settled()
                assert without_dates(both.dump()) == without_dates(both.fresh('apart %d' % round_number, False))
                both.one_row = True
        both.settled()
        both.assert_all('apart')
    finally:
        both.close()


def test_killed_at_any_moment_with_the_setting_changed_meanwhile(tmp_path: Path) -> None:
    both = TwoServers(tmp_path, libraries())
    root = str(Path(__file__).resolve().parents[2])
    processes = [SyncProcess(env, root) for env in (both.mine, both.theirs)]
    rng, killed = random.Random(5), 0
    try:
        both.sync()
        begun = time.monotonic()
        processes[1].start(one_row=[])
        assert processes[1].wait() == 0
        whole = time.monotonic() - begun
        while killed < 24:
            process, wanted = processes[rng.random() < 0.7], both.order if rng.random() < 0.5 else []
            pid = process.start(one_row=wanted)
            time.sleep(rng.uniform(0, whole))
            with contextlib.suppress(ProcessLookupError):  # it may just have come to its end
                os.kill(pid, signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        for one_row in (True, False, True):
            both.one_row = one_row
            both.settled()
            assert both.dump() == both.fresh('after %d %s' % (len(os.listdir(tmp_path)), one_row), one_row)
    finally:
        for process in processes:
            process.close()
        both.close()


def test_guards_against_mass_deletion_count_what_has_no_row_too(tmp_path: Path) -> None:
    both = TwoServers(tmp_path, libraries())
    try:
        both.sync()
        before = both.dump()
        for item in list(both.theirs.library.items('movie'))[:12]:
            both.theirs.library.delete(item.rating_key)
        report = both.sync(both.theirs)[0]
        assert report.skipped == {'deletions to be seen twice': 12} and both.dump() == before
        both.sync(both.theirs)
        assert both.sync(both.theirs)[0].unchanged and both.dump()['movie'] == before['movie']
        for item in list(both.mine.library.items('movie'))[:30]:
            both.mine.library.delete(item.rating_key)
        assert both.sync(both.mine)[0].skipped == {'deletions to be seen twice': 30}
        assert both.dump()['movie'] == before['movie']
    finally:
        both.close()
