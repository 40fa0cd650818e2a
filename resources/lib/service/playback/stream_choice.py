"""Playback feature: audio and subtitles are chosen in one place, Plex or Kodi, and chosen in the other too."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Dict, Optional, TypeVar

from ...kodi import jsonrpc, streams
from ...playback.features import Feature
from ...playback.session import PlaybackSession
from ...playback.stream_choice import Directions, Player, StreamChoice
from ...playback.transcode.stream import Transcode
from ...playback.transcode.target import BURNED
from ...plex_errors import PlexError
from ...plex_functions import PMSClient
from ...plex_media import AUDIO_STREAM, SUBTITLE_STREAM, Part
from ..shared import Shared

LOG = logging.getLogger('pkc.playback')

#: The number of a stream, or the URL of one.
Told = TypeVar('Told')


class Choosing:
    """Makes the feature of each playback whose file is known."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """What is chosen is told in the name of the user who began the playback."""
        wanted = self._shared.settings.current
        chosen = wanted.streams_from_plex or wanted.streams_to_plex
        if session.external or session.part is None or not (chosen or session.beside):
            return None
        if session.transcode is not None:
            return self._of_transcode(session.part, session.transcode)
        teller = Teller(self._shared.clients.of_this_user(), session.machine_identifier)
        return StreamChoice(session.part, _player(), Directions(
            wanted.streams_from_plex, teller.tell if wanted.streams_to_plex else None))

    def stop(self) -> None:
        """Nothing to end: what is told ends with its request."""

    def _of_transcode(self, part: Part, transcode: Transcode) -> Optional[Feature]:
        """Kodi has the chosen audio only, and no subtitle that is in the picture: what it lacks nobody took away."""
        if not self._shared.settings.current.streams_from_plex or transcode.target.subtitles == BURNED:
            return None
        return StreamChoice(part, _player(), Directions(True, None))


class Teller:
    """Tells the server in a thread of its own; of several choices in a row the newest."""

    def __init__(self, get_client: Callable[[str], PMSClient], machine_identifier: str) -> None:
        self._get_client = get_client
        self._machine_identifier = machine_identifier
        self._lock = threading.Lock()
        self._waiting: Dict[str, Dict[int, str]] = {}
        self._busy = False

    def tell(self, part_id: str, chosen: Dict[int, str]) -> None:
        """Ids of streams by kind, for a part."""
        with self._lock:
            self._waiting.setdefault(part_id, {}).update(chosen)
            if self._busy:
                return
            self._busy = True
        threading.Thread(target=self._run, name='pkc-streams', daemon=True).start()

    def _next(self) -> Optional[Dict[str, Dict[int, str]]]:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            self._busy = bool(waiting)
            return waiting or None

    def _run(self) -> None:
        while True:
            waiting = self._next()
            if waiting is None:
                return
            for part_id, chosen in waiting.items():
                self._send(part_id, chosen)

    def _send(self, part_id: str, chosen: Dict[int, str]) -> None:
        try:
            self._get_client(self._machine_identifier).select_streams(
                part_id, chosen.get(AUDIO_STREAM, ''), chosen.get(SUBTITLE_STREAM, ''))
            LOG.info('The server knows the streams that are chosen of part %s', part_id)
        except (PlexError, LookupError) as error:
            LOG.warning('The server was not told which streams are chosen: %s', error)
        except Exception:  # top of the thread
            LOG.exception('Telling which streams are chosen failed')


def _player() -> Player:
    return Player(streams.read, _quietly(streams.select_audio), _quietly(streams.select_subtitle),
                  _quietly(streams.add_subtitle))


def _quietly(tell: Callable[[Told], None]) -> Callable[[Told], None]:
    """What Kodi refuses stays as it is."""
    def try_to(what: Told) -> None:
        try:
            tell(what)
        except jsonrpc.JsonRpcError as error:
            LOG.warning('Kodi did not choose or take a stream: %s', error)
    return try_to
