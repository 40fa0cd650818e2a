"""More subtitles for the video that plays: from the internet, and for a conversion from the file itself."""
from __future__ import annotations

import logging
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ... import plex_subtitles
from ...local_server.api import ApiError
from ...playback import file_names
from ...playback.direct_play import DirectPlay
from ...playback.languages import two_letters
from ...playback.sidecars import external
from ...playback.state import PlaybackState
from ...playback.watcher import PlaybackWatcher
from ...plex_errors import PlexError, PlexForbidden, PlexServerError
from ...plex_functions import PMSClient
from ...plex_media import Part, Stream
from ...plex_model import PlayableItem
from ...plex_subtitles import OnlineSubtitle, Wanted
from ..calls import require_sign_in
from ..error_texts import text_name
from ..part import Handler
from ..shared import Shared
from .file_subtitles import FileSubtitles

LOG = logging.getLogger('pkc.playback')

#: A search in one language takes the server seconds.
_MOST_LANGUAGES = 5
_MOST_PER_LANGUAGE = 50
#: How often, and every how many seconds, a download is looked for in the item.
_LOOKS, _LOOK_S = 25, 1.0
#: From these scores on a candidate has 5, 4, 3 or 2 stars. One program's users report 5,000 and more for subtitles of
#: the same release, 1,000 for those of another one of the same film, and less than 600 for those of another film.
_STARS = ((10000, 5), (5000, 4), (1000, 3), (600, 2))


class _Found(NamedTuple):
    """A candidate of the last search: for what and in which language it was found."""

    machine_identifier: str
    wanted: Wanted
    language: str
    subtitle: OnlineSubtitle


class OnlineSubtitles:
    """Answers what Kodi's subtitle dialog asks the plugin.

    Only for the item that ``watcher`` sees in the player; ``files`` gives the URLs of subtitles. ``inside`` are those
    in the file of a conversion.
    """

    def __init__(self, shared: Shared, watcher: PlaybackWatcher, files: DirectPlay, inside: FileSubtitles) -> None:
        self._shared = shared
        self._watcher = watcher
        self._files = files
        self._inside = inside
        self._found: Dict[str, _Found] = {}

    def calls(self) -> Mapping[str, Handler]:
        """``search_subtitles`` in some languages, and ``download_subtitle`` for one of what that found."""
        return {'search_subtitles': self._search, 'download_subtitle': self._download}

    def _search(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        playback = self._playback()
        machine, wanted = playback.machine_identifier, _wanted(playback)
        client = self._client(machine)
        codes = _languages(arguments)
        found: List[_Found] = []
        failures: List[PlexError] = []
        for code in codes:
            try:
                found += [_Found(machine, wanted, code, one)
                          for one in plex_subtitles.search(client, wanted, code)[:_MOST_PER_LANGUAGE]]
            except (PlexForbidden, PlexServerError) as error:
                failures.append(error)
            except PlexError as error:
                raise self._refusal(error, machine) from error
            if self._shared.stopping.cancelled:
                break
        inside = [_inside_row(one) for one in self._inside.offered(playback)]
        if failures and not found and not inside:
            raise self._refusal(failures[0], machine) from failures[0]
        self._found = {one.subtitle.subtitle_id: one for one in found}
        LOG.info('%d subtitles found for item %s in %s', len(found), wanted.rating_key, ', '.join(codes))
        return {'subtitles': inside + [_row(one) for one in found], 'languages': codes}

    def _download(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        playback, wanted = self._playback(), str(arguments.get('id'))
        for stream in self._inside.offered(playback):
            if wanted == stream.stream_id:
                return self._taken_out(playback, stream)
        found = self._found.get(wanted)
        if found is None or (found.machine_identifier, found.wanted.rating_key) != (playback.machine_identifier,
                                                                                    playback.rating_key):
            raise ApiError('search_subtitles_again')
        client = self._client(found.machine_identifier)
        try:
            item, part, stream = self._downloaded(client, found, playback.session.part_id)
        except PlexError as error:
            raise self._refusal(error, playback.machine_identifier) from error
        urls = list(self._files.subtitles(found.machine_identifier, found.wanted.rating_key,
                                          part._replace(streams=(stream,))))
        if not urls:
            raise ApiError('subtitle_not_loaded')
        self._watcher.on_subtitle_added(item, stream.stream_id)
        return {'url': urls[0], 'name': file_names.subtitle_name(file_names.part_name(part), stream)}

    def _taken_out(self, playback: PlaybackState, stream: Stream) -> Dict[str, Any]:
        try:
            return {**self._inside.take_out(playback, stream, self._client(playback.machine_identifier))}
        except PlexError as error:
            raise self._refusal(error, playback.machine_identifier) from error

    def _downloaded(self, client: PMSClient, found: _Found, part_id: str) -> Tuple[PlayableItem, Part, Stream]:
        """The item with the subtitle, and where that is in it. One that was downloaded before is not asked for again.

        Raises :class:`ApiError` when it does not come, :class:`PlexError`.
        """
        before = _playable(client, found.wanted.rating_key)
        there = _first(before, part_id, lambda stream: _same(stream, found))
        if there is not None:
            return (before, *there)
        known = {stream.stream_id for part in _parts(before) for stream in external(part)}
        plex_subtitles.download(client, found.wanted, found.language, found.subtitle)
        for _ in range(_LOOKS):
            if self._shared.stopping.wait(_LOOK_S):
                raise ApiError('cancelled')
            try:
                now = _playable(client, found.wanted.rating_key)
            except PlexError as error:
                LOG.info('Whether the subtitle is there cannot be asked: %s', error)
                continue
            new = _first(now, part_id, lambda stream: stream.stream_id not in known)
            if new is not None:
                LOG.info('Item %s has subtitle %s now', found.wanted.rating_key, new[1].stream_id)
                return (now, *new)
        raise ApiError('subtitle_not_loaded')

    def _playback(self) -> PlaybackState:
        require_sign_in(self._shared)
        playback = self._watcher.playback
        if playback is None:
            raise ApiError('not_playing_plex')
        return playback

    def _client(self, machine_identifier: str) -> PMSClient:
        """The patient one: a search takes longer than the user is made to wait elsewhere."""
        try:
            client, machine = self._shared.clients.connect(machine_identifier)
        except PlexError as error:
            raise self._refusal(error, machine_identifier) from error
        if machine != machine_identifier:
            raise ApiError('not_playing_plex')
        return client

    def _refusal(self, error: PlexError, machine_identifier: str) -> ApiError:
        if isinstance(error, PlexForbidden):
            return ApiError('subtitles_not_allowed', str(error))
        if isinstance(error, PlexServerError):
            return ApiError('subtitle_search_failed', str(error))
        self._shared.clients.failed(error, machine_identifier)
        return ApiError(text_name(error), str(error))


def _wanted(playback: PlaybackState) -> Wanted:
    """With the id of the version only where there are several."""
    playable = playback.session.playable
    several = playable is not None and len(playable.media) > 1
    return Wanted(playback.rating_key, playback.session.media_id if several else '')


def _row(found: _Found) -> Dict[str, Any]:
    subtitle = found.subtitle
    return {'id': subtitle.subtitle_id, 'language': found.language, 'name': subtitle.title, 'inside': False,
            'provider': subtitle.provider, 'stars': _stars(subtitle), 'exact': subtitle.exact,
            'hearing_impaired': subtitle.hearing_impaired, 'forced': subtitle.forced}


def _inside_row(stream: Stream) -> Dict[str, Any]:
    code = two_letters(stream.language_tag or stream.language_code)
    return {'id': stream.stream_id, 'language': code, 'name': stream.title, 'inside': True, 'provider': '', 'stars': 5,
            'exact': True, 'hearing_impaired': stream.hearing_impaired, 'forced': stream.forced}


def _languages(arguments: Mapping[str, Any]) -> List[str]:
    given = arguments.get('languages')
    words = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    return [one for one in dict.fromkeys(words) if plex_subtitles.is_language(one)][:_MOST_LANGUAGES]


def _stars(subtitle: OnlineSubtitle) -> int:
    return 5 if subtitle.exact else next((stars for least, stars in _STARS if subtitle.score >= least), 1)


def _playable(client: PMSClient, rating_key: str) -> PlayableItem:
    found = client.playable(rating_key)
    if found is None:
        raise ApiError('item_gone')
    return found


def _parts(item: PlayableItem) -> Sequence[Part]:
    return [part for media in item.media for part in media.parts]


def _first(item: PlayableItem, part_id: str, fits: Callable[[Stream], bool]) -> Optional[Tuple[Part, Stream]]:
    """The first subtitle with a file of its own that fits: of the part that plays, else of another one."""
    for part in sorted(_parts(item), key=lambda part: part.part_id != part_id):
        stream = next((one for one in external(part) if fits(one)), None)
        if stream is not None:
            return part, stream
    return None


def _same(stream: Stream, found: _Found) -> bool:
    """Whether a subtitle of the item is that of the provider's."""
    subtitle = found.subtitle
    return bool(subtitle.title) and stream.language_tag.partition('-')[0] == found.language.partition('-')[0] and (
        stream.title, stream.hearing_impaired, stream.forced) == (
        subtitle.title, subtitle.hearing_impaired, subtitle.forced)
