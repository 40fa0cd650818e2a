"""Subtitles inside the file of a video that the server converts: of these Kodi gets only the one chosen in Plex."""
from __future__ import annotations

from typing import Dict, List

from ...local_server.api import ApiError
from ...playback import file_names
from ...playback.state import PlaybackState
from ...playback.transcode.needs import PICTURES
from ...playback.transcode.registry import Transcodes
from ...playback.transcode.stream import Transcode
from ...playback.transcode.target import BESIDE, BURNED
from ...plex_functions import PMSClient
from ...plex_media import SUBTITLE_STREAM, Stream
from ..shared import Shared


class FileSubtitles:
    """Has the server take one out of the file, as text, while the conversion goes on.

    It takes out the one that is chosen in Plex, so the choice is changed there: nothing is offered where the user does
    not want that (setting ``streams_to_plex``).
    """

    def __init__(self, shared: Shared, transcodes: Transcodes) -> None:
        self._shared = shared
        self._transcodes = transcodes

    def offered(self, playback: PlaybackState) -> List[Stream]:
        """Those that are text and that Kodi does not have yet; none of an original, which has its own."""
        part, transcode = playback.session.part, playback.session.transcode
        if part is None or transcode is None or transcode.target.subtitles == BURNED or (
                not self._shared.settings.current.streams_to_plex):
            return []
        return [one for one in part.streams if one.kind == SUBTITLE_STREAM and not one.key and not one.selected
                and one.codec.lower() not in PICTURES]

    def take_out(self, playback: PlaybackState, stream: Stream, client: PMSClient) -> Dict[str, str]:
        """The ``url`` of its text and the ``name`` of the file. Raises :class:`PlexError`, :class:`ApiError`."""
        part, running = playback.session.part, playback.session.transcode
        assert part is not None and running is not None
        client.select_streams(part.part_id, subtitle_id=stream.stream_id)
        # The one that runs has the streams with which it began.
        other = Transcode(running.target._replace(subtitles=BESIDE), self._shared.clients.of_server)
        name = file_names.subtitle_name(file_names.part_name(part), stream._replace(codec='srt', format='srt'))
        if not other.decide().possible:
            raise ApiError('subtitle_not_loaded')
        self._transcodes.add(other)
        return {'url': other.subtitle_url(self._shared.port, name), 'name': name}
