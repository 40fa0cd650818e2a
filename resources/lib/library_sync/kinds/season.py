"""The kind "season"."""
from __future__ import annotations

from ...kodi_db import tables
from ...kodi_db.records import SeasonRecord
from ...kodi_db.seasons import SeasonWriter
from ...plex_kinds import PlexType
from ...plex_model import PlexItem
from .. import mapping
from ..mapping import Context, ExistingRow
from .kind import Kind
from .show import SHOW, show_key


def _record(item: PlexItem, context: Context, row: ExistingRow) -> SeasonRecord:
    """The record of a season, without pictures that Plex has copied from the show: Kodi shows those anyway."""
    pictures = [('poster', item.thumb if item.thumb != item.parent_thumb else ''),
                ('fanart', item.art if '/%s/' % item.rating_key in item.art else '')]
    return SeasonRecord(row.kodi_id, row.parent_id, max(item.item_index, 0), item.title,
                        mapping.stored_rating(item.user_rating), mapping.art(pictures, context))


SEASON = Kind(
    plex=PlexType('season', 3),
    library_type='show',
    table=tables.SEASON,
    record=_record,
    writer=SeasonWriter,
    parent=SHOW,
    parent_key=show_key,
)
