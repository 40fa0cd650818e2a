"""Typed records of Plex's answers. Fields that are absent, of another type or out of range must cause no error.

Names are Plex's own in Python spelling. Times are Unix seconds of the server's clock, durations milliseconds, missing
values 0 or ''. Source: Plex Media Server API, ``Metadata`` object. The records of files and streams are in
``plex_media``.
"""
from __future__ import annotations

from typing import Any, Iterable, List, NamedTuple, Optional, Tuple

from .plex_extras import extras, trailer_key
from .plex_media import Chapter, LibraryMedia, Marker, Media, chapters, library_media, markers, media
from .plex_values import (
    MAX_INTEGER,
    Raw,
    checked_id,
    children,
    flag,
    identifier,
    index,
    integer,
    number,
    tags,
    text,
    texts,
    triples,
)

MOVIE, SHOW, SEASON, EPISODE = 'movie', 'show', 'season', 'episode'
COLLECTION, PLAYLIST, CLIP = 'collection', 'playlist', 'clip'

_ITEM_INTEGERS = ('year', 'duration', 'addedAt', 'updatedAt', 'viewCount', 'viewOffset', 'lastViewedAt', 'childCount',
                  'leafCount', 'viewedLeafCount')
_ITEM_TEXTS = ('guid', 'title', 'originalTitle', 'titleSort', 'summary', 'tagline', 'studio', 'contentRating',
               'editionTitle', 'ratingImage', 'audienceRatingImage', 'parentTitle', 'grandparentTitle', 'art', 'banner',
               'parentThumb', 'grandparentThumb', 'grandparentArt')
_PERSON = ('tag', 'role', 'thumb')
_SWEEP_NUMBERS = ('updatedAt', 'addedAt', 'viewCount', 'viewOffset', 'lastViewedAt', 'duration', 'lastRatedAt')


#: A director, writer (role '') or actor: name, role, and path or URL of the picture.
Person = Tuple[str, str, str]


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


#: The fields of a :class:`SweepRow` with times, by Plex's names.
STAMP_FIELDS = {'updatedAt': 'updated_at', 'addedAt': 'added_at', 'lastViewedAt': 'last_viewed_at',
                'lastRatedAt': 'last_rated_at'}


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


class Rating(NamedTuple):
    """One rating: ``image`` names the source (``imdb://image.rating``), ``kind`` is critic or audience."""

    image: str
    value: float
    kind: str


class PlexItem(NamedTuple):
    """A movie, show, season, episode, collection, playlist or extra (clip) with all that we use of it."""

    rating_key: str
    plex_type: str
    section_key: str
    parent_key: str
    grandparent_key: str
    originally_available_at: str
    thumb: str
    trailer_key: str
    rating: float
    audience_rating: float
    user_rating: float
    item_index: int
    parent_index: int
    smart: bool
    has_extras: bool
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
    # Read by ``_ITEM_INTEGERS``, in this order.
    year: int
    duration: int
    added_at: int
    updated_at: int
    view_count: int
    view_offset: int
    last_viewed_at: int
    child_count: int
    leaf_count: int
    viewed_leaf_count: int
    # Read by ``_ITEM_TEXTS``, in this order.
    guid: str
    title: str
    original_title: str
    title_sort: str
    summary: str
    tagline: str
    studio: str
    content_rating: str
    edition_title: str
    rating_image: str
    audience_rating_image: str
    parent_title: str
    grandparent_title: str
    art: str
    banner: str
    parent_thumb: str
    grandparent_thumb: str
    grandparent_art: str

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
    return PlexItem._make((  # by position: keywords take three times as long
        key,
        plex_type,
        text(raw, 'librarySectionID'),
        identifier(raw, 'parentRatingKey'),
        identifier(raw, 'grandparentRatingKey'),
        text(raw, 'originallyAvailableAt')[:10],
        text(raw, 'thumb') or text(raw, 'composite'),  # playlists have a composite
        trailer_key(raw),
        number(raw, 'rating'),
        number(raw, 'audienceRating'),
        number(raw, 'userRating'),
        index(raw, 'index'),
        index(raw, 'parentIndex'),
        flag(raw, 'smart'),
        bool(extras(raw)),
        tuple([(text(one, 'type'), text(one, 'url')) for one in children(raw, 'Image')]),
        tags(raw, 'Genre'),
        tags(raw, 'Country'),
        tags(raw, 'Collection'),
        tags(raw, 'Label'),
        tuple([guid for guid in [text(one, 'id') for one in children(raw, 'Guid')] if guid]),
        tuple([Rating(text(one, 'image'), number(one, 'value'), text(one, 'type'))
               for one in children(raw, 'Rating')]),
        *_people(raw, ('Director', 'Writer', 'Role')),
        tuple([library_media(one) for one in children(raw, 'Media')]),
        *[integer(raw, name) for name in _ITEM_INTEGERS],
        *texts(raw, _ITEM_TEXTS)))


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


def _people(raw: Raw, names: Tuple[str, ...]) -> List[Tuple[Person, ...]]:
    """The people in the child elements of each of these names."""
    elements = [children(raw, name) for name in names]
    people = triples([one for some in elements for one in some], _PERSON)
    found: List[Tuple[Person, ...]] = []
    start = 0
    for some in elements:
        found.append(_distinct(people[start:start + len(some)]))
        start += len(some)
    return found


def _distinct(people: List[Person]) -> Tuple[Person, ...]:
    """The people with a name; of those with the same name and role the first."""
    names = {person[0] for person in people}
    if len(names) < len(people) or '' in names:
        first = {person[:2]: person for person in reversed(people) if person[0]}
        people = [person for person in people if first.pop(person[:2], None)]
    return tuple(people)
