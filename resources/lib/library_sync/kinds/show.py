"""The kind "show"."""
from __future__ import annotations

from ... import item_url
from ...kodi_db import tables
from ...kodi_db.records import ItemAddress, ShowRecord
from ...kodi_db.shows import ShowWriter
from ...plex_kinds import PlexType
from ...plex_model import PlexItem
from .. import mapping
from ..mapping import Context, ExistingRow
from .kind import Kind

#: The first of these ids that an item has is Kodi's default one.
IDS = ('tvdb', 'imdb', 'tmdb', 'plex')


def show_key(item: PlexItem) -> str:
    """The ratingKey of the show of a season or episode; without seasons the show is the episode's direct parent."""
    return item.grandparent_key or item.parent_key


def _address(machine_identifier: str, rating_key: str, _parent_key: str) -> ItemAddress:
    return ItemAddress(item_url.shows_path(machine_identifier), item_url.show_path(machine_identifier, rating_key), '')


def _record(item: PlexItem, context: Context, row: ExistingRow) -> ShowRecord:
    """The record of a show, without countries and writers: Kodi would not remove these links with the show."""
    shared = mapping.shared(item, context, IDS, mapping.all_art(item, context),
                            mapping.collections(item, context))
    return ShowRecord(
        row.kodi_id, shared._replace(countries=(), writers=()),
        _address(context.machine_identifier, item.rating_key, ''), mapping.local_time(item.added_at),
        mapping.seconds(item.duration), '', mapping.trailer(item, context))


SHOW = Kind(
    plex=PlexType('show', 2),
    library_type='show',
    table=tables.SHOW,
    record=_record,
    writer=ShowWriter,
    in_collections=True,
    address=_address,
)
