"""What plays, for controllers; what they ask for waits here until it is carried out."""
from __future__ import annotations

import logging
import queue
import threading
from typing import Dict, Optional, Tuple

from ...kodi import control, streams
from ...playback import queue_place, stream_match
from ...playback.session import PlaybackSession
from ...playback.state import PlaybackState
from ...remote_control import limits
from ...remote_control.commands import Command, CreatePlayQueue, PlayMedia
from ...remote_control.timeline import PAUSED, PLAYING, QueuePlace, Timeline
from .. import queue_entries
from ..shared import Shared

LOG = logging.getLogger('pkc.remote')

#: Seconds between two looks at a player somebody waits for.
_LOOK = 1.0
_REPEATS = {control.REPEAT_OFF: 0, control.REPEAT_ONE: 1, control.REPEAT_ALL: 2}


class RemotePlayer:
    """Kodi's player as controllers see it (:class:`~...remote_control.companion.Player`). Videos of ours only."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._changed = threading.Condition()
        self._playback: Optional[PlaybackState] = None
        #: Where what plays is in a play queue of the server.
        self.place: Optional[queue_place.QueuePlace] = None
        self.commands: queue.Queue[Optional[Command]] = queue.Queue(limits.MAX_COMMANDS)
        #: Grows with each change.
        self.version = 0

    # ---- what others tell ------------------------------------------------------------------------------------------

    def started(self, playback: PlaybackState) -> None:
        """One of our items plays."""
        self.place = queue_entries.current_place(playback.machine_identifier, playback.rating_key)
        self._playback = playback
        self.changed()

    def ended(self) -> None:
        """It does not play any more."""
        self._playback = self.place = None
        self.changed()

    def changed(self) -> None:
        """Something may be different from what was told last."""
        with self._changed:
            self.version += 1
            self._changed.notify_all()

    def wait_changed(self, version: int, seconds: float) -> None:
        """Wait until there is something newer than ``version``, at most so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version, seconds)

    # ---- what controllers ask --------------------------------------------------------------------------------------

    @property
    def session(self) -> Optional[PlaybackSession]:
        """What plays of ours."""
        playback = self._playback
        return playback.session if playback is not None else None

    @property
    def file(self) -> str:
        """The file that Kodi plays for it."""
        playback = self._playback
        return playback.file if playback is not None else ''

    def now(self) -> Timeline:
        """What plays at this moment."""
        playback, loudness = self._playback, control.volume()
        state = control.player_state() if playback is not None else None
        idle = Timeline(volume=loudness.level, muted=loudness.muted)
        if playback is None or state is None:
            return idle
        audio, subtitle = self._streams(playback)
        return idle._replace(
            state=PAUSED if state.paused else PLAYING, machine_identifier=playback.machine_identifier,
            rating_key=playback.rating_key, position=state.position, duration=state.duration, shuffle=state.shuffled,
            repeat=_REPEATS.get(state.repeat, 0), audio_stream=audio, subtitle_stream=subtitle,
            place=self._place_told())

    def wait(self, known: Timeline, seconds: float) -> Timeline:
        """As :meth:`now`, as soon as it differs from ``known``, or after so many seconds."""
        clock, version = self._shared.clock, self.version
        until = clock.monotonic() + seconds
        while clock.monotonic() < until and not self._shared.stopping.cancelled:
            now = self.now()
            if now.differs(known):
                return now
            self.wait_changed(version, _LOOK)
            version = self.version
        return self.now()

    def submit(self, command: Command) -> int:
        """Have it carried out in the part's thread; 404 for items of a server that is not chosen."""
        if isinstance(command, (PlayMedia, CreatePlayQueue)) and (
                command.machine_identifier not in self._shared.auth.status().machine_identifiers):
            LOG.info('an item of another server was asked for')
            return 404
        try:
            self.commands.put_nowait(command)
        except queue.Full:
            return 503
        return 200

    def wake(self) -> None:
        """Whoever carries out commands looks whether to go on."""
        try:
            self.commands.put_nowait(None)
        except queue.Full:
            pass  # then it does not sleep

    def forget_commands(self) -> None:
        """What was not carried out is not wanted any more."""
        while not self.commands.empty():
            self.commands.get_nowait()

    def _place_told(self) -> QueuePlace:
        place, session = self.place, self.session
        if place is None or session is None:
            return QueuePlace('', '', '')
        return QueuePlace(*place, self._shared.queue_turn.version(session.machine_identifier, place.queue_id))

    @staticmethod
    def _streams(playback: PlaybackState) -> Tuple[str, str]:
        """Plex's ids of what is heard and shown."""
        part = playback.session.part
        found = streams.read(playback.file) if part is not None else None
        if part is None or found is None:
            return '', ''
        audio = {stream.number: key for key, stream in stream_match.audio(part, found.audio).items()}
        subtitles: Dict[int, str] = {
            stream.number: key for key, stream in stream_match.subtitles(part, found.subtitles).items()}
        subtitle = '0' if found.subtitle_number == streams.OFF else subtitles.get(found.subtitle_number, '')
        return audio.get(found.audio_number, ''), subtitle
