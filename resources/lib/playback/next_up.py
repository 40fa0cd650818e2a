"""Feature: offers the next episode when the final credits begin, and plays it by itself if the user wants that."""
from __future__ import annotations

import logging
import math
import threading
from typing import Callable, NamedTuple, Optional, Protocol

from ..plex_media import CREDITS
from ..plex_model import PlayableItem
from .features import Feature
from .session import PlaybackSession
from .state import ENDED, PAUSED, PlaybackState

LOG = logging.getLogger('pkc.playback')

#: What is done at the end of an episode; 1 means that the user is asked.
OFF, AUTOMATIC = 0, 2
#: Credits that begin in the first half are none of the end.
_LATE = 0.5


class Offer(Protocol):
    """The window on the screen; see ``kodi.windows.next_up``. None of the methods blocks."""

    def show(self, episode: PlayableItem, seconds: int, still_there: bool) -> None:
        """Have it on the screen. ``seconds`` until it plays by itself, 0 when it does not; ``still_there``: the user
        is asked whether anybody watches.
        """

    def hide(self) -> None:
        """Take it away."""


class NextUpChoices(NamedTuple):
    """What the user wants: ``mode`` is 1 (ask) or :data:`AUTOMATIC`. Times in seconds: how long the window counts
    down, and how long before the end it comes where Plex has not found the credits. ``clock`` gives monotonic seconds.
    """

    mode: int
    countdown_s: float
    before_end_s: float
    clock: Callable[[], float]


class Row:
    """How many episodes have begun by themselves since somebody last touched the remote; for all playbacks."""

    def __init__(self) -> None:
        self.count = 0
        #: ratingKey of what was begun by itself last.
        self.begun = ''


class NextUpFeature(Feature):
    """The end of one playback. ``play(episode)`` begins the next one and returns at once.

    ``most`` is the number of episodes that begin by themselves before the user is asked whether he is there, 0 for any.
    """

    def __init__(self, session: PlaybackSession, choices: NextUpChoices, row: Row, most: int,
                 play: Callable[[PlayableItem], None]) -> None:
        self._choices = choices
        self._row = row
        self._most = most
        self._play = play
        self._credits_s = credits_start(session)
        self._offer: Optional[Offer] = None
        self._episode: Optional[PlayableItem] = None
        self._lock = threading.Lock()
        self._open = self._refused = self._over = False
        self._passed_s = self._looked_at = 0.0
        if row.begun != session.rating_key:
            row.count = 0

    def use(self, offer: Offer) -> None:
        """The window whose answers come to :meth:`answered`. Called before the playback starts."""
        self._offer = offer

    def found(self, episode: PlayableItem) -> None:
        """The next episode is known. May be called in any thread."""
        self._episode = episode

    def on_playback_started(self, playback: PlaybackState) -> None:
        """It may be resumed within the credits."""
        self._look(playback)

    def on_tick(self, playback: PlaybackState) -> None:
        """Once a second."""
        self._look(playback)

    def on_playback_changed(self, playback: PlaybackState) -> None:
        """The user may have jumped to the credits or away from them. Who pauses is there."""
        if playback.state == PAUSED:
            self._row.count = 0
        self._look(playback)

    def on_playback_stopped(self, playback: PlaybackState, reason: str) -> None:
        """Who lets it run to its end without a word gets the next one, if that is wanted."""
        with self._lock:
            self._hide()
            at_its_end = reason == ENDED and playback.position_s >= self._moment_s(playback.total_s)
            if at_its_end and self._by_itself() and not self._refused:
                self._begin(by_itself=True)
            self._over = True

    def answered(self, play: bool) -> None:
        """The user wants the next one now, or not. Called in the window's thread."""
        with self._lock:
            self._hide()
            self._row.count = 0
            if play:
                self._begin(by_itself=False)
            else:
                LOG.info('The user does not want the next episode')
                self._refused = True

    def _look(self, playback: PlaybackState) -> None:
        with self._lock:
            now, before = self._choices.clock(), self._looked_at
            self._looked_at = now
            if self._episode is None or self._over:
                return
            if playback.total_s <= 0 or playback.position_s < self._moment_s(playback.total_s):
                self._hide()
                self._refused = False
            elif not self._refused:
                if self._open and playback.state != PAUSED:
                    self._passed_s += now - before
                self._show(self._episode)

    def _moment_s(self, total_s: float) -> float:
        if _LATE * total_s <= self._credits_s < total_s:
            return self._credits_s
        return max(_LATE * total_s, total_s - self._choices.before_end_s)

    def _by_itself(self) -> bool:
        return self._choices.mode == AUTOMATIC and not 0 < self._most <= self._row.count

    def _show(self, episode: PlayableItem) -> None:
        left = math.ceil(self._choices.countdown_s - self._passed_s)
        if self._by_itself() and left <= 0:
            self._hide()
            self._begin(by_itself=True)
        elif self._offer is not None:
            self._open = True
            self._offer.show(episode, left if self._by_itself() else 0,
                             self._choices.mode == AUTOMATIC and not self._by_itself())

    def _begin(self, by_itself: bool) -> None:
        if self._episode is None or self._over:
            return
        self._over = True
        LOG.info('Episode %s comes next', self._episode.item.rating_key)
        self._row.count = self._row.count + 1 if by_itself else 0
        self._row.begun = self._episode.item.rating_key
        self._play(self._episode)

    def _hide(self) -> None:
        self._open, self._passed_s = False, 0.0
        if self._offer is not None:
            self._offer.hide()


def credits_start(session: PlaybackSession) -> float:
    """Where the final credits of what is played begin, in seconds; 0 where Plex does not say it."""
    markers = session.playable.markers if session.playable is not None else ()
    return next((one.start / 1000.0 for one in markers if one.kind == CREDITS and one.final), 0.0)
