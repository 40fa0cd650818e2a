"""The kind "movie", with Plex's collections as Kodi's sets."""
from __future__ import annotations

from ... import item_url, plex_versions
from ...kodi_db import tables
from ...kodi_db.movies import MovieWriter
from ...kodi_db.records import ItemAddress, MovieRecord, SetRecord, VersionRecord
from ...plex_kinds import WATCHED_STAMPS, PlexType
from ...plex_model import PlexItem
from .. import mapping
from ..mapping import Context, ExistingRow
from .kind import Kind

#: The first of these ids that an item has is Kodi's default one.
_IDS = ('imdb', 'tmdb', 'tvdb', 'plex')


def _address(machine_identifier: str, rating_key: str, _parent_key: str) -> ItemAddress:
    path = item_url.movies_path(machine_identifier)
    return ItemAddress(path, path, item_url.movie_url(machine_identifier, rating_key))


def _record(item: PlexItem, context: Context, row: ExistingRow) -> MovieRecord:
    """The record of a movie; its first collection becomes the set, the others tags."""
    collections = mapping.collections(item, context)
    shared = mapping.shared(item, context, _IDS, mapping.all_art(item, context), collections[1:])
    address = _address(context.machine_identifier, item.rating_key, '')
    names = plex_versions.labels(item.media) if len(item.media) > 1 else ['']
    versions = tuple(
        VersionRecord(name, mapping.file_record(item, address._replace(url=item_url.movie_url(
            context.machine_identifier, item.rating_key, media.media_id)), row._replace(date_added=''), media))
        for name, media in zip(names[1:], item.media[1:]) if media.media_id)
    return MovieRecord(
        row.kodi_id, row.file_id, shared, mapping.file_record(item, address, row), item.tagline, item.year,
        collections[0] if collections else '', mapping.trailer(item, context), names[0], versions)


def _set_record(item: PlexItem, context: Context) -> SetRecord:
    """The record of a collection."""
    return SetRecord(item.title, item.summary, mapping.art([('poster', item.thumb), ('fanart', item.art)], context))


MOVIE = Kind(
    plex=PlexType('movie', 1, WATCHED_STAMPS),
    library_type='movie',
    table=tables.MOVIE,
    record=_record,
    writer=MovieWriter,
    watch_state=True,
    in_collections=True,
    set_record=_set_record,
    address=_address,
)
