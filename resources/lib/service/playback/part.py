"""Playback as a part of the service: the answer to ``play``, and what accompanies what plays."""
from __future__ import annotations

from typing import Any, Dict, Mapping

from ...kodi import addon as kodi_addon
from ...kodi.player import PlayerEvents
from ...local_server.api import ApiError
from ...local_server.exchange import Route
from ...local_server.streams import StreamRoute
from ...playback import stacks
from ...playback.errors import PlaybackError
from ...playback.methods import PlayRequest
from ...playback.resolve import Resolver
from ...playback.session import SessionRegistry
from ...playback.stream_registry import PART, SUBTITLE, StreamRegistry
from ...playback.watcher import PlaybackWatcher
from ...plex_model import EPISODE, MOVIE
from .. import queue_entries
from ..calls import asked_twice, require_sign_in
from ..error_texts import text_name
from ..part import Handler, Part
from ..shared import Shared
from .features import FEATURES
from .methods import play_methods
from .trailers import Trailers


class Playback(Part):
    """Plays items of Plex, and follows Kodi's player meanwhile."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._streams, sessions = StreamRegistry(), SessionRegistry()
        self._resolver = Resolver(shared.clients.of_server, play_methods(shared, self._streams), sessions)
        self._trailers = Trailers(shared)
        self._factories = [make(shared) for make in FEATURES]
        self.watcher = PlaybackWatcher(sessions, self._factories, lambda: self.player.position())
        self.player = PlayerEvents(self.watcher)

    def start(self) -> None:
        """Follow the player."""
        self.watcher.start()

    def stop(self) -> None:
        """What plays counts as stopped; the server is told so once."""
        self.watcher.stop()
        for factory in self._factories:
            factory.stop()

    def calls(self) -> Mapping[str, Handler]:
        """``play``: what Kodi's player gets for an item."""
        return {'play': self._play}

    def routes(self) -> Mapping[str, Route]:
        """The streams that ``play`` named."""
        failed = self.shared.clients.report_failure
        get_client = self.shared.clients.of_server
        return {'stream': StreamRoute(PART, self._streams, get_client, failed),
                'subtitle': StreamRoute(SUBTITLE, self._streams, get_client, failed)}

    def _play(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        require_sign_in(self.shared)
        # Kodi 21 has versions of films in its own library, and asks by itself.
        ask = kodi_addon.kodi_major() < 21 or arguments.get('type') == EPISODE
        ask = ask and queue_entries.current_place(str(arguments.get('rating_key'))) is None  # not amidst a queue
        request = PlayRequest(str(arguments.get('machine_identifier')), str(arguments.get('rating_key')),
                              str(arguments.get('media_id') or ''), ask, str(arguments.get('method') or ''))
        if arguments.get('type') == MOVIE and not arguments.get('resume'):
            instead = self._trailers.with_film(request)
            if instead:
                return {'instead': instead}
        try:
            found = asked_twice(self.shared, lambda: self._resolver.resolve(request))
        except PlaybackError as error:
            raise ApiError(text_name(error), error.detail) from error
        if found.versions:
            return {'versions': [{'id': one, 'label': label} for one, label in found.versions]}
        if stacks.is_stack(found.url):
            return {'instead': [queue_entries.stack(self.shared, request, found, bool(arguments.get('resume')))]}
        return {'url': found.url, 'title': found.title, 'mime': found.mime, 'subtitles': list(found.subtitles),
                'resume': found.resume_ms / 1000.0, 'total': found.duration_ms / 1000.0}
