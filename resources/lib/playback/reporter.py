"""Sends one playback's reports to the PMS: the newest state wins, the last one is not given up easily."""
from __future__ import annotations

import logging
import threading
from itertools import chain
from typing import Callable, NamedTuple, Optional, Sequence, Tuple

from ..plex_errors import (
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexForbidden,
    PlexNotFound,
    PlexRejected,
    PlexUnauthorized,
)
from ..plex_media import Marker
from ..plex_preferences import PlayedRule
from ..retry import RetryPolicy
from .journal import Journal, NoJournal, Progress
from .pms import GetClient, OnFinished, PMSClient, ReportFailure
from .session import PlaybackSession
from .watched import ViewCount, is_watched

LOG = logging.getLogger('pkc.playback')

#: The last report is tried for so many seconds. What is written down is left to the journal after a few of them;
#: what could not be survives a router's restart or a server's update.
KEPT_SECONDS, FINISH_SECONDS = 3.0, 360.0
_FINISH_RETRY = RetryPolicy(1.0, 90.0)
#: Seconds after which a reporter that waits for another one looks whether Kodi is stopping.
_LOOK = 0.2
_HOPELESS = (PlexNotFound, PlexRejected, PlexForbidden, PlexCancelled)
#: Of those, what will not be otherwise later either.
_FINAL = (PlexNotFound, PlexRejected)


class Report(NamedTuple):
    """What the player does: state, position and length in seconds."""

    state: str
    position_s: float
    total_s: float


class Finish(NamedTuple):
    """How it ended: last good position and length in seconds; ``ended``: the stream came to its end by itself.

    ``ran_s``: how long another program played it, in seconds; it was watched if that is as long as the server wants a
    video to be watched from its beginning. None where the position is known.
    """

    position_s: float
    total_s: float
    ended: bool
    ran_s: Optional[float] = None


class _Outcome(NamedTuple):
    """What the end means: whether it counts, and the position in ms to report (the length when it counts).

    ``certain``: that it counts is known, and not only what a server does by default.
    """

    watched: bool
    position_ms: int
    certain: bool = True


class Reporter:
    """One playback's thread. All methods return at once. It sleeps while nothing is to be sent."""

    def __init__(self, session: PlaybackSession, get_client: GetClient, report_failure: ReportFailure,
                 on_finished: OnFinished, wait: Callable[[threading.Event, float], bool],
                 journal: Optional[Journal] = None) -> None:
        self.item = (session.machine_identifier, session.rating_key)
        self._session_id = session.session_id
        self._place = session.place.report() if session.place is not None else {}
        self._get_client = get_client
        self._report_failure = report_failure
        self._on_finished = on_finished
        #: Called in the thread of the reports, once, with the words in which the server ends the playback.
        self.on_terminated: Callable[[str], None] = _ignore
        self._terminated = False
        self._wait = wait
        #: Those of playbacks that ended before this one began: the server is to hear of their ends first, or it would
        #: take a play queue back to the earlier entry.
        self.earlier: Sequence[Reporter] = ()
        #: Another playback has begun since.
        self.followed = False
        self._end_tried = threading.Event()
        self._changed = threading.Condition()
        self._report: Optional[Report] = None
        self._finish: Optional[Finish] = None
        self._superseded = self._quitting = False
        self._sent = self._end_sent = self._end_told = False
        self._woken = threading.Event()
        self._journal = journal or NoJournal()
        self._duration_ms = 0
        self._rule: Optional[PlayedRule] = None
        self._markers: Sequence[Marker] = session.playable.markers if session.playable is not None else ()
        self._views = ViewCount(session.rating_key, self._pause)
        if session.playable is not None and session.asked_now:
            self._duration_ms = max(0, session.playable.item.duration)
            self._views.before(session.playable.item.view_count)
        self._thread = threading.Thread(target=self._run, name='pkc-timeline', daemon=True)

    @property
    def alive(self) -> bool:
        """Whether something may still be sent."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait for the thread's end, at most ``timeout`` seconds."""
        self._thread.join(timeout)

    def report(self, report: Report) -> None:
        """Send ``report`` unless a newer one comes first."""
        with self._changed:
            self._report = report
            self._changed.notify()

    def finish(self, finish: Finish) -> None:
        """The playback is over; nothing but its end is sent from now on."""
        with self._changed:
            self._finish, self._report = finish, None
            self._changed.notify()

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the end was tried to be told once, at most so long."""
        self._end_tried.wait(seconds)

    @property
    def ending(self) -> bool:
        """Whether the end is known, and was not tried to be told yet."""
        return self._finish is not None and not self._end_tried.is_set()

    def supersede(self) -> None:
        """The item is being played again: its newer position must not be overwritten by a late report."""
        self._superseded = True
        self._woken.set()

    def quit(self) -> None:
        """Kodi is stopping: try what is due once, then end."""
        with self._changed:
            self._quitting = True
            self._changed.notify()
        self._woken.set()

    # ---- the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while True:
                report, finish = self._next()
                if report is not None:
                    self._send(report)
                elif finish is not None:
                    self._end(finish)
                    return
                else:
                    return
        except Exception:  # top of the thread
            LOG.exception('Reporting playback of item %s failed', self.item[1])
        finally:
            self._end_tried.set()

    def _next(self) -> Tuple[Optional[Report], Optional[Finish]]:
        with self._changed:
            self._changed.wait_for(lambda: self._report or self._finish or self._quitting)
            report, self._report = self._report, None
            return report, self._finish

    def _send(self, report: Report) -> None:
        """A state that cannot be sent is forgotten: in ten seconds there is a newer one."""
        outcome = self._outcome(Finish(report.position_s, report.total_s, False))
        self._journal.keep(self._progress(report.position_s, report.total_s, outcome.watched))
        try:
            client = self._client()
            self._learn(client)
            self._sent = True
            words = client.timeline(self.item[1], report.state, _ms(report.position_s),
                                    _ms(report.total_s) or self._duration_ms, self._session_id, **self._place)
            if words and not self._terminated:
                self._terminated = True
                self.on_terminated(words)
            self._learn_rule(client)
        except (PlexError, LookupError) as error:
            self._failed(error)

    def _client(self) -> PMSClient:
        for one in self.earlier:
            while one.ending and not self._quitting:
                one.wait_for_end(_LOOK)
        self.earlier = ()
        return self._get_client(self.item[0])

    def _learn(self, client: PMSClient) -> None:
        """The item's length, and how often it counted as watched before our first report could change that."""
        if self._views.known or (self._sent and self._duration_ms):
            return
        for found in client.summaries([self.item[1]]):
            self._duration_ms = max(0, found.duration)
            if not self._sent:
                self._views.before(found.view_count)

    def _learn_rule(self, client: PMSClient) -> None:
        """From where on the server counts the item as watched; asked once, when it has been told that it plays."""
        if self._rule is None:
            self._rule = client.played_rule()

    def _end(self, finish: Finish) -> None:
        """Report the end until it is done, hopeless, superseded, or time is up; then tell the sync."""
        outcome = self._outcome(finish)
        kept = self._journal.keep(self._progress(finish.position_s, finish.total_s, outcome.watched, True))
        told, error = False, None
        for pause in chain(_FINISH_RETRY.pauses(KEPT_SECONDS if kept else FINISH_SECONDS), (0.0,)):
            try:
                client = self._client()
                self._learn(client)
                self._learn_rule(client)
                outcome = self._outcome(finish)
                self._tell_end(client, finish, outcome)
                told = True
                break
            except (PlexError, LookupError) as reason:
                self._failed(reason)
                error = reason
                given_up = isinstance(error, _HOPELESS) or not pause
            self._end_tried.set()
            if given_up or not self._pause(pause) or (self._superseded and not outcome.watched):
                break
        if told or isinstance(error, _FINAL) or (self._superseded and not outcome.watched):
            self._journal.done()
        elif self._journal.hand_over(self._progress(finish.position_s, finish.total_s, outcome.watched,
                                                    self._end_sent)):
            LOG.info('The end of the playback of item %s is reported later', self.item[1])
            told = True
        if not told:
            LOG.warning('The end of the playback of item %s was not reported', self.item[1])
        self._on_finished(self.item[0], self.item[1], outcome.position_ms, outcome.watched)

    def _progress(self, position_s: float, total_s: float, watched: bool, tried: bool = False) -> Progress:
        length = max(self._duration_ms, _ms(total_s))
        return Progress(_ms(position_s), length, watched, self._views.number_before, tried)

    def _outcome(self, finish: Finish) -> _Outcome:
        """What the server's rule makes of the end; where the rule is not known, the server itself has to say."""
        rule, length_ms = self._rule or PlayedRule(), self._duration(finish)
        reached_s = finish.position_s if finish.ran_s is None else finish.ran_s
        watched = is_watched(reached_s, length_ms / 1000.0,
                             rule.played_at(length_ms, self._markers) / 1000.0, finish.ended)
        certain = rule.known or finish.ended
        return _Outcome(watched, (watched and certain and length_ms) or _ms(finish.position_s), certain)

    def _tell_end(self, client: PMSClient, finish: Finish, outcome: _Outcome) -> None:
        """A report whose answer was lost may have counted: then it is not repeated, or it would count twice."""
        told = self._end_sent and outcome.watched and self._views.counted(client)
        if not self._end_told and not told:
            self._sent = self._end_sent = True
            late = self.followed and self._end_tried.is_set()
            client.timeline(self.item[1], 'stopped', outcome.position_ms, self._duration(finish), self._session_id,
                            **({} if late else self._place))
        self._end_told = True
        self._end_tried.set()
        if outcome.watched and outcome.certain:
            self._views.ensure_counted(client)

    def _duration(self, finish: Finish) -> int:
        """Of an item in several files Kodi knows only the file that it plays."""
        return max(self._duration_ms, _ms(finish.total_s))

    def _pause(self, seconds: float) -> bool:
        """Wait, shorter when something happens; False when Kodi is stopping."""
        if not self._quitting:
            self._wait(self._woken, seconds)
            self._woken.clear()
        return not self._quitting

    def _failed(self, error: Exception) -> None:
        LOG.info('Timeline of item %s: %s', self.item[1], error if isinstance(error, PlexError) else 'unknown server')
        if isinstance(error, (PlexConnectionError, PlexUnauthorized)):
            self._report_failure(self.item[0], error)


def _ignore(_words: str) -> None:
    """Nobody wants to know."""


def _ms(seconds: float) -> int:
    return max(0, int(seconds * 1000))
