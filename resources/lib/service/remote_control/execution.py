"""Carrying out what controllers ask for, one after the other, in the part's thread."""
from __future__ import annotations

import logging
from typing import Any, Callable, Dict, NamedTuple, Optional, Union

from ... import item_url, plex_queues
from ...kodi import control, jsonrpc, playlist, streams, video
from ...playback import stream_match
from ...playback.state import PlaybackState
from ...plex_errors import PlexBadAnswer, PlexError, PlexForbidden, PlexNotFound, PlexRejected
from ...plex_functions import PMSClient
from ...plex_model import CLIP, EPISODE, MOVIE
from ...plex_queues import PlayQueue, QueueEntry, QueueSource, QueueWish
from ...remote_control.commands import (
    Command,
    CreatePlayQueue,
    EnterText,
    Navigate,
    PlayMedia,
    RefreshPlayQueue,
    SeekTo,
    SetParameters,
    SetStreams,
    SkipTo,
    Transport,
)
from .. import queue_player
from ..shared import Shared
from .player import RemotePlayer

LOG = logging.getLogger('pkc.remote')

#: Seconds within which Kodi plays what it was told to play; it may have to wake the server's disk.
_PATIENCE = 60.0
#: Milliseconds by which one step goes on or back.
_FORWARD, _BACK = 30000, -10000
_REPEATS = (control.REPEAT_OFF, control.REPEAT_ONE, control.REPEAT_ALL)
_KEYS = {'moveUp': 'Up', 'moveDown': 'Down', 'moveLeft': 'Left', 'moveRight': 'Right', 'select': 'Select',
         'back': 'Back', 'contextMenu': 'ContextMenu', 'home': 'Home', 'toggleOSD': 'ShowOSD'}
_ACTIONS = {'pageUp': 'pageup', 'pageDown': 'pagedown', 'nextLetter': 'nextletter', 'previousLetter': 'prevletter'}


class _Begin(NamedTuple):
    """An item that a controller has begun, and what is still to be done when it plays: pause. ``until``: if it plays by
    then (monotonic seconds).
    """

    machine_identifier: str
    rating_key: str
    paused: bool
    until: float


class Execution:
    """Called in one thread, but for :meth:`started`."""

    def __init__(self, shared: Shared, player: RemotePlayer) -> None:
        self._shared = shared
        self._player = player
        self._begin: Optional[_Begin] = None
        self._actions: Dict[Any, Callable[[Any], None]] = {
            PlayMedia: self._play_media, CreatePlayQueue: self._create_play_queue, Transport: self._transport,
            SeekTo: self._seek_to, SkipTo: self._skip_to, SetParameters: self._set_parameters,
            SetStreams: self._set_streams, Navigate: self._navigate, EnterText: self._enter_text,
            RefreshPlayQueue: self._refresh}

    def carry_out(self, command: Command) -> None:
        """Never raises: whoever asked has an answer already, and sees in the timeline what became of it."""
        name = type(command).__name__
        try:
            self._actions[type(command)](command)
        except (PlexError, LookupError, jsonrpc.JsonRpcError) as error:
            LOG.warning('%s was not carried out: %s', name, error)
        except Exception:  # the top of what one command does
            LOG.exception('%s failed', name)
        self._player.changed()

    def started(self, playback: PlaybackState) -> None:
        """An item plays. The playback's thread: return at once."""
        begin, self._begin = self._begin, None
        if begin is None or begin[:2] != (playback.machine_identifier, playback.rating_key) or (
                self._shared.clock.monotonic() > begin.until):
            return
        playlist.forget_start()
        if begin.paused:
            control.set_paused(True)

    # ---- playing ---------------------------------------------------------------------------------------------------

    def _play_media(self, command: PlayMedia) -> None:
        client = self._client(command.machine_identifier)
        found = _queue_of(client, command.queue_id) if command.queue_id else None
        if found is None or command.rating_key not in (entry.item.rating_key for entry in found.entries):
            found = _single(client, command.machine_identifier, command.rating_key)
        self._play(found, command, command.rating_key)

    def _create_play_queue(self, command: CreatePlayQueue) -> None:
        client = self._client(command.machine_identifier)
        found = plex_queues.create(client, command.machine_identifier, command.source, command.wish)
        self._play(found, command, command.wish.first)

    def _play(self, found: PlayQueue, command: Union[PlayMedia, CreatePlayQueue], rating_key: str) -> None:
        if not found.entries:
            LOG.info('there is nothing to play that Kodi plays')
            return
        start, shared, machine = found.position(rating_key), self._shared, command.machine_identifier
        self._begin = _Begin(machine, found.entries[start].item.rating_key, command.paused,
                             shared.clock.monotonic() + _PATIENCE)
        server = queue_player.QueueServer(self._client(machine), machine)
        queue_player.play(shared, server, found, queue_player.Beginning(found.entries, start, command.offset))

    def _client(self, machine_identifier: str) -> PMSClient:
        return self._shared.clients.of_server(machine_identifier)

    def _refresh(self, command: RefreshPlayQueue) -> None:
        """The version that timelines carry; what Kodi's playlist holds stays."""
        place, session = self._player.place, self._player.session
        if session is None or place is None or place.queue_id != command.queue_id:
            return
        machine = session.machine_identifier
        self._shared.queue_turn.changed(machine, plex_queues.get(self._client(machine), command.queue_id))

    # ---- what plays ------------------------------------------------------------------------------------------------

    def _transport(self, command: Transport) -> None:
        actions: Dict[str, Callable[[], None]] = {
            'play': lambda: control.set_paused(False), 'pause': lambda: control.set_paused(True),
            'stop': control.stop, 'skipNext': lambda: control.go_to('next'),
            'skipPrevious': lambda: control.go_to('previous'), 'stepForward': lambda: self._step(_FORWARD),
            'stepBack': lambda: self._step(_BACK)}
        actions[command.action]()

    @staticmethod
    def _step(milliseconds: int) -> None:
        state = control.player_state()
        if state is not None:
            video.seek(max(0, min(state.position + milliseconds, max(state.duration - 1000, 0))) / 1000.0)

    @staticmethod
    def _seek_to(command: SeekTo) -> None:
        video.seek(command.position / 1000.0)

    def _skip_to(self, command: SkipTo) -> None:
        session = self._player.session
        for position, url in enumerate(control.entries()):
            ref = item_url.parse(url)
            if ref is not None and session is not None and (ref.machine_identifier, ref.rating_key) == (
                    session.machine_identifier, command.rating_key):
                control.go_to_entry(position)
                return

    @staticmethod
    def _set_parameters(command: SetParameters) -> None:
        if command.volume is not None:
            control.set_volume(command.volume)
        if command.shuffle is not None:
            control.set_shuffle(command.shuffle)
        if command.repeat is not None:
            control.set_repeat(_REPEATS[command.repeat])

    def _set_streams(self, command: SetStreams) -> None:
        session = self._player.session
        part = session.part if session is not None else None
        found = streams.read(self._player.file)
        if part is None or found is None:
            return
        audio = stream_match.audio(part, found.audio).get(command.audio)
        if audio is not None:
            streams.select_audio(audio.number)
        subtitle = stream_match.subtitles(part, found.subtitles).get(command.subtitle)
        if subtitle is not None:
            streams.select_subtitle(subtitle.number)
        elif command.subtitle == '0':
            streams.select_subtitle(streams.OFF)

    # ---- windows ---------------------------------------------------------------------------------------------------

    @staticmethod
    def _navigate(command: Navigate) -> None:
        if command.action in _KEYS:
            control.press(_KEYS[command.action])
        else:
            control.act(_ACTIONS[command.action])

    @staticmethod
    def _enter_text(command: EnterText) -> None:
        control.enter_text(command.text, command.complete)


def _queue_of(client: PMSClient, queue_id: str) -> Optional[PlayQueue]:
    """A queue; None for one that is another user's, or gone."""
    try:
        return plex_queues.get(client, queue_id)
    except (PlexNotFound, PlexForbidden, PlexRejected, PlexBadAnswer) as error:
        LOG.info('the queue is not there: %s', error)
        return None


def _single(client: PMSClient, machine_identifier: str, rating_key: str) -> PlayQueue:
    """An item without a queue; a show or season as the queue that the server makes of it. Raises LookupError."""
    items = client.items([rating_key])[0]
    if not items:
        raise LookupError('the server has no such item')
    if items[0].plex_type in (MOVIE, EPISODE, CLIP):
        return PlayQueue('', '', 1, (QueueEntry('', items[0]),))
    return plex_queues.create(client, machine_identifier, QueueSource(items[0].plex_type, rating_key), QueueWish())
