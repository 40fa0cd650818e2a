"""Functions for the mappers of all kinds: from parts of Plex's records to Kodi's values.

They are pure functions; none reads a database or the network. The mappers are in ``kinds``.
"""
from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from .. import item_url
from ..kodi_db.records import (
    AudioStream,
    FileRecord,
    ItemAddress,
    RatingRecord,
    Shared,
    Streams,
    VideoStream,
    WatchState,
)
from ..plex_media import AUDIO_STREAM, SUBTITLE_STREAM, VIDEO_STREAM, LibraryMedia, LibraryStream
from ..plex_model import PlexItem

#: Kodi's names of rating sources, by the scheme of Plex's ``image`` and the rating's kind.
_RATING_SOURCES = {
    ('imdb', 'audience'): 'imdb', ('imdb', 'critic'): 'imdb',
    ('themoviedb', 'audience'): 'themoviedb', ('themoviedb', 'critic'): 'themoviedb',
    ('thetvdb', 'audience'): 'tvdb', ('thetvdb', 'critic'): 'tvdb',
    ('rottentomatoes', 'critic'): 'tomatometerallcritics',
    ('rottentomatoes', 'audience'): 'tomatometerallaudience',
    ('metacritic', 'critic'): 'metacritic', ('metacritic', 'audience'): 'metacritic',
}
_OLD_AGENTS = {'com.plexapp.agents.imdb': 'imdb', 'com.plexapp.agents.themoviedb': 'tmdb',
               'com.plexapp.agents.thetvdb': 'tvdb'}
_IMAGE_KINDS = {'coverPoster': 'poster', 'background': 'fanart', 'clearLogo': 'clearlogo', 'banner': 'banner',
                'backgroundSquare': 'keyart', 'coverArt': 'landscape', 'coverSquare': ''}

_DATE = re.compile(r'(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z')

Art = Tuple[Tuple[str, str], ...]
_Own = Tuple[str, str, str, str, str, str, Optional[int], Tuple[RatingRecord, ...], Tuple[Tuple[str, str], ...]]


class ExistingRow(NamedTuple):
    """An item's existing rows in Kodi's library, and values that take precedence over Plex's.

    ``kodi_id``, ``file_id`` and the parent's ``parent_id`` are 0 for none. ``date_added`` (local time) is written
    instead of Plex's unless ''. ``watched`` is a mark that the user set and that the server may not have yet.
    """

    kodi_id: int = 0
    file_id: int = 0
    parent_id: int = 0
    date_added: str = ''
    watched: Optional[bool] = None


class Context(NamedTuple):
    """What the mappers need besides the item.

    ``smart_collections`` are titles by ratingKey; Plex's items do not name them.
    """

    machine_identifier: str
    local_port: int
    library_title: str
    smart_collections: Mapping[str, Tuple[str, ...]] = {}


def watch_state(view_count: int, view_offset: int, last_viewed_at: int, duration: int) -> WatchState:
    """Kodi's watch state from Plex's, whose offset and duration are in milliseconds, and whose time in Unix seconds."""
    position = view_offset / 1000.0 if view_offset > 0 else 0.0
    return WatchState(view_count if view_count > 0 else None,
                      local_time(last_viewed_at) if last_viewed_at > 0 else None,
                      position, max(duration / 1000.0, position) if position else 0.0)


def local_time(stamp: int) -> str:
    """Unix seconds as local time in the format of Kodi's databases; '' for 0."""
    if not stamp:
        return ''
    try:
        return time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(stamp))
    except (OverflowError, ValueError, OSError):
        return ''


def user_rating(value: float) -> int:
    """Plex's rating as Kodi's whole number from 1 to 10; 0 for none."""
    return min(10, max(1, int(value + 0.5))) if value > 0 else 0


def collections(item: PlexItem, context: Context) -> Tuple[str, ...]:
    """The titles of an item's collections, smart ones last."""
    return tuple(dict.fromkeys(item.collections + context.smart_collections.get(item.rating_key, ())))


def trailer(item: PlexItem, context: Context) -> str:
    """The URL of the trailer for Kodi, '' for none."""
    return item_url.trailer_url(context.machine_identifier, item.trailer_key) if item.trailer_key else ''


# ---- parts -----------------------------------------------------------------------------------------------------

def shared(item: PlexItem, context: Context, id_order: Tuple[str, ...], pictures: Art,
           more_tags: Tuple[str, ...]) -> Shared:
    """The values that all kinds have. ``id_order``: types of unique ids, the default one first."""
    tags = dict.fromkeys((context.library_title,) + item.labels + more_tags)
    tags.pop('', None)
    return Shared(
        *_own(item, id_order), item.roles, item.directors, item.writers, pictures, item.genres,
        (item.studio,) if item.studio else (), item.countries, tuple(tags))


def unnamed(item: PlexItem, id_order: Tuple[str, ...], pictures: Art) -> Shared:
    """As :func:`shared`, for kinds without genres, studios, countries and tags."""
    return Shared(*_own(item, id_order), item.roles, item.directors, item.writers, pictures)


def _own(item: PlexItem, id_order: Tuple[str, ...]) -> _Own:
    """The first values of :class:`Shared`, up to the unique ids."""
    return (_title(item), item.title_sort, item.original_title, item.summary, _premiered(item), item.content_rating,
            stored_rating(item.user_rating), _ratings(item), _unique_ids(item, id_order))


def _title(item: PlexItem) -> str:
    """The title, with the edition if there is one."""
    title = item.title or item.original_title or '#' + item.rating_key
    if item.edition_title and item.edition_title.lower() not in title.lower():
        return '%s [%s]' % (title, item.edition_title)
    return title


def _premiered(item: PlexItem) -> str:
    """The release date, or only the year, which Kodi accepts in the same column."""
    date = item.originally_available_at
    if _DATE.match(date):
        return date
    return '%04d' % item.year if 0 < item.year < 10000 else ''


def stored_rating(value: float) -> Optional[int]:
    """Plex's rating as the value of Kodi's column: None (NULL) without a rating."""
    return user_rating(value) or None


def _ratings(item: PlexItem) -> Tuple[RatingRecord, ...]:
    """All ratings; first the one that Plex shows: the audience's, else the critics'."""
    found: Dict[str, RatingRecord] = {}
    for image, value, kind in ((item.audience_rating_image, item.audience_rating, 'audience'),
                               (item.rating_image, item.rating, 'critic'), *item.ratings):
        if value > 0:
            source = _rating_source(image, kind)
            if source not in found:
                found[source] = RatingRecord(source, value if value < 10.0 else 10.0)
    return tuple(found.values())


@lru_cache(maxsize=256)
def _rating_source(image: str, kind: str) -> str:
    host = image.split(':', 1)[0]
    return _RATING_SOURCES.get((host, kind), host or 'default')


def _unique_ids(item: PlexItem, order: Tuple[str, ...]) -> Tuple[Tuple[str, str], ...]:
    """The unique ids as (type, value); that of type ``plex`` is the ratingKey."""
    found: Dict[str, str] = {}
    for guid in item.guids:
        kind, _, value = guid.partition('://')
        if value and kind.isalnum() and kind not in found:
            found[kind] = value
    agent, _, value = item.guid.partition('://')
    if agent in _OLD_AGENTS:
        value = value.split('?', 1)[0]
        if value and '/' not in value:
            found.setdefault(_OLD_AGENTS[agent], value)
    found['plex'] = item.rating_key
    first = [(kind, found.pop(kind)) for kind in order if kind in found]
    return (*first, *found.items())


def all_art(item: PlexItem, context: Context) -> Art:
    """All pictures that Plex has of an item."""
    pictures = [('poster', item.thumb), ('fanart', item.art), ('banner', item.banner)]
    pictures += [(_IMAGE_KINDS.get(kind, ''), url) for kind, url in item.images]
    return art(pictures, context)


def art(pictures: List[Tuple[str, str]], context: Context) -> Art:
    """(kind, URL) of pictures, given as (Kodi's kind, Plex's path): the first of each kind that has a stable URL."""
    found: Dict[str, str] = {}
    for kind, plex_path in pictures:
        if kind and plex_path and kind not in found:
            url = item_url.art_url(context.local_port, context.machine_identifier, plex_path)
            if url:
                found[kind] = url
    return tuple(found.items())


def file_record(item: PlexItem, address: ItemAddress, row: ExistingRow,
                version: Optional[LibraryMedia] = None) -> FileRecord:
    """The file record of an item, or of another version of it."""
    media = version or (item.media[0] if item.media else None)
    duration = item.duration or (media.duration if media else 0)
    watch = watch_state(item.view_count, item.view_offset, item.last_viewed_at, duration)
    if row.watched is not None:
        watch = watch._replace(play_count=max(watch.play_count or 0, 1) if row.watched else None, position=0.0)
    return FileRecord(address.path, address.url, row.date_added or local_time(item.added_at or item.updated_at),
                      seconds(duration), _streams(media), watch)


def seconds(milliseconds: int) -> int:
    """Milliseconds as whole seconds."""
    return max(0, milliseconds) // 1000


def _streams(media: Optional[LibraryMedia]) -> Streams:
    """The streams of a version; without any, those that its size and codecs tell."""
    if media is None:
        return Streams((), (), ())
    video: List[VideoStream] = []
    audio: List[AudioStream] = []
    subtitles: List[str] = []
    for stream in media.streams:
        if stream.kind == AUDIO_STREAM:
            audio.append(AudioStream(_audio_codec(stream.codec, stream.profile), stream.channels, stream.language))
        elif stream.kind == SUBTITLE_STREAM:
            subtitles.append(stream.language)
        elif stream.kind == VIDEO_STREAM:
            video.append(_video(stream, media))
    if not video and media.video_codec:
        video.append(VideoStream(media.video_codec, media.aspect, media.width, media.height,
                                 seconds(media.duration), '', ''))
    if not audio and media.audio_codec:
        audio.append(AudioStream(media.audio_codec, media.audio_channels, ''))
    return Streams(tuple(video), tuple(audio), tuple(subtitles))


def _video(stream: LibraryStream, media: LibraryMedia) -> VideoStream:
    width, height = stream.width or media.width, stream.height or media.height
    aspect = stream.aspect or media.aspect or (round(width / height, 2) if width > 0 and height > 0 else 0.0)
    return VideoStream(stream.codec.lower(), aspect, width, height, seconds(media.duration),
                       stream.language, stream.hdr)


@lru_cache(maxsize=256)
def _audio_codec(codec: str, profile: str) -> str:
    """Kodi's name of the codec, which differs from Plex's for DTS."""
    codec = codec.lower()
    if codec in ('dca', 'dts'):
        return {'ma': 'dtshd_ma', 'hra': 'dtshd_hra'}.get(profile.lower(), 'dca')
    return 'dtshd_ma' if codec == 'dca-ma' else codec
