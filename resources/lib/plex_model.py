"""Plex's answers as typed records. Every field is a hint: absent, of another type or out of range must not hurt.

Names are Plex's own in Python spelling. Times are Unix seconds of the server's clock, durations milliseconds,
0 or '' where Plex says nothing. Shapes: Plex Media Server API, ``Metadata`` object.
"""
from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

Raw = Mapping[str, Any]

MOVIE, SHOW, SEASON, EPISODE, COLLECTION = 'movie', 'show', 'season', 'episode', 'collection'
#: Plex's numbers for ``type=`` in listings.
TYPE_NUMBER = {MOVIE: 1, SHOW: 2, SEASON: 3, EPISODE: 4, COLLECTION: 18}

VIDEO_STREAM, AUDIO_STREAM, SUBTITLE_STREAM = 1, 2, 3
_MAX_INT = 2 ** 62
_SWEEP_NUMBERS = ('updatedAt', 'addedAt', 'viewCount', 'viewOffset', 'lastViewedAt', 'duration', 'lastRatedAt')
#: Ids stand in URL paths, ours and the server's.
_ID = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]*\Z')


class Section(NamedTuple):
    """A library of the server (``Directory`` of ``/library/sections``)."""

    key: str
    plex_type: str
    title: str
    uuid: str
    refreshing: bool
    hidden: int
    content_changed_at: str


class SweepRow(NamedTuple):
    """What the sweep knows of an item: enough to see whether it is new, changed or watched."""

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
        """Changes when the item's metadata change; items without ``updatedAt`` exist."""
        return self.updated_at or self.added_at


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


class Stream(NamedTuple):
    """A stream of a part; ``hdr`` is '', hdr10, hlg or dolbyvision."""

    kind: int
    codec: str
    profile: str
    language: str
    width: int
    height: int
    aspect: float
    channels: int
    hdr: str


class Media(NamedTuple):
    """One version of an item, with the streams of all its parts."""

    duration: int
    width: int
    height: int
    aspect: float
    video_codec: str
    audio_codec: str
    audio_channels: int
    streams: Tuple[Stream, ...]
    media_id: str = ''
    resolution: str = ''
    bitrate: int = 0


class PlexItem(NamedTuple):
    """A movie, show, season, episode or collection with all that we use of it."""

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
    media: Tuple[Media, ...]
    smart: bool = False
    child_count: int = 0

    @property
    def stamp(self) -> int:
        """Same meaning as :attr:`SweepRow.stamp`."""
        return self.updated_at or self.added_at


class BadItem(ValueError):
    """An item that lacks what nothing can be done without (its ratingKey or type)."""


# ---- leaves: one value out of an untrusted mapping -------------------------------------------------------------

def text(raw: Raw, name: str) -> str:
    """A string that SQLite and Kodi can hold: no NUL, no lone surrogates; numbers become their digits."""
    value = raw.get(name)
    if value.__class__ is str:
        return value.strip() if value.isascii() and '\x00' not in value else clean(value)
    if value is None or isinstance(value, (dict, list, bool)):
        return ''
    return clean(str(value))


def clean(value: str) -> str:
    """``value`` without NULs, lone surrogates and surrounding white space."""
    if '\x00' in value:
        value = value.replace('\x00', '')
    if not value.isascii():
        value = value.encode('utf-8', 'ignore').decode('utf-8')
    return value.strip()


def integer(raw: Raw, name: str) -> int:
    """A whole number, 0 when absent or senseless."""
    value = raw.get(name)
    if type(value) is int:
        return value if -_MAX_INT < value < _MAX_INT else 0
    if value is None:
        return 0
    try:
        number_ = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0
    return number_ if -_MAX_INT < number_ < _MAX_INT else 0


def number(raw: Raw, name: str) -> float:
    """A finite float, 0.0 when absent or senseless."""
    value = raw.get(name)
    if value is None:
        return 0.0
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return result if -1e15 < result < 1e15 else 0.0


def flag(raw: Raw, name: str, default: bool = False) -> bool:
    """Plex writes booleans as true, 1 or "1"."""
    value = raw.get(name)
    if value is None:
        return default
    return value in (True, 1, '1', 'true')


def children(raw: Raw, name: str) -> List[Raw]:
    """The child elements of one name; an object instead of a list counts as a list of one."""
    value = raw.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        return [child for child in value if isinstance(child, dict)]
    return [value] if isinstance(value, dict) else []


def tags(raw: Raw, name: str) -> Tuple[str, ...]:
    """The distinct ``tag`` texts of child elements, in order."""
    found: Dict[str, None] = {}
    for child in children(raw, name):
        value = text(child, 'tag')
        if value:
            found[value] = None
    return tuple(found)


# ---- records ---------------------------------------------------------------------------------------------------

def section(raw: Raw) -> Optional[Section]:
    """A library, or None when it has no key or type."""
    key, plex_type = _id(text(raw, 'key').rstrip('/').rsplit('/', 1)[-1]), text(raw, 'type')
    if not key or not plex_type:
        return None
    return Section(key, plex_type, text(raw, 'title'), text(raw, 'uuid'),
                   flag(raw, 'refreshing'), integer(raw, 'hidden'), text(raw, 'contentChangedAt'))


def sweep_row(raw: Raw) -> Optional[SweepRow]:
    """A row of the sweep's slim listing, or None when even its ratingKey is missing."""
    key = rating_key(raw)
    if not key:
        return None
    get = raw.get
    numbers: Tuple[Any, ...] = (
        get('updatedAt', 0), get('addedAt', 0), get('viewCount', 0), get('viewOffset', 0), get('lastViewedAt', 0),
        get('duration', 0), get('lastRatedAt', 0))
    if set(map(type, numbers)) != {int} or max(numbers) >= _MAX_INT or min(numbers) <= -_MAX_INT:
        numbers = tuple(integer(raw, name) for name in _SWEEP_NUMBERS)
    updated_at, added_at, view_count, view_offset, last_viewed_at, duration, last_rated_at = numbers
    return SweepRow(key, updated_at, added_at, view_count, view_offset, last_viewed_at, number(raw, 'userRating'),
                    duration, last_rated_at)


def rating_key(raw: Raw) -> str:
    """The item's id, an opaque word; ids that could break out of a URL path count as missing."""
    value = raw.get('ratingKey')
    return _id(value if value.__class__ is str else text(raw, 'ratingKey'))


def _id(value: str) -> str:
    return value if _ID.match(value) else ''


def item(raw: Raw) -> PlexItem:
    """A full record of one ``Metadata`` object. Raises :class:`BadItem`."""
    key, plex_type = rating_key(raw), text(raw, 'type')
    if not key or not plex_type:
        raise BadItem('item without %s' % ('type' if key else 'ratingKey'))
    return PlexItem(
        key, plex_type, text(raw, 'guid'), text(raw, 'librarySectionID'), _id(text(raw, 'parentRatingKey')),
        _id(text(raw, 'grandparentRatingKey')), text(raw, 'title'), text(raw, 'originalTitle'),
        text(raw, 'titleSort'), text(raw, 'summary'), text(raw, 'tagline'), integer(raw, 'year'),
        text(raw, 'originallyAvailableAt')[:10], text(raw, 'studio'), text(raw, 'contentRating'),
        text(raw, 'editionTitle'), number(raw, 'rating'), text(raw, 'ratingImage'),
        number(raw, 'audienceRating'), text(raw, 'audienceRatingImage'), number(raw, 'userRating'),
        integer(raw, 'duration'), _index(raw, 'index'), _index(raw, 'parentIndex'), text(raw, 'parentTitle'),
        text(raw, 'grandparentTitle'), integer(raw, 'addedAt'), integer(raw, 'updatedAt'),
        integer(raw, 'viewCount'), integer(raw, 'viewOffset'), integer(raw, 'lastViewedAt'),
        text(raw, 'thumb'), text(raw, 'art'), text(raw, 'banner'), text(raw, 'parentThumb'),
        text(raw, 'grandparentThumb'), text(raw, 'grandparentArt'), _trailer_key(raw),
        tuple((text(i, 'type'), text(i, 'url')) for i in children(raw, 'Image')),
        tags(raw, 'Genre'), tags(raw, 'Country'), tags(raw, 'Collection'), tags(raw, 'Label'),
        tuple(g for g in (text(c, 'id') for c in children(raw, 'Guid')) if g),
        tuple(Rating(text(r, 'image'), number(r, 'value'), text(r, 'type')) for r in children(raw, 'Rating')),
        _people(raw, 'Director'), _people(raw, 'Writer'), _people(raw, 'Role'),
        tuple(media(m) for m in children(raw, 'Media')), flag(raw, 'smart'), integer(raw, 'childCount'))


def items(raws: Iterable[Raw]) -> Tuple[List[PlexItem], int]:
    """All readable records and how many were not."""
    good: List[PlexItem] = []
    bad = 0
    for raw in raws:
        try:
            good.append(item(raw))
        except BadItem:
            bad += 1
    return good, bad


def _index(raw: Raw, name: str) -> int:
    """A season or episode number; -1 when Plex has none (0 is the specials' season)."""
    value = integer(raw, name)
    return value if raw.get(name) is not None and 0 <= value < 10 ** 9 else -1


def _people(raw: Raw, name: str) -> Tuple[Person, ...]:
    found: Dict[Tuple[str, str], Person] = {}
    for child in children(raw, name):
        tag, role, thumb = child.get('tag', ''), child.get('role', ''), child.get('thumb', '')
        if tag.__class__ is role.__class__ is thumb.__class__ is str and (tag + role + thumb).isprintable():
            tag, role, thumb = tag.strip(), role.strip(), thumb.strip()  # nearly all, and there are very many
        else:
            tag, role, thumb = text(child, 'tag'), text(child, 'role'), text(child, 'thumb')
        if tag and (tag, role) not in found:
            found[(tag, role)] = Person(tag, role, thumb)
    return tuple(found.values())


def media(raw: Raw) -> Media:
    """One version of an item (``Media``)."""
    return Media(integer(raw, 'duration'), integer(raw, 'width'), integer(raw, 'height'),
                 number(raw, 'aspectRatio'), text(raw, 'videoCodec'), text(raw, 'audioCodec'),
                 integer(raw, 'audioChannels'),
                 tuple(_stream(s) for p in children(raw, 'Part') for s in children(p, 'Stream')),
                 _id(text(raw, 'id')), text(raw, 'videoResolution'), integer(raw, 'bitrate'))


def _trailer_key(raw: Raw) -> str:
    """The ratingKey of the trailer that Plex would play first, '' for none."""
    key = text(raw, 'primaryExtraKey')
    if key.startswith('/library/metadata/'):
        return _id(key[len('/library/metadata/'):])
    extras = raw.get('Extras')
    for extra in children(extras, 'Metadata') if isinstance(extras, dict) else ():
        if text(extra, 'subtype') == 'trailer' or integer(extra, 'extraType') == 1:
            return rating_key(extra)
    return ''


def _stream(raw: Raw) -> Stream:
    """Only what Kodi stores: width, height and range of pictures, channels of sound, languages."""
    kind, codec, language = raw.get('streamType', 0), raw.get('codec', ''), raw.get('languageCode', '')
    if not (kind.__class__ is int and codec.__class__ is language.__class__ is str and (codec + language).isalnum()):
        kind, codec, language = integer(raw, 'streamType'), text(raw, 'codec'), text(raw, 'languageCode')
    if kind == VIDEO_STREAM:
        return Stream(kind, codec, '', language, integer(raw, 'width'), integer(raw, 'height'),
                      number(raw, 'aspectRatio'), 0, _hdr(raw))
    if kind == AUDIO_STREAM:
        return Stream(kind, codec, text(raw, 'profile'), language, 0, 0, 0.0, integer(raw, 'channels'), '')
    return Stream(kind, codec, '', language, 0, 0, 0.0, 0, '')


def _hdr(raw: Raw) -> str:
    """Kodi's word for the stream's dynamic range; Plex has DOVIPresent and the transfer characteristic."""
    if flag(raw, 'DOVIPresent'):
        return 'dolbyvision'
    return {'smpte2084': 'hdr10', 'arib-std-b67': 'hlg'}.get(text(raw, 'colorTrc'), '')
