"""Typed records of Plex's answers. Fields that are absent, of another type or out of range must cause no error.

Names are Plex's own in Python spelling. Times are Unix seconds of the server's clock, durations milliseconds, missing
values 0 or ''. Source: Plex Media Server API, ``Metadata`` object. The records of files and streams are in
``plex_media``.
"""
from __future__ import annotations

from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from .plex_extras import extras, trailer_key
from .plex_media import Chapter, LibraryMedia, Marker, Media, chapters, library_media, markers, media
from .plex_values import MAX_INTEGER, Raw, checked_id, children, flag, identifier, index, integer, number, tags, text

MOVIE, SHOW, SEASON, EPISODE = 'movie', 'show', 'season', 'episode'
COLLECTION, PLAYLIST, CLIP = 'collection', 'playlist', 'clip'

_SWEEP_NUMBERS = ('updatedAt', 'addedAt', 'viewCount', 'viewOffset', 'lastViewedAt', 'duration', 'lastRatedAt')


class Section(NamedTuple):
    """A library of the server (``Directory`` of ``/library/sections``).

    ``locations`` are its folders in the server's own file system.
    """

    key: str
    plex_type: str
    title: str
    uuid: str
    refreshing: bool
    hidden: int
    content_changed_at: str
    locations: Tuple[str, ...] = ()


class SweepRow(NamedTuple):
    """A row of a sweep's listing: what is needed to see whether an item is new, changed or watched."""

    rating_key: str
    updated_at: int
    added_at: int
    view_count: int
    view_offset: int
    last_viewed_at: int
    user_rating: float
    duration: int
    last_rated_at: int = 0

    @property
    def stamp(self) -> int:
        """A time that changes with the item's metadata; some items have no ``updatedAt``."""
        return self.updated_at or self.added_at


class ItemSummary(NamedTuple):
    """A short record of an item. ``parent_key``: an episode's season. Times are Plex's."""

    rating_key: str
    plex_type: str
    section_key: str
    duration: int
    view_count: int
    view_offset: int = 0
    last_viewed_at: int = 0
    user_rating: float = 0.0
    last_rated_at: int = 0
    parent_key: str = ''


class Person(NamedTuple):
    """A director, writer, producer (``role`` empty) or actor."""

    name: str
    role: str
    thumb: str


class Rating(NamedTuple):
    """One rating: ``image`` names the source (``imdb://image.rating``), ``kind`` is critic or audience."""

    image: str
    value: float
    kind: str


class PlexItem(NamedTuple):
    """A movie, show, season, episode, collection, playlist or extra (clip) with all that we use of it."""

    rating_key: str
    plex_type: str
    guid: str
    section_key: str
    parent_key: str
    grandparent_key: str
    title: str
    original_title: str
    title_sort: str
    summary: str
    tagline: str
    year: int
    originally_available_at: str
    studio: str
    content_rating: str
    edition_title: str
    rating: float
    rating_image: str
    audience_rating: float
    audience_rating_image: str
    user_rating: float
    duration: int
    item_index: int
    parent_index: int
    parent_title: str
    grandparent_title: str
    added_at: int
    updated_at: int
    view_count: int
    view_offset: int
    last_viewed_at: int
    thumb: str
    art: str
    banner: str
    parent_thumb: str
    grandparent_thumb: str
    grandparent_art: str
    trailer_key: str
    images: Tuple[Tuple[str, str], ...]
    genres: Tuple[str, ...]
    countries: Tuple[str, ...]
    collections: Tuple[str, ...]
    labels: Tuple[str, ...]
    guids: Tuple[str, ...]
    ratings: Tuple[Rating, ...]
    directors: Tuple[Person, ...]
    writers: Tuple[Person, ...]
    roles: Tuple[Person, ...]
    media: Tuple[LibraryMedia, ...]
    smart: bool = False
    child_count: int = 0
    leaf_count: int = 0
    viewed_leaf_count: int = 0
    has_extras: bool = False

    @property
    def stamp(self) -> int:
        """Same meaning as :attr:`SweepRow.stamp`."""
        return self.updated_at or self.added_at


class PlayableItem(NamedTuple):
    """An item for playback, with its versions, markers and chapters."""

    item: PlexItem
    media: Tuple[Media, ...]
    markers: Tuple[Marker, ...]
    chapters: Tuple[Chapter, ...]


class BadItem(ValueError):
    """An item without a ratingKey or type."""


# ---- records ---------------------------------------------------------------------------------------------------

def section(raw: Raw) -> Optional[Section]:
    """A library, or None when it has no key or type."""
    key, plex_type = checked_id(text(raw, 'key').rstrip('/').rsplit('/', 1)[-1]), text(raw, 'type')
    if not key or not plex_type:
        return None
    return Section(key, plex_type, text(raw, 'title'), text(raw, 'uuid'),
                   flag(raw, 'refreshing'), integer(raw, 'hidden'), text(raw, 'contentChangedAt'),
                   tuple(path for path in (text(one, 'path') for one in children(raw, 'Location')) if path))


def sweep_row(raw: Raw) -> Optional[SweepRow]:
    """A row of a sweep's listing, or None without a ratingKey."""
    key = rating_key(raw)
    if not key:
        return None
    get = raw.get
    numbers: Tuple[Any, ...] = (
        get('updatedAt', 0), get('addedAt', 0), get('viewCount', 0), get('viewOffset', 0), get('lastViewedAt', 0),
        get('duration', 0), get('lastRatedAt', 0))
    if set(map(type, numbers)) != {int} or max(numbers) >= MAX_INTEGER or min(numbers) <= -MAX_INTEGER:
        numbers = tuple(integer(raw, name) for name in _SWEEP_NUMBERS)
    updated_at, added_at, view_count, view_offset, last_viewed_at, duration, last_rated_at = numbers
    return SweepRow(key, updated_at, added_at, view_count, view_offset, last_viewed_at, number(raw, 'userRating'),
                    duration, last_rated_at)


def rating_key(raw: Raw) -> str:
    """The item's id; '' if it is missing or could not be part of a URL path."""
    return identifier(raw, 'ratingKey')


def summary(raw: Raw) -> Optional[ItemSummary]:
    """The short record of one ``Metadata`` object, or None when its ratingKey is missing."""
    key, section = rating_key(raw), text(raw, 'librarySectionID')
    return ItemSummary(key, text(raw, 'type'), section, integer(raw, 'duration'), integer(raw, 'viewCount'),
                       integer(raw, 'viewOffset'), integer(raw, 'lastViewedAt'), number(raw, 'userRating'),
                       integer(raw, 'lastRatedAt'), text(raw, 'parentRatingKey')) if key else None


def playable_item(raw: Raw) -> PlayableItem:
    """The record for playback of one ``Metadata`` object. Raises :class:`BadItem`."""
    return PlayableItem(item(raw), tuple(media(one) for one in children(raw, 'Media')), markers(raw), chapters(raw))


def item(raw: Raw) -> PlexItem:
    """A full record of one ``Metadata`` object. Raises :class:`BadItem`."""
    key, plex_type = rating_key(raw), text(raw, 'type')
    if not key or not plex_type:
        raise BadItem('item without %s' % ('type' if key else 'ratingKey'))
    return PlexItem(
        rating_key=key,
        plex_type=plex_type,
        guid=text(raw, 'guid'),
        section_key=text(raw, 'librarySectionID'),
        parent_key=identifier(raw, 'parentRatingKey'),
        grandparent_key=identifier(raw, 'grandparentRatingKey'),
        title=text(raw, 'title'),
        original_title=text(raw, 'originalTitle'),
        title_sort=text(raw, 'titleSort'),
        summary=text(raw, 'summary'),
        tagline=text(raw, 'tagline'),
        year=integer(raw, 'year'),
        originally_available_at=text(raw, 'originallyAvailableAt')[:10],
        studio=text(raw, 'studio'),
        content_rating=text(raw, 'contentRating'),
        edition_title=text(raw, 'editionTitle'),
        rating=number(raw, 'rating'),
        rating_image=text(raw, 'ratingImage'),
        audience_rating=number(raw, 'audienceRating'),
        audience_rating_image=text(raw, 'audienceRatingImage'),
        user_rating=number(raw, 'userRating'),
        duration=integer(raw, 'duration'),
        item_index=index(raw, 'index'),
        parent_index=index(raw, 'parentIndex'),
        parent_title=text(raw, 'parentTitle'),
        grandparent_title=text(raw, 'grandparentTitle'),
        added_at=integer(raw, 'addedAt'),
        updated_at=integer(raw, 'updatedAt'),
        view_count=integer(raw, 'viewCount'),
        view_offset=integer(raw, 'viewOffset'),
        last_viewed_at=integer(raw, 'lastViewedAt'),
        thumb=text(raw, 'thumb') or text(raw, 'composite'),  # playlists have a composite
        art=text(raw, 'art'),
        banner=text(raw, 'banner'),
        parent_thumb=text(raw, 'parentThumb'),
        grandparent_thumb=text(raw, 'grandparentThumb'),
        grandparent_art=text(raw, 'grandparentArt'),
        trailer_key=trailer_key(raw),
        images=tuple((text(one, 'type'), text(one, 'url')) for one in children(raw, 'Image')),
        genres=tags(raw, 'Genre'),
        countries=tags(raw, 'Country'),
        collections=tags(raw, 'Collection'),
        labels=tags(raw, 'Label'),
        guids=tuple(guid for guid in (text(one, 'id') for one in children(raw, 'Guid')) if guid),
        ratings=tuple(Rating(text(one, 'image'), number(one, 'value'), text(one, 'type'))
                      for one in children(raw, 'Rating')),
        directors=_people(raw, 'Director'),
        writers=_people(raw, 'Writer'),
        roles=_people(raw, 'Role'),
        media=tuple(library_media(one) for one in children(raw, 'Media')),
        smart=flag(raw, 'smart'),
        child_count=integer(raw, 'childCount'),
        leaf_count=integer(raw, 'leafCount'),
        viewed_leaf_count=integer(raw, 'viewedLeafCount'),
        has_extras=bool(extras(raw)))


def items(raws: Iterable[Raw]) -> Tuple[List[PlexItem], int]:
    """All readable records, and the number of unreadable ones."""
    good: List[PlexItem] = []
    bad = 0
    for raw in raws:
        try:
            good.append(item(raw))
        except BadItem:
            bad += 1
    return good, bad


def _people(raw: Raw, name: str) -> Tuple[Person, ...]:
    found: Dict[Tuple[str, str], Person] = {}
    for child in children(raw, name):
        tag, role, thumb = child.get('tag', ''), child.get('role', ''), child.get('thumb', '')
        if tag.__class__ is role.__class__ is thumb.__class__ is str and (
                (joined := tag + role + thumb).isascii() and '\x00' not in joined or joined.isprintable()):
            tag, role, thumb = tag.strip(), role.strip(), thumb.strip()  # the fast way for nearly all of very many
        else:
            tag, role, thumb = text(child, 'tag'), text(child, 'role'), text(child, 'thumb')
        if tag and (tag, role) not in found:
            found[(tag, role)] = Person(tag, role, thumb)
    return tuple(found.values())
