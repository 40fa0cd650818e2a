"""The kind "episode"."""
from __future__ import annotations

from ... import item_url
from ...kodi_db import tables
from ...kodi_db.episodes import EpisodeWriter
from ...kodi_db.records import EpisodeRecord, ItemAddress
from ...plex_kinds import WATCHED_STAMPS, PlexType
from ...plex_model import PlexItem
from .. import mapping
from ..mapping import Context, ExistingRow
from .kind import Kind
from .show import IDS, SHOW, show_key


def _address(machine_identifier: str, rating_key: str, parent_key: str) -> ItemAddress:
    return ItemAddress(item_url.shows_path(machine_identifier), item_url.show_path(machine_identifier, parent_key),
                       item_url.episode_url(machine_identifier, parent_key, rating_key))


def _record(item: PlexItem, context: Context, row: ExistingRow) -> EpisodeRecord:
    """The record of an episode; one without season becomes a special.

    A picture that Plex has copied from the show is left out: Kodi shows the show's picture anyway, and the copy would
    be outdated when the show gets another one.
    """
    thumb = item.thumb if item.thumb not in (item.parent_thumb, item.grandparent_thumb) else ''
    shared = mapping.unnamed(item, IDS, mapping.art([('thumb', thumb)], context))
    address = _address(context.machine_identifier, item.rating_key, show_key(item))
    return EpisodeRecord(row.kodi_id, row.file_id, row.parent_id, shared, mapping.file_record(item, address, row),
                         max(item.parent_index, 0), max(item.item_index, 0))


EPISODE = Kind(
    plex=PlexType('episode', 4, WATCHED_STAMPS),
    library_type='show',
    table=tables.EPISODE,
    record=_record,
    writer=EpisodeWriter,
    watch_state=True,
    parent=SHOW,
    parent_key=show_key,
    address=_address,
)
