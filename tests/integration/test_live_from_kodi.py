"""What the user does in Kodi is at the server within seconds, once, whatever happens in between; and after a playback
Kodi's row is what the server says.
"""
from __future__ import annotations

import shutil
import sqlite3
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

import pytest

from resources.lib.kodi_db import database
from resources.lib.library_sync.batch_writer import BatchWriter
from resources.lib.playback import reporter
from resources.lib.retry import RetryPolicy
from resources.lib.service.watch_state import kodi_rows, settling, watched_marks
from resources.lib.service.watch_state.kodi_rows import KodiRows
from resources.lib.service.watch_state.mark_store import Change
from resources.lib.service.watch_state.part import WatchState
from resources.lib.sql.errors import DatabaseLocked
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import OWNER, Library

#: Seconds that a busy test machine gets for what takes one or two.
PATIENCE = 20.0
MINUTES_2 = 120_000
#: Seconds of patience with Kodi and the server, a fifth of which do where both are simulated.
HURRIED: Dict[Any, Sequence[str]] = {
    kodi_rows: ('_INTERVAL', '_AGAIN'), reporter: ('KEPT_SECONDS',), settling: ('_QUIET', '_LONGEST', '_ONCE_MORE'),
    watched_marks: ('_QUIET', '_LONGEST')}
AWAY = r'^/(:|library|identity|hubs|status)'


class FromKodi(ServiceEnvironment):
    """A service without the server's notifications: nothing but what is tested brings the two sides together."""

    @property
    def kodi_rows(self) -> KodiRows:
        return self._part(WatchState).rows

    @property
    def settling(self) -> settling.Settling:
        return self._part(WatchState).settling

    def wait_settled_once(self, title: str) -> None:
        """A playback of this film is over and its row as the server says, which will be looked at once more."""
        self.kodi.wait_for(lambda: any(one.looks and one.told for one in self.settling._ended.values()), PATIENCE)
        self.kodi.wait_for(lambda: not self.marks.just_played(self.sync_env.machine, self.rating_key(title)), PATIENCE)

    def look_once_more(self, title: str) -> None:
        """The row is looked at for the second time after the playback."""
        self.settling.reported((self.sync_env.machine, self.rating_key(title)))
        self.kodi.wait_for(lambda: not self.settling._ended, PATIENCE)

    def row(self, title: str) -> Any:
        """(play count, resume point in seconds, user rating) of a film in Kodi."""
        return self.sync_env.rows('SELECT playCount, resumeTimeInSeconds, userrating FROM movie_view WHERE c00 = ?',
                                  title)[0]

    def ids(self, title: str) -> Any:
        return self.sync_env.rows('SELECT idMovie, idFile FROM movie_view WHERE c00 = ?', title)[0]

    def truth(self, title: str, user: int = OWNER) -> Any:
        return self.sync_env.library.truth(self.rating_key(title), user)

    def rate(self, title: str, rating: Optional[int]) -> None:
        """In Kodi's info dialog, which announces nothing."""
        self.sync_env.execute('UPDATE movie SET userrating = ? WHERE idMovie = ?', rating, self.ids(title)[0])

    def set_resume(self, title: str, seconds: float) -> None:
        """Kodi's context menu, or another add-on: nothing is announced."""
        file_id = self.ids(title)[1]
        self.sync_env.execute('DELETE FROM bookmark WHERE idFile = ?', file_id)
        if seconds:
            self.sync_env.execute("INSERT INTO bookmark (idFile, timeInSeconds, totalTimeInSeconds, thumbNailImage, "
                                  "player, playerState, type) VALUES (?, ?, 5400, '', 'VideoPlayer', '', 1)",
                                  file_id, seconds)

    def announce(self, media_type: str, kodi_id: int, **more: Any) -> None:
        self.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', dict(item={'id': kodi_id, 'type': media_type}, **more))

    def mark_episodes(self, where: str, watched: bool, pause: float = 0.0) -> int:
        """Mark episodes in Kodi's list: one announcement for each that changes, all of them in one transaction.

        ``pause``: seconds that a slow Kodi is silent after the half of them, and once more before the last one, which
        is delivered after the transaction's end.
        """
        rows = self.sync_env.rows('SELECT idEpisode, idFile FROM episode_view WHERE (playCount > 0) IS NOT ? AND '
                                  + where, int(watched))
        with closing(sqlite3.connect(self.sync_env.video_db)) as connection, connection:
            for number, (kodi_id, file_id) in enumerate(rows):
                connection.execute('UPDATE files SET playCount = ? WHERE idFile = ?', (1 if watched else None, file_id))
                time.sleep(pause if number == len(rows) // 2 else 0.0)
                if number < len(rows) - 1:
                    self.announce('episode', kodi_id, playcount=int(watched))
        time.sleep(pause)
        self.announce('episode', rows[-1][0], playcount=int(watched))
        return len(rows)

    def play(self, title: str) -> None:
        """Kodi's player opens a film and reports it."""
        answer = self.call('play', machine_identifier=self.sync_env.machine, rating_key=self.rating_key(title),
                           type='movie')
        before = len(self.reports())
        self.watcher.on_started(answer['url'], 0.0, answer['total'])
        self.kodi.wait_for(lambda: len(self.reports()) > before, PATIENCE)

    def stop_at(self, title: str, seconds: float, kodi_counts: bool = False, kodi_resumes: float = 0.0) -> None:
        """The user stops. Kodi writes what it makes of it and announces that."""
        self.watcher.on_seek(seconds)
        kodi_id, file_id = self.ids(title)
        self.set_resume(title, kodi_resumes)
        if kodi_counts:
            self.sync_env.execute('UPDATE files SET playCount = 1 WHERE idFile = ?', file_id)
        self.announce('movie', kodi_id, **({'playcount': 1} if kodi_counts else {}))
        self.watcher.on_stopped()

    def reports(self, *words: str) -> List[str]:
        return [entry.path + '?' + entry.query for entry in self.sim.requests.find('/:/timeline')
                if all(word in entry.query for word in words)]

    def server_away(self) -> None:
        self.sim.faults.add(AWAY, 'drop', server='pms')

    def server_back(self) -> None:
        """The server can be reached again, and the service is told."""
        self.sim.faults.clear()
        self.sim.faults.add('/:/websockets/', 'drop')
        if self.service is not None:
            self.running.shared.clients.try_at_once()

    def power_cut(self) -> None:
        """Kodi is gone with what is on its disk in this moment, and starts again."""
        image = Path(self.sync_env.state_db).with_suffix('.image')
        with closing(sqlite3.connect(self.state_file, timeout=60.0)) as source, \
                closing(sqlite3.connect(str(image))) as target:
            source.backup(target)
        self.server_away()
        self.stop_kodi()
        shutil.copy(str(image), self.state_file)

    @property
    def state_file(self) -> str:
        return str(self.running.shared.databases.state_path) if self.service else self._state_file

    def start_kodi(self) -> Any:
        service = super().start_kodi()
        self._state_file = str(service.shared.databases.state_path)
        return service

    def kept(self) -> int:
        """How many marks and reports wait on the disk."""
        return self.count('mark WHERE sent = 0') + self.kept_reports()

    def kept_reports(self) -> int:
        return self.count('playback_report WHERE open = 0')

    def count(self, what: str) -> int:
        with closing(sqlite3.connect(self.state_file, timeout=60.0)) as connection:
            return int(connection.execute('SELECT count(*) FROM ' + what).fetchone()[0])


@pytest.fixture
def first_start(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[FromKodi]:
    """Before the sign-in."""
    library = Library.empty()
    for title, length in (('Alpha', 5_400_000), ('Beta', 5_400_000), ('Clip', MINUTES_2)):
        library.add_movie(title, duration=length)
    show = library.add_show('Show')
    for number in (1, 2):
        season = library.add_season(show.rating_key, number)
        for episode in range(1, 9):
            library.add_episode(season.rating_key, episode)
    for module, names in HURRIED.items():
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name) / 5.0)
    monkeypatch.setattr(kodi_rows, '_BUSY', 0.2)
    monkeypatch.setattr(watched_marks, '_RETRY', RetryPolicy(0.2, 1.0))
    made = FromKodi(fake_kodi, library, monkeypatch)
    try:
        made.server_back()
        made.start_kodi()
        yield made
    finally:
        made.close()


@pytest.fixture
def env(first_start: FromKodi) -> FromKodi:
    first_start.sign_in()
    first_start.sync()
    first_start.kodi.wait_for(lambda: first_start.kodi_rows._known is not None, PATIENCE)
    return first_start


def within(env: FromKodi, condition: Callable[[], Any], seconds: float = PATIENCE) -> float:
    began = time.monotonic()
    env.kodi.wait_for(condition, seconds)
    return time.monotonic() - began


# ---- marks, ratings, resume points ---------------------------------------------------------------------------------

def test_a_rating_given_or_taken_away_in_kodi_is_the_servers(env: FromKodi) -> None:
    env.rate('Alpha', 8)
    within(env, lambda: env.truth('Alpha').get('userRating') == 8)
    env.rate('Alpha', None)
    within(env, lambda: 'userRating' not in env.truth('Alpha'))
    assert [entry.query.count('rating=-1') for entry in env.sim.requests.find('/:/rate')] == [0, 1]


def test_a_rating_given_right_after_the_first_synchronisation_is_the_servers(first_start: FromKodi,
                                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anybody has looked at Kodi's rows."""
    first_start.sync_env.library.rate(first_start.rating_key('Beta'), 6)
    first_start.kodi.wait_for(lambda: first_start.kodi_rows._began_with_nothing, PATIENCE)
    with first_start.kodi_rows._looking, monkeypatch.context() as patch:
        patch.setattr(first_start.kodi_rows, 'look', lambda: 60.0)
        first_start.sign_in()
        first_start.sync()
        first_start.rate('Alpha', 8)
    first_start.kodi_rows.look()
    within(first_start, lambda: first_start.truth('Alpha').get('userRating') == 8)
    assert len(first_start.sim.requests.find(r'/:/(rate|progress|scrobble|unscrobble)')) == 1


def test_a_rating_given_while_kodis_library_cannot_be_read_is_the_servers(env: FromKodi,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """Kodi writes for longer than a reader waits, and for longer than the file's times are uncertain."""
    read = env.kodi_rows._differences
    failures: List[int] = []

    def locked(path: Any, *arguments: Any) -> Any:
        if not failures:
            failures.extend([1] if database.change_token(path) else [])
            raise DatabaseLocked('in use')
        return read(path, *arguments)
    monkeypatch.setattr(env.kodi_rows, '_differences', locked)
    env.rate('Alpha', 8)
    within(env, lambda: env.truth('Alpha').get('userRating') == 8)
    assert failures


def test_a_rating_given_during_the_film_or_right_after_it_is_the_servers(env: FromKodi) -> None:
    env.play('Alpha')
    env.rate('Alpha', 8)
    within(env, lambda: env.truth('Alpha').get('userRating') == 8)
    env.stop_at('Alpha', 1500.0, kodi_resumes=1500.0)
    env.rate('Alpha', 9)
    within(env, lambda: env.truth('Alpha').get('userRating') == 9)
    within(env, lambda: env.row('Alpha') == (None, 1500.0, 9))
    env.sync()
    assert env.row('Alpha') == (None, 1500.0, 9) and env.truth('Alpha')['userRating'] == 9


def test_what_is_set_while_a_sync_has_the_item_in_its_hands_is_not_undone(env: FromKodi,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    """Rating and resume point are at the server before the sync writes what it was told before that."""
    transact = BatchWriter._transact

    def later(writer: BatchWriter, batch: Any, items: Any) -> None:
        if any(item.title == 'Alpha' for item in items):
            env.rate('Alpha', 8)
            env.set_resume('Alpha', 1200.0)
            within(env, lambda: env.truth('Alpha').get('userRating') == 8)
            within(env, lambda: env.truth('Alpha').get('viewOffset') == 1_200_000)
        transact(writer, batch, items)
    env.sync_env.library.update(env.rating_key('Alpha'), summary='Told anew')
    with monkeypatch.context() as patch:
        patch.setattr(BatchWriter, '_transact', later)
        env.sync()
    assert env.row('Alpha') == (None, 1200.0, 8)
    env.sync()
    assert env.row('Alpha') == (None, 1200.0, 8) and env.truth('Alpha')['userRating'] == 8
    assert env.sync_env.rows("SELECT c01 FROM movie WHERE c00 = 'Alpha'") == [('Told anew',)]


def test_a_resume_point_that_the_user_moves_or_resets_is_the_servers(env: FromKodi) -> None:
    env.set_resume('Alpha', 1200.0)
    within(env, lambda: env.truth('Alpha').get('viewOffset') == 1_200_000)
    env.set_resume('Alpha', 0)
    within(env, lambda: 'viewOffset' not in env.truth('Alpha'))
    assert 'viewCount' not in env.truth('Alpha')


def test_a_film_that_was_watched_stays_watched_when_its_resume_point_is_reset(env: FromKodi) -> None:
    env.sync_env.library.scrobble(env.rating_key('Beta'))
    env.sync_env.library.set_progress(env.rating_key('Beta'), 900_000)
    env.sync()
    assert env.row('Beta')[:2] == (1, 900.0)
    env.set_resume('Beta', 0)
    within(env, lambda: 'viewOffset' not in env.truth('Beta'))
    assert env.truth('Beta')['viewCount'] > 0


def test_what_a_sync_writes_is_no_mark_of_the_users(env: FromKodi) -> None:
    library = env.sync_env.library
    for title, rating in (('Alpha', 6), ('Beta', 9)):
        library.rate(env.rating_key(title), rating)
        library.set_progress(env.rating_key(title), 700_000)
    env.sim.reset_stats()
    env.sync()
    library.rate(env.rating_key('Alpha'), -1)
    env.sync()
    env.rate('Beta', 3)  # the one change that is the user's goes last
    within(env, lambda: env.truth('Beta')['userRating'] == 3)
    assert len(env.sim.requests.find(r'/:/(rate|progress|scrobble|unscrobble)')) == 1


@pytest.mark.parametrize('watched', [True, False])
def test_a_whole_show_is_one_mark(env: FromKodi, watched: bool) -> None:
    show = next(env.sync_env.library.items('show'))
    if not watched:
        env.sync_env.library.scrobble(show.rating_key)
        env.sync()
    env.sim.reset_stats()
    assert env.mark_episodes('1', watched) == 16
    within(env, lambda: env.sync_env.library.watch.is_watched(OWNER, show) is watched)
    env.kodi.wait_for(lambda: not env.kept(), PATIENCE)
    assert len(env.told()) == 1 and not env.sim.requests.find('/library/metadata/[0-9,]+$')
    counts = {env.sync_env.library.truth(leaf.rating_key).get('viewCount', 0) for leaf in show.leaves()}
    assert counts == {int(watched)}


def test_a_whole_show_is_one_mark_however_slowly_kodi_announces_it(env: FromKodi) -> None:
    show = next(env.sync_env.library.items('show'))
    env.sim.reset_stats()
    assert env.mark_episodes('1', True, pause=2 * watched_marks._LONGEST) == 16
    within(env, lambda: env.sync_env.library.watch.is_watched(OWNER, show))
    env.kodi.wait_for(lambda: not env.kept(), PATIENCE)
    assert len(env.told()) == 1
    assert {env.sync_env.library.truth(leaf.rating_key)['viewCount'] for leaf in show.leaves()} == {1}


def test_an_announcement_that_never_comes_is_waited_for_once(env: FromKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_marks, '_MORE', 0.5)
    first, second, lost = env.sync_env.rows('SELECT idEpisode, idFile FROM episode_view ORDER BY idEpisode LIMIT 3')

    def watch(row: Any) -> None:
        env.sync_env.execute('UPDATE files SET playCount = 1 WHERE idFile = ?', row[1])
    watch(lost)
    for number, row in enumerate((first, second)):
        watch(row)
        env.announce('episode', row[0], playcount=1)
        within(env, lambda: len(env.told()) == number + 1)  # noqa: B023
    announcing = env.marks.announcing
    change = Change('episode', first[0], 1.0, env.auth.status().user_id)
    assert announcing is not None and not announcing.goes_on([change])
    env.announce('episode', lost[0], playcount=1)
    within(env, lambda: len(env.told()) == 3)
    assert not announcing.goes_on([change])
    env.sync_env.execute('UPDATE files SET playCount = NULL WHERE idFile = ?', lost[1])
    assert announcing.goes_on([change])


def test_a_season_is_one_mark_and_no_episode_is_counted_twice(env: FromKodi) -> None:
    library = env.sync_env.library
    show = next(library.items('show'))
    seen = next(iter(show.children[1].leaves()))
    library.scrobble(seen.rating_key)
    env.sync()
    env.sim.reset_stats()
    assert env.mark_episodes('1', True) == 15
    within(env, lambda: library.watch.is_watched(OWNER, show))
    env.kodi.wait_for(lambda: not env.kept(), PATIENCE)
    assert {library.truth(leaf.rating_key)['viewCount'] for leaf in show.leaves()} == {1}
    assert len(env.told()) == 8, 'one for the first season, seven for the rest of the second'


def test_marks_made_while_the_server_is_away_arrive_in_order_once_each_and_the_last_word_counts(env: FromKodi) -> None:
    env.server_away()
    env.mark('Alpha', True)
    env.rate('Alpha', 7)
    env.set_resume('Beta', 600.0)
    env.kodi.wait_for(lambda: env.kept() == 3, PATIENCE)
    env.rate('Alpha', 9)
    env.mark('Beta', True)  # which ends its resume point
    env.kodi.wait_for(lambda: not env.sync_env.rows('SELECT 1') or env.kept() == 3, PATIENCE)
    env.kodi.wait_for(lambda: _values(env) == {('watched', 1.0), ('rating', 9.0)}, PATIENCE)
    env.power_cut()
    env.server_back()
    env.sim.reset_stats()
    env.start_kodi()
    within(env, lambda: not env.kept())
    assert env.watched_in_plex() == ['Alpha', 'Beta']
    assert env.truth('Alpha')['userRating'] == 9 and env.truth('Beta')['viewCount'] == 1
    assert [entry.path for entry in env.sim.requests.find(r'/:/(scrobble|rate|progress)')].count('/:/rate') == 1
    assert len(env.told()) == 2 and not env.sim.requests.find('/:/progress')


def _values(env: FromKodi) -> Any:
    with closing(sqlite3.connect(env.state_file, timeout=60.0)) as connection:
        return set(connection.execute('SELECT action, value FROM mark WHERE sent = 0').fetchall())


def test_what_was_changed_elsewhere_after_the_mark_is_the_newer_intention(env: FromKodi) -> None:
    env.server_away()
    env.rate('Alpha', 2)
    env.set_resume('Beta', 600.0)
    env.kodi.wait_for(lambda: env.kept() == 2, PATIENCE)
    env.sim.clock.advance(60)
    env.sync_env.library.rate(env.rating_key('Alpha'), 10)
    env.sync_env.library.set_progress(env.rating_key('Beta'), 3_000_000)
    with closing(sqlite3.connect(env.state_file, timeout=60.0)) as connection, connection:
        connection.execute('UPDATE mark SET made_at = made_at - 300')
    env.server_back()
    env.marks.wake()
    within(env, lambda: not env.kept())
    assert env.truth('Alpha')['userRating'] == 10 and env.truth('Beta')['viewOffset'] == 3_000_000


@pytest.mark.parametrize('status', [401, 498])
def test_a_token_that_runs_out_in_the_middle_of_marking_costs_one_renewal(env: FromKodi, status: int) -> None:
    env.sim.faults.add('/:/scrobble', status, times=1)
    env.mark('Alpha', True)
    assert within(env, lambda: env.watched_in_plex() == ['Alpha']) < PATIENCE
    assert env.marks._failures == 0 and len(env.sim.requests.find('/:/scrobble')) == 2


# ---- after a playback ----------------------------------------------------------------------------------------------

def test_a_clip_that_is_stopped_after_a_minute_is_resumed_there_in_kodi_too(env: FromKodi) -> None:
    """Kodi keeps no resume point within the first three minutes, Plex does after one."""
    env.play('Clip')
    env.stop_at('Clip', 61.5)
    within(env, lambda: env.row('Clip')[1] == 61.5)
    assert env.truth('Clip')['viewOffset'] == 61_500


def test_the_servers_threshold_decides_what_is_watched_and_not_kodis(env: FromKodi) -> None:
    env.sim.config.preferences['LibraryVideoPlayedThreshold'] = 95
    env.play('Alpha')
    env.stop_at('Alpha', 5000.0, kodi_counts=True)  # 92.6 %, which is watched for Kodi
    within(env, lambda: env.row('Alpha')[:2] == (None, 5000.0))
    assert env.truth('Alpha')['viewOffset'] == 5_000_000 and 'viewCount' not in env.truth('Alpha')
    env.sim.config.preferences['LibraryVideoPlayedThreshold'] = 60
    env.play('Beta')
    env.stop_at('Beta', 4000.0, kodi_resumes=4000.0)
    within(env, lambda: env.row('Beta')[:2] == (1, None))
    assert env.truth('Beta')['viewCount'] == 1 and not env.told()


def test_the_credits_decide_where_the_server_says_so(env: FromKodi) -> None:
    env.sim.config.preferences.update(LibraryVideoPlayedAtBehaviour='2', LibraryVideoPlayedThreshold=50)
    env.play('Alpha')
    env.stop_at('Alpha', 5000.0, kodi_counts=True)  # the credits begin at 95 %
    within(env, lambda: env.row('Alpha')[:2] == (None, 5000.0))
    assert not env.told()


def test_a_mark_right_after_a_film_is_the_users(env: FromKodi) -> None:
    env.play('Alpha')
    env.stop_at('Alpha', 5300.0, kodi_counts=True)
    within(env, lambda: env.truth('Alpha').get('viewCount') == 1)
    env.kodi.wait_for(lambda: not env.marks.just_played(env.sync_env.machine, env.rating_key('Alpha')), PATIENCE)
    env.mark('Alpha', False)
    within(env, lambda: 'viewCount' not in env.truth('Alpha'))
    assert env.told() == ['/:/unscrobble']


@pytest.fixture
def without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The looks at Kodi's rows come when the test says so."""
    monkeypatch.setattr(kodi_rows, '_INTERVAL', 3600.0)
    monkeypatch.setattr(settling, '_LONGEST', 3600.0)
    monkeypatch.setattr(settling, '_ONCE_MORE', 3600.0)


@pytest.mark.usefixtures('without_time')
def test_a_resume_point_that_is_reset_right_after_a_film_is_gone_for_good(env: FromKodi) -> None:
    """The row is looked at twice after a playback; the user is quicker than the second look."""
    env.play('Beta')
    env.stop_at('Beta', 1800.0, kodi_resumes=1800.0)
    env.wait_settled_once('Beta')
    assert env.row('Beta')[:2] == (None, 1800.0)
    env.set_resume('Beta', 0)
    env.look_once_more('Beta')
    assert env.row('Beta')[:2] == (None, None)
    env.kodi_rows.look()
    within(env, lambda: not env.truth('Beta').get('viewOffset'))
    assert env.row('Beta')[:2] == (None, None)


@pytest.mark.usefixtures('without_time')
def test_what_kodi_writes_late_about_the_end_of_a_film_does_not_stay(env: FromKodi) -> None:
    """With the end of a playback Kodi notes when that was, which taking a resume point away does not."""
    env.play('Clip')
    env.stop_at('Clip', 61.5, kodi_resumes=61.5)
    env.wait_settled_once('Clip')
    env.set_resume('Clip', 0)
    env.sync_env.execute("UPDATE files SET lastPlayed = '2037-01-01 00:00:00' WHERE idFile = ?", env.ids('Clip')[1])
    env.look_once_more('Clip')
    assert env.row('Clip')[:2] == (None, 61.5) and env.truth('Clip')['viewOffset'] == 61_500


# ---- reports that could not be sent --------------------------------------------------------------------------------

def test_the_end_of_a_film_reaches_a_server_that_was_away_with_its_time_and_once(env: FromKodi) -> None:
    env.play('Beta')
    env.server_away()
    env.stop_at('Beta', 1800.0)
    within(env, lambda: env.row('Beta')[1] == 1800.0)
    env.kodi.wait_for(env.kept_reports, PATIENCE)
    ended = time.time()
    with closing(sqlite3.connect(env.state_file, timeout=60.0)) as connection, connection:
        connection.execute('UPDATE playback_report SET made_at = made_at - 7200')
    env.sync_env.library.watch.states.clear()
    env.server_back()
    env.marks.wake()
    within(env, lambda: not env.kept())
    [late] = env.reports('offline=1')
    assert 'state=stopped' in late and 'updated=' in late
    truth = env.truth('Beta')
    assert truth['viewOffset'] == 1_800_000 and truth['lastViewedAt'] == pytest.approx(ended - 7200, abs=30)


def test_a_film_that_ended_while_the_server_was_away_counts_once(env: FromKodi) -> None:
    env.play('Alpha')
    env.server_away()
    env.stop_at('Alpha', 5300.0, kodi_counts=True)
    env.kodi.wait_for(env.kept_reports, PATIENCE)
    within(env, lambda: env.row('Alpha')[:2] == (1, None))
    env.power_cut()
    env.server_back()
    env.sim.faults.add('/:/timeline', 'drop', times=1)
    env.start_kodi()
    within(env, lambda: not env.kept(), 40.0)
    assert env.truth('Alpha')['viewCount'] == 1 and not env.told()


def test_a_late_answer_that_was_lost_does_not_count_twice(env: FromKodi) -> None:
    """The server took the report; Kodi was killed before it knew."""
    env.play('Alpha')
    env.server_away()
    env.stop_at('Alpha', 5300.0, kodi_counts=True)
    env.kodi.wait_for(env.kept_reports, PATIENCE)
    env.sync_env.library.scrobble(env.rating_key('Alpha'))
    env.power_cut()
    env.server_back()
    env.start_kodi()
    within(env, lambda: not env.kept())
    assert env.truth('Alpha')['viewCount'] == 1 and not env.told()


def test_a_power_cut_during_a_film_keeps_its_place(env: FromKodi) -> None:
    env.play('Beta')
    env.server_away()
    env.watcher.on_seek(2400.0)
    env.kodi.wait_for(lambda: env.count('playback_report WHERE position_ms = 2400000'), PATIENCE)
    env.power_cut()
    env.server_back()
    env.start_kodi()
    within(env, lambda: env.truth('Beta').get('viewOffset') == 2_400_000)
    assert len(env.reports('offline=1')) == 1


def test_a_place_that_another_player_moved_on_since_is_not_moved_back(env: FromKodi) -> None:
    env.play('Beta')
    env.server_away()
    env.stop_at('Beta', 1800.0)
    env.kodi.wait_for(env.kept_reports, PATIENCE)
    env.sim.clock.advance(60)
    env.sync_env.library.set_progress(env.rating_key('Beta'), 4_000_000)
    with closing(sqlite3.connect(env.state_file, timeout=60.0)) as connection, connection:
        connection.execute('UPDATE playback_report SET made_at = made_at - 300')
    env.server_back()
    env.marks.wake()
    within(env, lambda: not env.kept())
    assert env.truth('Beta')['viewOffset'] == 4_000_000


@pytest.mark.parametrize('status', [401, 498])
def test_a_token_that_runs_out_during_a_film_is_renewed_for_its_report(env: FromKodi, status: int) -> None:
    env.play('Alpha')
    env.sim.faults.add('/:/timeline', status, times=1)
    env.stop_at('Alpha', 1500.0)
    within(env, lambda: env.truth('Alpha').get('viewOffset') == 1_500_000)
    within(env, lambda: not env.kept())


@pytest.mark.parametrize('status', [401, 498])
def test_a_token_that_runs_out_before_a_film_is_renewed_for_its_stream(env: FromKodi, status: int) -> None:
    answer = env.call('play', machine_identifier=env.sync_env.machine, rating_key=env.rating_key('Beta'), type='movie')
    env.sim.faults.add('/library/parts/', status, times=1)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(answer['url'], timeout=PATIENCE) as stream:
        assert stream.status == 200 and len(stream.read()) == env.sim.config.part_bytes
