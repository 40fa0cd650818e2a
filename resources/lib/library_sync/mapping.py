"""Plex records to Kodi records. Pure functions of their arguments; nothing here reads a database or the network."""
from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from .. import item_url, plex_versions
from ..kodi_db.records import (
    AudioStream,
    EpisodeRecord,
    FileRecord,
    MovieRecord,
    RatingRecord,
    SeasonRecord,
    SetRecord,
    Shared,
    ShowRecord,
    Streams,
    VersionRecord,
    VideoStream,
    WatchState,
)
from ..plex_media import AUDIO_STREAM, SUBTITLE_STREAM, VIDEO_STREAM, LibraryMedia, LibraryStream
from ..plex_model import PlexItem, Rating

#: Kodi's names of rating sources, by the host part of Plex's ``image`` and its kind.
_RATING_SOURCES = {
    ('imdb', 'audience'): 'imdb', ('imdb', 'critic'): 'imdb',
    ('themoviedb', 'audience'): 'themoviedb', ('themoviedb', 'critic'): 'themoviedb',
    ('thetvdb', 'audience'): 'tvdb', ('thetvdb', 'critic'): 'tvdb',
    ('rottentomatoes', 'critic'): 'tomatometerallcritics',
    ('rottentomatoes', 'audience'): 'tomatometerallaudience',
    ('metacritic', 'critic'): 'metacritic', ('metacritic', 'audience'): 'metacritic',
}
#: Which id is Kodi's default one, first wins.
_MOVIE_IDS = ('imdb', 'tmdb', 'tvdb', 'plex')
_SHOW_IDS = ('tvdb', 'imdb', 'tmdb', 'plex')
_OLD_AGENTS = {'com.plexapp.agents.imdb': 'imdb', 'com.plexapp.agents.themoviedb': 'tmdb',
               'com.plexapp.agents.thetvdb': 'tvdb'}
_IMAGE_KINDS = {'coverPoster': 'poster', 'background': 'fanart', 'clearLogo': 'clearlogo', 'banner': 'banner',
                'backgroundSquare': 'keyart', 'coverArt': 'landscape', 'coverSquare': ''}

_DATE = re.compile(r'(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z')

Art = Tuple[Tuple[str, str], ...]


class Context(NamedTuple):
    """What every record needs to know of its surroundings.

    ``smart_collections`` are titles by ratingKey: Plex does not write them into the items.
    """

    machine_identifier: str
    local_port: int
    library_title: str
    smart_collections: Mapping[str, Tuple[str, ...]] = {}


def movie(item: PlexItem, context: Context, kodi_id: int = 0, file_id: int = 0) -> MovieRecord:
    """A movie; its first collection is the set, the others are tags."""
    collections = _collections(item, context)
    shared = _shared(item, context, _MOVIE_IDS, _movie_art(item, context), collections[1:])
    path = item_url.movies_path(context.machine_identifier)
    names = plex_versions.labels(item.media) if len(item.media) > 1 else ['']
    versions = tuple(
        VersionRecord(name, _file(item, path, item_url.movie_url(context.machine_identifier, item.rating_key,
                                                                 media.media_id), media))
        for name, media in zip(names[1:], item.media[1:]) if media.media_id)
    return MovieRecord(
        kodi_id, file_id, shared,
        _file(item, path, item_url.movie_url(context.machine_identifier, item.rating_key)),
        item.tagline, item.year, collections[0] if collections else '', _trailer(item, context), names[0], versions)


def show(item: PlexItem, context: Context, kodi_id: int = 0) -> ShowRecord:
    """A show. Kodi has no place for a show's countries and writers: it would not take them away with the show."""
    shared = _shared(item, context, _SHOW_IDS, _movie_art(item, context), _collections(item, context))
    return ShowRecord(
        kodi_id, shared._replace(countries=(), writers=()),
        item_url.show_path(context.machine_identifier, item.rating_key),
        item_url.shows_path(context.machine_identifier), local_time(item.added_at), _seconds(item.duration), '',
        _trailer(item, context))


def season(item: PlexItem, context: Context, show_id: int, kodi_id: int = 0) -> SeasonRecord:
    """A season; Plex hands down the show's pictures where the season has none, which Kodi does by itself."""
    pictures = [('poster', item.thumb if item.thumb != item.parent_thumb else ''),
                ('fanart', item.art if '/%s/' % item.rating_key in item.art else '')]
    return SeasonRecord(kodi_id, show_id, max(item.item_index, 0), item.title, _user_rating(item.user_rating),
                        _art(pictures, context))


def episode(item: PlexItem, context: Context, show_id: int, kodi_id: int = 0, file_id: int = 0) -> EpisodeRecord:
    """An episode; without season it stands with the specials.

    Where it has no picture of its own Plex hands down the show's. Kodi does that by itself, and such a copy would go
    stale when the show gets another one.
    """
    thumb = item.thumb if item.thumb not in (item.parent_thumb, item.grandparent_thumb) else ''
    shared = _shared(item, context, _SHOW_IDS, _art([('thumb', thumb)], context), item.collections)
    shared = shared._replace(studios=(), countries=(), genres=(), tags=())
    return EpisodeRecord(
        kodi_id, file_id, show_id, shared,
        _file(item, item_url.show_path(context.machine_identifier, show_key(item)),
              item_url.episode_url(context.machine_identifier, show_key(item), item.rating_key)),
        max(item.parent_index, 0), max(item.item_index, 0))


def collection(item: PlexItem, context: Context) -> SetRecord:
    """The texts and pictures of a movie set."""
    return SetRecord(item.title, item.summary, _art([('poster', item.thumb), ('fanart', item.art)], context))


def show_key(item: PlexItem) -> str:
    """The show of a season or episode; shows that skip seasons are an episode's direct parent."""
    return item.grandparent_key or item.parent_key


def watch_state(view_count: int, view_offset: int, last_viewed_at: int, duration: int) -> WatchState:
    """Plex's watch state in Kodi's terms. ``duration`` and ``view_offset`` in milliseconds."""
    position = view_offset / 1000.0 if view_offset > 0 else 0.0
    return WatchState(view_count if view_count > 0 else None,
                      local_time(last_viewed_at) if last_viewed_at > 0 else None,
                      position, max(duration / 1000.0, position) if position else 0.0)


def local_time(stamp: int) -> str:
    """Unix seconds as the local time that Kodi's databases hold; '' for no time at all."""
    if not stamp:
        return ''
    try:
        return time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(stamp))
    except (OverflowError, ValueError, OSError):
        return ''


def user_rating(value: float) -> int:
    """Kodi's whole number from 1 to 10 for Plex's rating, 0 for none."""
    return min(10, max(1, int(value + 0.5))) if value > 0 else 0


def _collections(item: PlexItem, context: Context) -> Tuple[str, ...]:
    """The titles of the collections that an item is in, those that were put together by hand first."""
    return tuple(dict.fromkeys(item.collections + context.smart_collections.get(item.rating_key, ())))


def _trailer(item: PlexItem, context: Context) -> str:
    return item_url.trailer_url(context.machine_identifier, item.trailer_key) if item.trailer_key else ''


# ---- parts -----------------------------------------------------------------------------------------------------

def _shared(item: PlexItem, context: Context, id_order: Tuple[str, ...], art: Art,
            more_tags: Tuple[str, ...]) -> Shared:
    tags = dict.fromkeys((context.library_title,) + item.labels + more_tags)
    tags.pop('', None)
    return Shared(
        _title(item), item.title_sort, item.original_title, item.summary, _premiered(item), item.content_rating,
        _user_rating(item.user_rating), _ratings(item), _unique_ids(item, id_order), item.genres,
        (item.studio,) if item.studio else (), item.countries, tuple(tags), item.roles, item.directors, item.writers,
        art)


def _title(item: PlexItem) -> str:
    """The title, with the edition where there is one, so that two editions can be told apart."""
    title = item.title or item.original_title or '#' + item.rating_key
    if item.edition_title and item.edition_title.lower() not in title.lower():
        return '%s [%s]' % (title, item.edition_title)
    return title


def _premiered(item: PlexItem) -> str:
    """A date, or a bare year, which Kodi takes in the same column."""
    date = item.originally_available_at
    if _DATE.match(date):
        return date
    return '%04d' % item.year if 0 < item.year < 10000 else ''


def _user_rating(value: float) -> Optional[int]:
    return user_rating(value) or None


def _ratings(item: PlexItem) -> Tuple[RatingRecord, ...]:
    """All ratings, the one that Plex shows first: the audience's, else the critics'."""
    first = [Rating(item.audience_rating_image, item.audience_rating, 'audience'),
             Rating(item.rating_image, item.rating, 'critic')]
    found: Dict[str, RatingRecord] = {}
    for rating in first + list(item.ratings):
        if rating.value > 0:
            source = _rating_source(rating.image, rating.kind)
            found.setdefault(source, RatingRecord(source, min(rating.value, 10.0)))
    return tuple(found.values())


@lru_cache(maxsize=256)
def _rating_source(image: str, kind: str) -> str:
    host = image.split(':', 1)[0]
    return _RATING_SOURCES.get((host, kind), host or 'default')


def _unique_ids(item: PlexItem, order: Tuple[str, ...]) -> Tuple[Tuple[str, str], ...]:
    """(type, value) pairs; ``plex`` is the ratingKey, by which our rows are known again."""
    found: Dict[str, str] = {}
    for guid in item.guids:
        kind, _, value = guid.partition('://')
        if value and kind.isalnum():
            found.setdefault(kind, value)
    agent, _, value = item.guid.partition('://')
    if agent in _OLD_AGENTS:
        value = value.split('?', 1)[0]
        if value and '/' not in value:
            found.setdefault(_OLD_AGENTS[agent], value)
    found['plex'] = item.rating_key
    return tuple((kind, found[kind]) for kind in dict.fromkeys(order + tuple(found)) if kind in found)


def _movie_art(item: PlexItem, context: Context) -> Art:
    pictures = [('poster', item.thumb), ('fanart', item.art), ('banner', item.banner)]
    pictures += [(_IMAGE_KINDS.get(kind, ''), url) for kind, url in item.images]
    return _art(pictures, context)


def _art(pictures: List[Tuple[str, str]], context: Context) -> Art:
    found: Dict[str, str] = {}
    for kind, plex_path in pictures:
        url = item_url.art_url(context.local_port, context.machine_identifier, plex_path) if kind else ''
        if url:
            found.setdefault(kind, url)
    return tuple(found.items())


def _file(item: PlexItem, path: str, url: str, version: Optional[LibraryMedia] = None) -> FileRecord:
    media = version or (item.media[0] if item.media else None)
    duration = item.duration or (media.duration if media else 0)
    return FileRecord(path, url, local_time(item.added_at or item.updated_at), _seconds(duration), _streams(media),
                      watch_state(item.view_count, item.view_offset, item.last_viewed_at, duration))


def _seconds(milliseconds: int) -> int:
    return max(0, milliseconds) // 1000


def _streams(media: Optional[LibraryMedia]) -> Streams:
    """The streams of the first version's parts; a listing without streams still names size and codecs."""
    if media is None:
        return Streams((), (), ())
    streams = media.streams
    video = tuple(_video(s, media) for s in streams if s.kind == VIDEO_STREAM)
    audio = tuple(AudioStream(_audio_codec(s), s.channels, s.language) for s in streams if s.kind == AUDIO_STREAM)
    if not video and media.video_codec:
        video = (VideoStream(media.video_codec, media.aspect, media.width, media.height,
                             _seconds(media.duration), '', ''),)
    if not audio and media.audio_codec:
        audio = (AudioStream(media.audio_codec, media.audio_channels, ''),)
    return Streams(video, audio, tuple(s.language for s in streams if s.kind == SUBTITLE_STREAM))


def _video(stream: LibraryStream, media: LibraryMedia) -> VideoStream:
    width, height = stream.width or media.width, stream.height or media.height
    aspect = stream.aspect or media.aspect or (round(width / height, 2) if width > 0 and height > 0 else 0.0)
    return VideoStream(stream.codec.lower(), aspect, width, height, _seconds(media.duration),
                       stream.language, stream.hdr)


def _audio_codec(stream: LibraryStream) -> str:
    """Kodi's words for the DTS family and Dolby TrueHD."""
    codec = stream.codec.lower()
    if codec in ('dca', 'dts'):
        return {'ma': 'dtshd_ma', 'hra': 'dtshd_hra'}.get(stream.profile.lower(), 'dca')
    return 'dtshd_ma' if codec == 'dca-ma' else codec
