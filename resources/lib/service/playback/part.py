"""Playback as a part of the service: the answer to ``play``, and what accompanies what plays."""
from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ...kodi import addon as kodi_addon
from ...kodi.player import PlayerEvents
from ...local_server.api import ApiError
from ...local_server.exchange import Route
from ...local_server.stream_ahead import ReadAhead, StreamAhead
from ...local_server.streams import StreamRoute
from ...local_server.subtitles_ahead import SubtitlesAhead
from ...local_server.transcode import TranscodeRoute
from ...playback import stacks
from ...playback.direct_play import DirectPlay
from ...playback.errors import PlaybackError
from ...playback.features import FeatureFactory
from ...playback.methods import PlayRequest
from ...playback.resolve import Playable, Resolver
from ...playback.session import SessionRegistry
from ...playback.stream_registry import PART, SUBTITLE, StreamRegistry
from ...playback.transcode.registry import Transcodes
from ...playback.watcher import PlaybackWatcher
from ...playback.wishes import Wish, Wishes
from ...plex_model import EPISODE, MOVIE
from .. import queue_entries
from ..calls import asked_twice, require_sign_in
from ..error_texts import text_name
from ..events import PlayAs, PlayAsked
from ..list_item import WireItem
from ..part import Handler, Part
from ..playlist_place import PlaylistPlace
from ..same_titles import SameTitles
from ..shared import Shared
from . import opening
from .best_copy import BestCopy
from .direct_paths import direct_path
from .fallback import Fallback
from .features import FEATURES
from .file_subtitles import FileSubtitles
from .guesses import Guesses
from .methods import play_methods
from .online_subtitles import OnlineSubtitles
from .terms import TermsOfServers
from .trailers import Trailers
from .version_choice import VersionChoice

_LONGEST_ENDING_S = 1.0


class Playback(Part):
    """Plays items of Plex, and follows Kodi's player meanwhile."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._streams, sessions, self._transcodes = StreamRegistry(), SessionRegistry(), Transcodes()
        get_client = shared.clients.of_server
        self._ahead = ReadAhead(StreamAhead(get_client), SubtitlesAhead(get_client))
        terms = TermsOfServers(shared)
        streaming = DirectPlay(shared.port, self._streams)
        self._guesses = Guesses(shared, streaming)
        path = direct_path(shared, streaming)
        self._versions = VersionChoice(shared, terms, path.covers)
        methods = play_methods(shared, streaming, path, self._transcodes, terms)
        self._resolver = Resolver(shared.clients.of_server, methods, sessions, self._versions.choose)
        self._trailers = Trailers(shared)
        self._same_titles = SameTitles(shared)
        self._best_copy = BestCopy(shared, self._same_titles, self._versions)
        self._place = PlaylistPlace(shared.events)
        self._wishes = Wishes(shared.clock.monotonic)
        self._fallback = Fallback(shared, sessions, terms)
        self._factories: List[FeatureFactory] = [*(make(shared) for make in FEATURES), self._fallback]
        self.watcher = PlaybackWatcher(sessions, self._factories, lambda: self.player.position(),
                                       plays_on=lambda: self.player.plays_on())
        self._subtitles = OnlineSubtitles(shared, self.watcher, streaming, FileSubtitles(shared, self._transcodes))
        self.watcher.on_unstarted = self._fallback.unstarted
        self.player = PlayerEvents(self.watcher)
        shared.events.subscribe(PlayAs, self._play_as)

    def start(self) -> None:
        """Follow the player."""
        self.watcher.start()

    def stop(self) -> None:
        """What plays counts as stopped; the server is told so once."""
        self._ahead.stream.stop()
        self.watcher.stop()
        for factory in self._factories:
            factory.stop()
        self._transcodes.stop(_LONGEST_ENDING_S)

    def calls(self) -> Mapping[str, Handler]:
        """``play``: what Kodi's player gets for an item; and what Kodi's subtitle dialog asks for."""
        return {'play': self._play, **self._subtitles.calls()}

    def routes(self) -> Mapping[str, Route]:
        """The streams that ``play`` named."""
        failed = self.shared.clients.report_failure
        get_client = self.shared.clients.of_server
        meter, ahead = self._fallback.meter, self._ahead
        return {'stream': StreamRoute(PART, self._streams, get_client, failed, meter, ahead),
                'subtitle': StreamRoute(SUBTITLE, self._streams, get_client, failed, ahead=ahead),
                'transcode': TranscodeRoute(self._transcodes, failed)}

    def _play(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        require_sign_in(self.shared)
        self.shared.events.publish(PlayAsked())
        standing = self.shared.queue_turn.standing(str(arguments.get('machine_identifier')),
                                                   str(arguments.get('rating_key')))
        wish, request = self._request(arguments, standing is not None)
        asked = str(arguments.get('machine_identifier')), str(arguments.get('rating_key'))
        self._fallback.asked(bool(arguments.get('resume')))
        if arguments.get('chosen') or (wish is not None and wish.by_user):
            self._versions.chosen(request)
        if wish is standing is None and arguments.get('type') == MOVIE and not arguments.get('resume'):
            instead = self._trailers.with_film(request)
            if instead:
                return self._instead(request, instead)
        if wish is standing is None and not request.media_id:  # a queue is of one server
            request = self._best_copy.of(request)
        if wish is None:
            self._ahead.stream.begin(self._guesses.of(request))
        try:
            request, found = self._resolved(request)
        except PlaybackError as error:
            raise ApiError(text_name(error), error.detail) from error
        of_other = (request.machine_identifier, request.rating_key) != asked
        if found.versions and (wish is not None or of_other):  # Kodi asks once more, for what the user chooses
            self._wishes.put(*asked, (wish or Wish())._replace(
                copy=(request.machine_identifier, request.rating_key) if of_other else ('', '')))
        if stacks.is_stack(found.url):
            stack = queue_entries.stack(self.shared, request.machine_identifier, found, bool(arguments.get('resume')),
                                        standing)
            return self._instead(request, [stack])
        source = self._streams.at(found.url)
        self._guesses.found(request, source)
        self._ahead.stream.begin(source)
        self._ahead.subtitles.begin([source for source in map(self._streams.at, found.subtitles) if source is not None])
        return _answer(found)

    def _resolved(self, request: PlayRequest) -> Tuple[PlayRequest, Playable]:
        """What is played, of another server where the item's own is away and the user wants that."""
        machine = request.machine_identifier
        copy = self._same_titles.instead(machine, request.rating_key) if self.shared.clients.away(machine) else None
        if copy is None:
            try:
                return request, self._resolved_at(request)
            except ApiError:
                if self.shared.clients.away(machine):
                    copy = self._same_titles.instead(machine, request.rating_key)
                if copy is None:
                    raise
        other = replace(request, machine_identifier=copy.machine_identifier, rating_key=copy.rating_key, media_id='')
        found = self._resolved_at(other)
        if found.versions:  # to ask is in vain: Kodi would ask the item's own server for one of them
            found = self._resolved_at(replace(other, media_id=found.versions[0][0]))
        return other, found

    def _resolved_at(self, request: PlayRequest) -> Playable:
        return asked_twice(self.shared, lambda: self._resolver.resolve(request), request.machine_identifier)

    def _instead(self, request: PlayRequest, entries: List[WireItem]) -> Dict[str, Any]:
        """Entries of Kodi's playlist; ``here``: in the place of one that Kodi has come to."""
        playing = self.watcher.playback
        same = playing is not None and (playing.machine_identifier, playing.rating_key) == (
            request.machine_identifier, request.rating_key)
        return {'instead': entries, 'here': self._place.has_come_to(same)}

    def _request(self, arguments: Dict[str, Any], in_playlist: bool) -> Tuple[Optional[Wish], PlayRequest]:
        # Kodi 21 has versions of films in its own library, and asks by itself.
        ask = not in_playlist and (kodi_addon.kodi_major() < 21 or arguments.get('type') == EPISODE)
        request = PlayRequest(str(arguments.get('machine_identifier')), str(arguments.get('rating_key')),
                              str(arguments.get('media_id') or ''), ask, str(arguments.get('method') or ''))
        wish = self._wishes.take(request.machine_identifier, request.rating_key)
        if wish is None:
            return None, request
        machine, key = wish.copy if wish.copy[0] else (request.machine_identifier, request.rating_key)
        return wish, replace(request, machine_identifier=machine, rating_key=key, method=wish.method,
                             media_id=wish.media_id or request.media_id, original=wish.original,
                             quality=wish.quality, without=wish.without)

    def _play_as(self, event: PlayAs) -> None:
        self._wishes.put(event.machine_identifier, event.item.rating_key, event.wish)
        opening.play(self.shared, event.machine_identifier, event.item, event.resume_s)


def _answer(found: Playable) -> Dict[str, Any]:
    if found.versions:
        return {'versions': [{'id': one, 'label': label} for one, label in found.versions]}
    return {'url': found.url, 'title': found.title, 'mime': found.mime, 'subtitles': list(found.subtitles),
            'resume': found.resume_ms / 1000.0, 'total': found.duration_ms / 1000.0}
