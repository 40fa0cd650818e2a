"""What the features learn of Kodi's player."""
from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, Iterator, List, Optional, Tuple, Union

import pytest

from resources.lib import plex_model
from resources.lib.playback.features import Feature
from resources.lib.playback.session import PlaybackSession, SessionRegistry
from resources.lib.playback.state import PlaybackState
from resources.lib.playback.watcher import PlaybackWatcher
from tests.unit.playback.fakes import until

FILE = 'http://127.0.0.1:57310/stream/mid/7/11/film.mkv'
OTHER = 'http://127.0.0.1:57310/stream/mid/8/12/next.mkv'
SHARE = 'smb://nas/films/Film.mkv'


class Recorder(Feature):
    """A feature that writes down; ``fails`` makes it raise."""

    def __init__(self) -> None:
        self.seen: List[Tuple[Any, ...]] = []
        self.ticks = 0
        self.fails = False

    def on_playback_started(self, playback: PlaybackState) -> None:
        self._note('started', playback)

    def on_tick(self, playback: PlaybackState) -> None:
        self.ticks += 1

    def on_playback_changed(self, playback: PlaybackState) -> None:
        self._note('changed', playback)

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        self._note(reason, playback)

    def _note(self, what: str, playback: PlaybackState) -> None:
        self.seen.append((what, playback.rating_key, playback.state, playback.position_s))
        if self.fails:
            raise ZeroDivisionError


class Factory:
    """Always gives the same; an error is raised instead."""

    def __init__(self, feature: Union[Feature, Exception, None]) -> None:
        self.given = feature
        self.made: List[PlaybackSession] = []

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        self.made.append(session)
        if isinstance(self.given, Exception):
            raise self.given
        return self.given

    def stop(self) -> None:
        pass


class Bench:
    def __init__(self) -> None:
        self.feature = Recorder()
        self.position: Optional[float] = 0.0
        self.moving = 0.0
        self.there = True
        self.sessions = SessionRegistry()
        self.sessions.register(FILE, PlaybackSession('mid', '7', '1', '11'))
        self.sessions.register(OTHER, PlaybackSession('mid', '8', '2', '12'))
        self.factory = Factory(self.feature)
        self.watcher = PlaybackWatcher(self.sessions, [Factory(None), self.factory], self.read, 0.005, 0.02)
        self.watcher.start()

    def read(self) -> Optional[float]:
        if self.position is not None:
            self.position += self.moving
        return self.position

    def quit(self) -> List[Tuple[Any, ...]]:
        self.watcher.stop()
        return self.feature.seen


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.watcher.stop()


def test_a_life(bench: Bench) -> None:
    bench.watcher._tick_playing = bench.watcher._tick_paused = 60.0  # or the film would stand still meanwhile
    bench.position = 12.0
    bench.watcher.on_started(FILE, 10.0, 100.0)
    bench.watcher.on_paused()
    bench.watcher.on_seek(40.0)
    until(lambda: len(bench.feature.seen) == 3)
    bench.position = 41.0
    bench.watcher.on_resumed()
    bench.watcher.on_stopped()
    assert bench.quit() == [('started', '7', 'playing', 10.0), ('changed', '7', 'paused', 12.0),
                            ('changed', '7', 'paused', 40.0), ('changed', '7', 'playing', 41.0),
                            ('stopped', '7', 'playing', 41.0)]
    assert not bench.watcher.active


def test_the_last_good_position_survives_the_stop(bench: Bench) -> None:
    """Kodi gives no position any more when it tells of the stop."""
    bench.position, bench.moving = 50.0, 0.001
    bench.watcher.on_started(FILE, 0.0, 100.0)
    until(lambda: bench.feature.ticks > 2)
    bench.moving = 0.0
    last, bench.position = bench.position, None
    bench.watcher.on_stopped()
    assert last is not None and last > 50.0
    assert bench.quit()[-1][3] == pytest.approx(last, abs=0.01)


def test_files_that_are_not_ours_are_ignored(bench: Bench) -> None:
    for file in ('/home/me/film.mkv', 'http://example.org/stream/mid/7/1/a.mkv', 'plugin://plugin.video.youtube/x', '',
                 'pvr://channel', 'plugin://plugin.video.plexkodiconnect/play/movies/mid/7'):
        bench.watcher.on_started(file, 0.0, 100.0)
        bench.watcher.on_paused()
        bench.watcher.on_ended()
    assert bench.quit() == []


def test_any_url_that_was_handed_out_is_ours(bench: Bench) -> None:
    """Not only those of the loopback server; Kodi may report what follows a bar too."""
    bench.sessions.register(SHARE, PlaybackSession('mid', '9', '3', '13'))
    bench.position = None
    bench.watcher.on_started(SHARE + '|seekable=1', 1.0, 100.0)
    bench.watcher.on_stopped()
    assert [(what, key) for what, key, *_ in bench.quit()] == [('started', '9'), ('stopped', '9')]


def test_what_was_handed_out_before_the_service_started_anew_is_recognised(bench: Bench) -> None:
    bench.position = None
    bench.watcher.on_started('http://127.0.0.1:57310/stream/mid/3/31/Old%20film.mkv|x=y', 1.0, 100.0)
    bench.watcher.on_stopped()
    assert [(what, key) for what, key, *_ in bench.quit()] == [('started', '3'), ('stopped', '3')]
    assert [(one.machine_identifier, one.part_id, one.playable) for one in bench.factory.made] == [('mid', '31', None)]


def test_each_playback_has_a_session_id_of_its_own(bench: Bench) -> None:
    """A server counts a film once for a session, so the second time must be another one."""
    bench.position = None
    for _ in range(3):
        bench.watcher.on_started(FILE, 0.0, 100.0)
        bench.watcher.on_ended()
    bench.quit()
    assert {(one.rating_key, one.part_id) for one in bench.factory.made} == {('7', '11')}
    assert len({one.session_id for one in bench.factory.made}) == 3


def test_a_feature_that_cannot_be_made_does_not_keep_the_others_away(
        bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.watcher, '_factories', [Factory(ZeroDivisionError()), bench.factory])
    bench.position = None
    bench.watcher.on_started(FILE, 0.0, 100.0)
    assert [what for what, *_ in bench.quit()] == ['started', 'stopped']


def test_the_next_of_a_playlist_ends_the_one_before(bench: Bench) -> None:
    bench.position = None
    bench.watcher.on_started(FILE, 1.0, 100.0)
    bench.watcher.on_started(OTHER, 0.0, 50.0)
    bench.watcher.on_started('/home/me/film.mkv', 0.0, 50.0)
    assert [(what, key) for what, key, *_ in bench.quit()] == [
        ('started', '7'), ('stopped', '7'), ('started', '8'), ('stopped', '8')]


def test_started_twice_is_one_playback(bench: Bench) -> None:
    """onPlayBackStarted knows no length yet, onAVStarted does."""
    bench.position = None
    bench.watcher.on_started(FILE, 0.0, 0.0)
    bench.watcher.on_started(FILE, 3.0, 100.0)
    bench.watcher.on_ended()
    assert bench.quit() == [('started', '7', 'playing', 0.0), ('ended', '7', 'playing', 3.0)]


def test_a_stalled_stream_is_buffering(bench: Bench) -> None:
    bench.watcher.on_started(FILE, 0.0, 100.0)
    until(lambda: ('changed', '7', 'buffering', 0.0) in bench.feature.seen)
    bench.moving = 1.0
    until(lambda: bench.feature.seen[-1][2] == 'playing')
    assert len(bench.feature.seen) == 3


def test_a_stop_of_the_service_reports_the_stop(bench: Bench) -> None:
    bench.position = None
    bench.watcher.on_started(FILE, 5.0, 100.0)
    assert bench.quit()[-1] == ('stopped', '7', 'playing', 5.0)


def test_nothing_wakes_up_while_nothing_plays(bench: Bench) -> None:
    assert bench.watcher._wait_seconds() is None
    bench.moving = 1.0
    bench.watcher.on_started(FILE, 0.0, 100.0)
    until(lambda: bench.feature.ticks > 3)
    assert bench.watcher.active
    bench.watcher.on_ended()
    until(lambda: not bench.watcher.active)
    assert bench.watcher._wait_seconds() is None


def test_a_broken_feature_does_not_end_the_watching(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.feature.fails = True
    bench.position = None
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            bench.watcher.on_started(FILE, 0.0, 100.0)
            bench.watcher.on_error()
        assert [what for what, *_ in bench.quit()] == ['started', 'failed'] * 2
    assert len(caplog.records) == 4
    assert all(record.exc_info for record in caplog.records)


# ---- another program plays -----------------------------------------------------------------------------------------

@pytest.fixture
def external(bench: Bench) -> Iterator[Bench]:
    """The second film, stopped at ten minutes, is played by another program."""
    item = plex_model.playable_item({'ratingKey': '8', 'type': 'movie', 'viewOffset': 600_000})
    bench.sessions.register(OTHER, PlaybackSession('mid', '8', '2', '12', item))
    bench.watcher.stop()
    bench.watcher = PlaybackWatcher(bench.sessions, [bench.factory], bench.read, 0.005, 0.02, lambda: bench.there)
    bench.watcher.start()
    yield bench
    bench.watcher.stop()


def test_where_another_program_is_nobody_knows(external: Bench) -> None:
    """Whatever Kodi may say."""
    external.position = 5400.0
    external.watcher.on_started(OTHER, 0.0, 5400.0, external=True)
    until(lambda: external.feature.ticks > 5)
    external.watcher.on_started(OTHER, 5400.0, 5400.0, external=True)
    external.watcher.on_paused()
    external.watcher.on_seek(3.0)
    external.watcher.on_ended()
    assert external.quit() == [('started', '8', 'playing', 600.0), ('stopped', '8', 'playing', 600.0)]
    assert [session.external for session in external.factory.made] == [True]


def test_a_playback_by_another_program_ends_although_kodi_does_not_say_so(external: Bench) -> None:
    external.watcher.on_started(OTHER, 0.0, 5400.0, external=True)
    until(lambda: external.feature.ticks > 5)
    assert external.watcher.active
    external.there = False
    until(lambda: not external.watcher.active)
    assert external.quit()[-1] == ('stopped', '8', 'playing', 600.0)


# ---- a video in several files --------------------------------------------------------------------------------------

PARTS = ['http://127.0.0.1:57310/stream/mid/9/%d/film%d.mkv' % (number, number) for number in (91, 92)]


def in_parts(bench: Bench) -> None:
    session = PlaybackSession('mid', '9', '3', '91')
    for file, part_id in zip(PARTS, ('91', '92')):
        bench.sessions.register(file, replace(session, part_id=part_id))


def test_the_files_of_a_video_are_one_playback(bench: Bench) -> None:
    in_parts(bench)
    bench.position = None
    bench.watcher.on_started(PARTS[0], 1.0, 200.0)
    bench.watcher.on_started(PARTS[1], 101.0, 200.0)
    bench.watcher.on_seek(5.0)
    bench.watcher.on_started(PARTS[0], 5.0, 200.0)
    bench.watcher.on_ended()
    assert [(what, position) for what, _, _, position in bench.quit()] == [
        ('started', 1.0), ('changed', 101.0), ('changed', 5.0), ('changed', 5.0), ('ended', 5.0)]
    assert len(bench.factory.made) == 1


def test_who_goes_on_in_the_second_file_begins_there(bench: Bench) -> None:
    in_parts(bench)
    bench.position = None
    bench.watcher.on_started(PARTS[1], 150.0, 200.0)
    bench.watcher.on_ended()
    bench.watcher.on_started(PARTS[0], 0.0, 200.0)
    bench.watcher.on_stopped()
    assert [what for what, *_ in bench.quit()] == ['started', 'ended', 'started', 'stopped']
    first, second = bench.factory.made
    assert (first.part_id, second.part_id) == ('92', '91')
    assert first.session_id != second.session_id, 'another playback, whatever file it begins in'


def test_a_file_of_another_version_is_another_playback(bench: Bench) -> None:
    in_parts(bench)
    bench.sessions.register(FILE, PlaybackSession('mid', '9', '4', '93'))
    bench.position = None
    bench.watcher.on_started(PARTS[0], 1.0, 200.0)
    bench.watcher.on_started(FILE, 1.0, 200.0)
    assert [what for what, *_ in bench.quit()] == ['started', 'stopped', 'started', 'stopped']


def test_files_are_one_video_also_after_the_service_started_anew(bench: Bench) -> None:
    bench.position = None
    bench.watcher.on_started(PARTS[0], 1.0, 200.0)
    bench.watcher.on_started(PARTS[1], 101.0, 200.0)
    assert [what for what, *_ in bench.quit()] == ['started', 'changed', 'stopped']


class Ticks(Feature):
    """Writes down where the video is."""

    def __init__(self) -> None:
        self.seen: List[float] = []

    def on_tick(self, playback: PlaybackState) -> None:
        self.seen.append(playback.position_s)


@pytest.mark.parametrize(('file', 'seen'), [
    ('stack://%s , %s' % (PARTS[0], PARTS[1]), [100.0, 100.0, 101.0, 102.0, 102.0, 701.0]),
    (FILE, [100.0, 839.0, 101.0, 102.0, 700.0, 701.0])])
def test_a_sum_of_two_files_is_no_position(file: str, seen: List[float]) -> None:
    """Kodi gives one at the change of files of a stack; a real jump is seen with the next look."""
    sessions, ticks = SessionRegistry(), Ticks()
    sessions.register(file, PlaybackSession('mid', '9', '3', '91'))
    positions = iter([100.0, 839.0, 101.0, 102.0, 700.0, 701.0])
    watcher = PlaybackWatcher(sessions, [Factory(ticks)], lambda: next(positions, None), 0.005, 0.02)
    watcher.start()
    try:
        watcher.on_started(file, 99.0, 840.0)
        until(lambda: len(ticks.seen) >= len(seen))
    finally:
        watcher.stop()
    assert ticks.seen[:len(seen)] == seen


def test_who_jumps_before_the_first_picture_is_in_one_playback(bench: Bench) -> None:
    """Kodi then reports the URL that it asked for before it ever reports the stack."""
    url, stack = 'plugin://plugin.video.plexkodiconnect/play/movies/mid/?id=9', 'stack://%s , %s' % (PARTS[0], PARTS[1])
    in_parts(bench)
    bench.sessions.register(stack, PlaybackSession('mid', '9', '3', '91', session_id='one'))
    bench.position = None
    bench.watcher.on_started(url, 10.0, 200.0)
    bench.watcher.on_started(stack, 101.0, 200.0)
    assert [what for what, *_ in bench.quit()] == ['started', 'changed', 'stopped']
    assert [one.session_id for one in bench.factory.made] == ['one']
