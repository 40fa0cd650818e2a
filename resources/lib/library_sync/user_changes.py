"""Finding values that the user has just set in Kodi, so that a sync does not overwrite them.

Kodi announces neither ratings nor resume points. Within a transaction no other program writes, so a row that differs
from what we wrote last was changed by the user, or by Kodi after a playback. The latter are known
(:meth:`~..state_db.Items.look_again`), and are overwritten.
"""
from __future__ import annotations

from typing import Iterable, Set

from ..kodi_db import user_marks
from ..kodi_db.database import VideoDatabase
from ..state_db import EXPIRED, ItemState
from . import mapping
from .kinds import Kind

#: Resume points that differ by fewer milliseconds count as equal.
_SAME_MS = 1500


def same_rating(kodis: float, ours: float) -> bool:
    """Whether a rating in Kodi is Plex's after conversion."""
    return mapping.user_rating(ours) == kodis


def same_position(kodis: float, ours: float) -> bool:
    """Whether two resume points in milliseconds (0 for none) are equal in Kodi's precision."""
    return bool(ours) == bool(kodis) and abs(ours - kodis) < _SAME_MS


def changed_by_user(database: VideoDatabase, kind: Kind, known: Iterable[ItemState]) -> Set[str]:
    """The ratingKeys of the items whose rating or resume point in Kodi is not the one that we wrote."""
    rows = {row.kodi_id: row for row in known if EXPIRED not in (row.stamp, row.last_viewed_at)}
    alive = user_marks.existing(database, kind.table, set(rows))
    ratings = user_marks.ratings(database, kind.table, sorted(rows))
    positions = user_marks.positions(database, kind.table, sorted(rows))
    return {rows[kodi_id].rating_key for kodi_id in alive
            if not same_rating(ratings.get(kodi_id, 0), rows[kodi_id].user_rating)
            or kind.watch_state and not same_position(1000.0 * positions.get(kodi_id, 0.0), rows[kodi_id].view_offset)}
