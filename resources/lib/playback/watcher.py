"""Turns Kodi's player events into the life of one playback, told to its features in a thread of our own.

Kodi calls the ``on_…`` methods in its own thread and must not wait: they only queue.
"""
from __future__ import annotations

import logging
import queue
import threading
from dataclasses import replace
from functools import partial
from typing import Callable, List, NamedTuple, Optional, Sequence

from ..plex_model import PlayableItem
from . import stacks
from .features import Feature, FeatureFactory
from .session import PlaybackSession, SessionRegistry
from .state import BUFFERING, ENDED, FAILED, PAUSED, PLAYING, STOPPED, PlaybackState

LOG = logging.getLogger('pkc.playback')

#: Seconds between ticks. Nothing wakes up while nothing of ours plays.
TICK_PLAYING = 1.0
TICK_PAUSED = 5.0
#: Ticks without movement after which a playing stream counts as buffering.
_STALLED_TICKS = 3
#: Ticks after which a playback by another program is over, when Kodi plays nothing and has not said so.
_GONE_TICKS = 3
#: Seconds by which a position does not change from one tick to the next.
_JUMP_S = 60.0


class _Event(NamedTuple):
    """What Kodi's player tells; the fields are those of :meth:`PlaybackWatcher.on_started`."""

    name: str
    file: str = ''
    position_s: float = -1.0
    total_s: float = 0.0
    source: str = ''
    external: bool = False
    item: Optional[PlayableItem] = None
    stream_id: str = ''


def _always() -> bool:
    return True


class PlaybackWatcher:
    """Follows Kodi's player. Files that are not ours are ignored: ``sessions`` tells.

    ``factories`` make the features of each playback. ``position_s()`` gives the player's position in seconds, None
    when there is none; it is called in the watcher's thread, as is ``plays_on()``: whether the item still plays.
    """

    def __init__(self, sessions: SessionRegistry, factories: Sequence[FeatureFactory],
                 position_s: Callable[[], Optional[float]],
                 tick_playing: float = TICK_PLAYING, tick_paused: float = TICK_PAUSED,
                 plays_on: Callable[[], bool] = _always) -> None:
        self._sessions = sessions
        self._factories = factories
        self._position_s = position_s
        self._tick_playing = tick_playing
        self._tick_paused = tick_paused
        self._plays_on = plays_on
        #: Called in the watcher's thread when it is over before anything was seen: how.
        self.on_unstarted: Callable[[str], None] = _ignore
        self._events: queue.Queue[_Event] = queue.Queue()
        self._playback: Optional[PlaybackState] = None
        self._features: List[Feature] = []
        self._still = self._gone = 0
        self._doubted_s = -_JUMP_S
        self._thread: Optional[threading.Thread] = None
        self._active = threading.Event()

    @property
    def active(self) -> bool:
        """Whether one of our items is in the player (the sync pauses meanwhile)."""
        return self._active.is_set()

    @property
    def playback(self) -> Optional[PlaybackState]:
        """What plays of ours now, as it was seen last; None when nothing does."""
        return self._playback

    # ---- the service's calls -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name='pkc-playback', daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 1.0) -> None:
        """End the thread; a running playback is reported as stopped. Waits up to ``timeout`` seconds."""
        self._events.put(_Event('quit'))
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def on_subtitle_added(self, item: PlayableItem, stream_id: str) -> None:
        """The server has a new subtitle for an item, which Kodi is about to show: the item as it is now."""
        self._events.put(_Event('subtitle', item=item, stream_id=stream_id))

    # ---- Kodi's events -----------------------------------------------------------------------------------------

    def on_started(self, file: str, position_s: float, total_s: float, source: str = '',
                   external: bool = False) -> None:
        """The player opened ``file``. A second call for the same playback updates position and length.

        ``source`` and ``external``: see :class:`~.session.SessionRegistry` and :class:`~.session.PlaybackSession`.
        """
        self._events.put(_Event('started', file, position_s, total_s, source, external))

    def on_paused(self) -> None:
        """Paused."""
        self._events.put(_Event('paused'))

    def on_resumed(self) -> None:
        """Playing again."""
        self._events.put(_Event('resumed'))

    def on_seek(self, position_s: float) -> None:
        """The user moved to ``position_s`` (seconds)."""
        self._events.put(_Event('seek', position_s=position_s))

    def on_stopped(self) -> None:
        """The user stopped."""
        self._events.put(_Event(STOPPED))

    def on_ended(self) -> None:
        """The stream came to its end."""
        self._events.put(_Event(ENDED))

    def on_error(self) -> None:
        """The player gave up."""
        self._events.put(_Event(FAILED))

    # ---- the watcher's thread ----------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                event = self._events.get(timeout=self._wait_seconds())
            except queue.Empty:
                self._guarded(self._tick)
                continue
            if event.name == 'quit':
                self._guarded(partial(self._finish, STOPPED))
                return
            self._guarded(partial(self._handle, event))

    def _wait_seconds(self) -> Optional[float]:
        if self._playback is None:
            return None
        return self._tick_paused if self._playback.state == PAUSED else self._tick_playing

    @staticmethod
    def _guarded(action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:  # top of the thread: the next playback must still be seen
            LOG.exception('Watching the player failed')

    def _handle(self, event: _Event) -> None:
        name = event.name
        if name == 'started':
            self._start(event)
        elif self._playback is None:
            if name in (STOPPED, ENDED, FAILED):
                self.on_unstarted(name)
        elif name in (STOPPED, ENDED, FAILED):
            # The end of another program says nothing about the video.
            self._finish(STOPPED if self._playback.session.external else name)
        elif self._playback.session.external:
            return
        elif name == 'subtitle':
            self._add_subtitle(self._playback, event)
        elif name == 'paused':
            self._change(self._moved(state=PAUSED))
        elif name == 'resumed':
            self._change(self._moved(state=PLAYING))
        elif name == 'seek':
            self._still = 0
            self._change(replace(self._playback, position_s=max(0.0, event.position_s)))

    def _add_subtitle(self, playback: PlaybackState, event: _Event) -> None:
        if event.item is None or event.item.item.rating_key != playback.rating_key:
            return
        known = playback.session.playable  # what it says of the user's views is that of the beginning
        item = event.item if known is None else known._replace(media=event.item.media)
        new = replace(playback, session=replace(playback.session, playable=item))
        self._playback = new
        self._tell(lambda feature: feature.on_subtitle_added(new, event.stream_id))

    def _start(self, event: _Event) -> None:
        old, file, position_s, total_s = self._playback, event.file, event.position_s, event.total_s
        if old is not None and old.file == file and old.session.external:
            return
        if old is not None and old.file == file and not stacks.is_whole(file):
            self._playback = replace(old, position_s=max(position_s, old.position_s),
                                     total_s=total_s if total_s > 0 else old.total_s)
            return
        going_on = self._sessions.going_on(old.session, file, position_s) if old is not None else None
        if old is not None and going_on is not None:
            self._still = 0
            self._change(replace(old, session=going_on, file=file, state=PLAYING,
                                 position_s=position_s if position_s > 0 else old.position_s))
            return
        self._finish(STOPPED)
        session = self._sessions.begin(file, event.source)
        if session is None:
            return
        if event.external:
            session = replace(session, external=True)
            position_s = session.resume_s
            LOG.info('Another program plays item %s', session.rating_key)
        elif stacks.is_whole(file):
            session = session.at(position_s)
        playback = PlaybackState(session, file, PLAYING, max(0.0, position_s), max(0.0, total_s))
        LOG.info('Playback of item %s started at %.0f of %.0f s', session.rating_key, position_s, total_s)
        self._still = self._gone = 0
        self._playback = playback
        self._active.set()
        for factory in self._factories:
            self._guarded(partial(self._add_feature, factory, session))
        self._tell(lambda feature: feature.on_playback_started(playback))

    def _add_feature(self, factory: FeatureFactory, session: PlaybackSession) -> None:
        feature = factory.feature(session)
        if feature is not None:
            self._features.append(feature)

    def _tick(self) -> None:
        old = self._playback
        if old is None:
            return
        if old.session.external:
            self._tick_external(old)
            return
        new = self._moved()
        self._still = self._still + 1 if new.position_s == old.position_s and old.state != PAUSED else 0
        if old.state == PLAYING and self._still >= _STALLED_TICKS:
            self._change(replace(new, state=BUFFERING))
        elif old.state == BUFFERING and not self._still:
            self._change(replace(new, state=PLAYING))
        else:
            self._playback = new
            self._tell(lambda feature: feature.on_tick(new))

    def _tick_external(self, playback: PlaybackState) -> None:
        """The position is not known, so the last one stays; and Kodi may forget to say that it is over."""
        self._gone = 0 if self._plays_on() else self._gone + 1
        if self._gone >= _GONE_TICKS:
            self._finish(STOPPED)
        else:
            self._tell(lambda feature: feature.on_tick(playback))

    def _moved(self, state: str = '') -> PlaybackState:
        """The playback with the player's position, if it has one."""
        playback = self._playback
        assert playback is not None
        position_s = self._position_s()
        if position_s is None or position_s < 0 or self._doubtful(playback, position_s):
            position_s = playback.position_s
        return replace(playback, position_s=position_s, state=state or playback.state)

    def _doubtful(self, playback: PlaybackState, position_s: float) -> bool:
        """Between two files of a stack Kodi adds the beginning of the one to the position in the other. A jump of which
        Kodi did not tell is believed when it is read twice.
        """
        if not stacks.is_whole(playback.file) or abs(position_s - playback.position_s) < _JUMP_S:
            return False
        before, self._doubted_s = self._doubted_s, position_s
        return abs(position_s - before) >= _JUMP_S

    def _change(self, playback: PlaybackState) -> None:
        self._playback = playback
        self._tell(lambda feature: feature.on_playback_changed(playback))

    def _finish(self, reason: str) -> None:
        """Kodi gives no position any more: the last good one stays."""
        playback, self._playback = self._playback, None
        self._active.clear()
        if playback is None:
            return
        LOG.info('Playback of item %s %s at %.0f s', playback.rating_key, reason, playback.position_s)
        self._tell(lambda feature: feature.on_playback_stopped(playback, reason))
        self._features = []

    def _tell(self, call: Callable[[Feature], None]) -> None:
        """One feature's failure must not keep the others from knowing."""
        for feature in self._features:
            self._guarded(partial(call, feature))


def _ignore(_reason: str) -> None:
    """Nobody wants to know."""
