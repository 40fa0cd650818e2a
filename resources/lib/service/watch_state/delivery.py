"""Tells one server what a user marked and played, in the order in which that happened."""
from __future__ import annotations

import logging
import time
from typing import Callable, Dict, Iterable, List, NamedTuple, Protocol, Sequence, Set, Tuple

from ...batches import by_halves, chunks
from ...library_sync.kinds import VIDEO
from ...playback.watched import ViewCount
from ...plex_errors import PlexBadAnswer, PlexError, PlexForbidden, PlexNotFound, PlexRejected, PlexServerError
from ...plex_functions import BATCH_SIZE, PMSClient
from ...plex_model import EPISODE, ItemSummary
from ...plex_preferences import IGNORED_MS
from ...state_db import POSITION, RATING, WATCHED, Mark, PlaybackReport
from .mark_store import MarkStore, Unsent
from .whole_shows import FEWEST, Together, together

LOG = logging.getLogger('pkc.service')

#: Marks of one batch that the server may fail to take before it is left in peace for a while.
_FAILURES = 3
#: Seconds by which a stamp of the server's must be newer than a mark of ours to count as the newer intention.
_NEWER = 10.0
#: Kodi's clock cannot be right before this (2020, Unix seconds): the box has none of its own.
_SANE_CLOCK = 1_577_836_800
_REFUSALS = (PlexNotFound, PlexForbidden, PlexRejected)


class Interrupted(Exception):
    """Something came that has to be written down first."""


class Recipient(NamedTuple):
    """A server that is told, and in whose name."""

    client: PMSClient
    machine_identifier: str
    user_id: str


class Attention(Protocol):
    """What the delivery asks its thread."""

    def interrupted(self) -> bool:
        """Whether something came that has to be written down first."""

    def pause(self, seconds: float) -> object:
        """Wait; returns at once when Kodi ends."""


class Delivery:
    """Works through what is kept. What the server took is noted in the store at once."""

    def __init__(self, store: MarkStore, attention: Attention, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._attention = attention
        self._now = now
        #: Called when a server was told something, or might have been.
        self.on_sent: Callable[[], None] = _ignore

    def send(self, to: Recipient, unsent: Unsent) -> None:
        """Tell a server everything. Raises PlexError when it has to wait, DatabaseError, :class:`Interrupted`."""
        try:
            self._send(to, unsent)
        finally:
            self.on_sent()

    def _send(self, to: Recipient, unsent: Unsent) -> None:
        marks = list(unsent.marks)
        for report in unsent.reports:
            self._marks(to, [mark for mark in marks if mark.sequence < report.sequence])
            marks = [mark for mark in marks if mark.sequence > report.sequence]
            self._report(to, report)
        self._marks(to, marks)

    # ---- playbacks -------------------------------------------------------------------------------------------------

    def _report(self, to: Recipient, report: PlaybackReport) -> None:
        try:
            for found in to.client.summaries([report.rating_key]):
                self._tell_report(to.client, report, found)
        except _REFUSALS as error:
            LOG.info('the playback of item %s is not reported: %s', report.rating_key, error)
        self._store.drop_report(report)
        if self._attention.interrupted():
            raise Interrupted

    def _tell_report(self, client: PMSClient, report: PlaybackReport, found: ItemSummary) -> None:
        """With the time that it belongs to. What happened at the server since then is newer and stays."""
        then = int(self._at_server(client, report.made_at))
        times = {'offline': 1, 'updated': then}
        if not report.watched:
            if report.position_ms > IGNORED_MS and found.last_viewed_at <= then + _NEWER:
                client.timeline(report.rating_key, 'stopped', report.position_ms, report.duration_ms, report.session_id,
                                **times)
                LOG.info('the resume point of item %s reached the server late', report.rating_key)
            return
        if 0 <= report.views_before < found.view_count:
            return  # it was told, and only the answer was lost
        self._store.put_report(report._replace(tried=True, views_before=found.view_count))
        client.timeline(report.rating_key, 'stopped', report.duration_ms or report.position_ms, report.duration_ms,
                        report.session_id, **times)
        views = ViewCount(report.rating_key, self._attention.pause)
        views.before(found.view_count)
        views.ensure_counted(client)
        LOG.info('that item %s was watched reached the server late', report.rating_key)

    def _at_server(self, client: PMSClient, made_at: int) -> float:
        """A time of Kodi's clock by the server's: they may differ, but both go at the same pace."""
        now = self._now()
        age = now - made_at if _SANE_CLOCK < made_at <= now else 0.0
        return (client.server_time or now) - age

    # ---- marks -----------------------------------------------------------------------------------------------------

    def _marks(self, to: Recipient, marks: Sequence[Mark]) -> None:
        left = self._whole_shows(to, marks)
        for batch in chunks(left, BATCH_SIZE):
            self._batch(to, batch)

    def _whole_shows(self, to: Recipient, marks: Sequence[Mark]) -> List[Mark]:
        """Tell what can be told of whole shows and seasons at once; returns the other marks."""
        watched = [mark for mark in marks if mark.action == WATCHED]
        if len(watched) < FEWEST:
            return list(marks)
        shows = self._store.shows_of(to.machine_identifier, [mark.rating_key for mark in watched],
                                     VIDEO.of_type(EPISODE).plex)
        groups: Dict[Tuple[str, bool], List[Mark]] = {}
        for mark in watched:
            if mark.rating_key in shows:
                groups.setdefault((shows[mark.rating_key], bool(mark.value)), []).append(mark)
        done: Set[Mark] = set()
        for (show, value), group in groups.items():
            if len(group) >= FEWEST:
                done |= self._show(to, show, value, group)
        return [mark for mark in marks if mark not in done]

    def _show(self, to: Recipient, show: str, value: bool, marks: Sequence[Mark]) -> Set[Mark]:
        """The marks that are done."""
        try:
            leaves = to.client.leaves(show)
        except (PlexServerError, PlexBadAnswer, *_REFUSALS) as error:
            LOG.info('the episodes of show %s are marked one by one: %s', show, error)
            return set()
        done: Set[Mark] = set()
        for step in together(show, leaves, marks, value):
            if step.key and not self._took(to.client, step, value):
                continue
            self._store.done(to.machine_identifier, to.user_id, step.marks, ())
            done.update(step.marks)
            if self._attention.interrupted():
                raise Interrupted
        return done

    @staticmethod
    def _took(client: PMSClient, step: Together, value: bool) -> bool:
        try:
            (client.scrobble if value else client.unscrobble)(step.key)
        except _REFUSALS as error:
            LOG.info('item %s: %s', step.key, error)
            return False
        LOG.info('%d episodes of item %s marked at once', len(step.marks), step.key)
        return True

    def _batch(self, to: Recipient, marks: Sequence[Mark]) -> None:
        """Compare and tell one by one."""
        there, unclear = _look(to.client, list(dict.fromkeys(mark.rating_key for mark in marks)))
        sent: List[Mark] = []
        refused: List[Mark] = []
        failures = len(unclear)
        try:
            for mark in marks:
                if mark.rating_key in unclear:
                    continue
                try:
                    took = mark.rating_key in there and self._tell(to.client, mark, there[mark.rating_key])
                except PlexServerError as error:
                    # Perhaps of this item only: the others must not wait for it.
                    unclear[mark.rating_key] = error
                    if len(unclear) > failures + _FAILURES:
                        raise
                    continue
                if not took:
                    LOG.warning('item %s is gone or the server does not take its mark, which is dropped',
                                mark.rating_key)
                (sent if took else refused).append(mark)
                if self._attention.interrupted():
                    raise Interrupted
            for reason in unclear.values():
                raise reason
        finally:
            if sent or refused:
                self._store.done(to.machine_identifier, to.user_id, sent, refused)

    def _tell(self, client: PMSClient, mark: Mark, found: ItemSummary) -> bool:
        """Whether the server has the mark now, or a newer one. Raises PlexError when it cannot be asked now."""
        if _agrees(mark, found):
            return True
        stamp = found.last_rated_at if mark.action == RATING else found.last_viewed_at
        undone = mark.action != WATCHED or not mark.value
        if undone and mark.made_at and stamp > self._at_server(client, mark.made_at) + _NEWER:
            LOG.info('item %s was changed elsewhere since it was marked', mark.rating_key)
            return True
        try:
            _send(client, mark, found)
        except _REFUSALS as error:
            LOG.info('item %s: %s', mark.rating_key, error)
            return False
        LOG.info('item %s: %s is %g at the server', mark.rating_key, mark.action, mark.value)
        return True


def _ignore() -> None:
    """Nobody wants to know."""


def _agrees(mark: Mark, found: ItemSummary) -> bool:
    if mark.action == WATCHED:
        return (found.view_count > 0) == bool(mark.value)
    if mark.action == RATING:
        return max(0.0, found.user_rating) == max(0.0, mark.value)
    return abs(found.view_offset - mark.value) < 1000 and bool(found.view_offset) == bool(mark.value)


def _send(client: PMSClient, mark: Mark, found: ItemSummary) -> None:
    """``/:/progress`` cannot take a resume point away, marking as watched or not does: as what the item is already."""
    key = mark.rating_key
    if mark.action == RATING:
        client.rate(key, mark.value if mark.value > 0 else -1)
    elif mark.action == POSITION and mark.value:
        client.progress(key, int(mark.value))
    elif mark.value or (mark.action == POSITION and found.view_count):
        client.scrobble(key)
    else:
        client.unscrobble(key)


def _look(client: PMSClient, rating_keys: List[str]) -> Tuple[Dict[str, ItemSummary], Dict[str, PlexError]]:
    """Which of these items the server has, and those of which it could not tell.

    A batch on which the server chokes is halved until the culprit stands alone. Raises PlexError.
    """
    found, failed = by_halves(rating_keys, client.summaries, (PlexServerError, PlexBadAnswer, PlexRejected),
                              hopeless=_FAILURES)
    items: Iterable[ItemSummary] = (one for some in found for one in some)
    return {one.rating_key: one for one in items}, dict(failed)
