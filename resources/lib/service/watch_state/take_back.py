"""Making a row of a shared library again what the library's user has, after somebody else watched or marked it."""
from __future__ import annotations

from ...kodi_db import user_marks
from ...kodi_db.writer import LibraryWriter
from ...library_sync import mapping
from ...library_sync.databases import SyncDatabases
from ...library_sync.kinds import VIDEO
from ...library_sync.user_changes import same_rating
from ...state_db import ItemState


def take_back(opened: SyncDatabases, row: ItemState) -> bool:
    """Write watch state and rating as they were stored; True if the row was another. Raises :class:`DatabaseError`."""
    writer, kind = LibraryWriter(opened.video), VIDEO.of_type(row.plex_type)
    files = writer.shared.files
    watch = mapping.watch_state(row.view_count, row.view_offset, max(0, row.last_viewed_at),
                                int(1000 * files.duration(row.file_id)))
    rated = user_marks.ratings(opened.video, kind.table, [row.kodi_id]).get(row.kodi_id, 0.0)
    watched = bool(row.file_id) and not files.has_watch(row.file_id, watch)
    if not watched and same_rating(rated, row.user_rating):
        return False
    with writer.transaction():
        if row.file_id:
            writer.write_watch([(row.file_id, watch)])
        writer.write_user_ratings(kind.table, [(row.kodi_id, mapping.user_rating(row.user_rating))])
    return True
