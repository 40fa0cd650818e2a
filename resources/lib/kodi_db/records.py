"""The input of the writers: one record for each kind of library item, with values as in Kodi's columns.

Durations and positions are in seconds, dates in local time as ``YYYY-MM-DD HH:MM:SS``; missing texts are ''.
``kodi_id`` and ``file_id`` are 0 for items that are not in the library yet.
"""
from __future__ import annotations

from typing import NamedTuple, Optional, Tuple

#: A person of the cast or crew: name, role, and the picture as Plex gives it (see ``LibraryWriter.picture_url``).
PersonRecord = Tuple[str, str, str]


class ItemAddress(NamedTuple):
    """Where an item is in Kodi's library. ``root`` is the path above all items of its kind, ``path`` its own (or
    ``root``), ``url`` its file's URL, '' for items without a file.
    """

    root: str
    path: str
    url: str


class RatingRecord(NamedTuple):
    """A rating from 0 to 10 with Kodi's name of its source."""

    source: str
    value: float


class VideoStream(NamedTuple):
    """A row of type 0 in streamdetails."""

    codec: str
    aspect: float
    width: int
    height: int
    seconds: int
    language: str
    hdr: str


class AudioStream(NamedTuple):
    """A row of type 1 in streamdetails."""

    codec: str
    channels: int
    language: str


class Streams(NamedTuple):
    """All streams of a file; ``subtitles`` are languages."""

    video: Tuple[VideoStream, ...]
    audio: Tuple[AudioStream, ...]
    subtitles: Tuple[str, ...]


class WatchState(NamedTuple):
    """Play count, time and resume point. ``play_count`` is None for unwatched: Kodi's views take 0 as watched."""

    play_count: Optional[int]
    last_played: Optional[str]
    position: float
    total: float


class Shared(NamedTuple):
    """What movies, shows and episodes have in common. The first of ``ratings`` and ``unique_ids`` is the default."""

    title: str
    sort_title: str
    original_title: str
    plot: str
    premiered: str
    mpaa: str
    user_rating: Optional[int]
    ratings: Tuple[RatingRecord, ...]
    unique_ids: Tuple[Tuple[str, str], ...]
    cast: Tuple[PersonRecord, ...]
    directors: Tuple[PersonRecord, ...]
    writers: Tuple[PersonRecord, ...]
    art: Tuple[Tuple[str, str], ...]
    genres: Tuple[str, ...] = ()
    studios: Tuple[str, ...] = ()
    countries: Tuple[str, ...] = ()
    tags: Tuple[str, ...] = ()


class FileRecord(NamedTuple):
    """A file row: ``url`` is what Kodi plays, ``path`` the path row that it is in."""

    path: str
    url: str
    date_added: str
    seconds: int
    streams: Streams
    watch: WatchState


class VersionRecord(NamedTuple):
    """A further version of a movie, as Kodi 21 and later show it."""

    name: str
    file: FileRecord


class MovieRecord(NamedTuple):
    """A movie; ``set_name`` is '' without a set. ``version_name`` is that of ``file`` if there are ``versions``."""

    kodi_id: int
    file_id: int
    shared: Shared
    file: FileRecord
    tagline: str
    year: int
    set_name: str
    trailer: str
    version_name: str = ''
    versions: Tuple[VersionRecord, ...] = ()


class ShowRecord(NamedTuple):
    """A TV show."""

    kodi_id: int
    shared: Shared
    address: ItemAddress
    date_added: str
    seconds: int
    status: str
    trailer: str


class SeasonRecord(NamedTuple):
    """A season of the show ``show_id``."""

    kodi_id: int
    show_id: int
    number: int
    name: str
    user_rating: Optional[int]
    art: Tuple[Tuple[str, str], ...]


class EpisodeRecord(NamedTuple):
    """An episode of the show ``show_id``; its season row is added if missing."""

    kodi_id: int
    file_id: int
    show_id: int
    shared: Shared
    file: FileRecord
    season: int
    number: int


class SetRecord(NamedTuple):
    """A movie set with its text and pictures."""

    name: str
    overview: str
    art: Tuple[Tuple[str, str], ...]


class DefaultRows(NamedTuple):
    """The row ids of an item's default rating and default unique id, 0 for none."""

    rating_id: int
    unique_id: int


class Written(NamedTuple):
    """The ids of a written item; ``file_id`` is 0 for shows and seasons."""

    kodi_id: int
    file_id: int
