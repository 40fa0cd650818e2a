"""An item of ours that Kodi can be made to announce, for it announces what it writes itself and nothing else.

Of all that Kodi can be asked to write, the time of the last playback of one item changes least: it is set to a second
beside it by Kodi, and back by us.
"""
from __future__ import annotations

from typing import NamedTuple, Optional, Sequence

from ..sql.statements import Statements
from . import item_rows
from .database import VideoDatabase
from .tables import ItemTable

#: What an item that was never played gets for a moment.
_LONG_AGO = '2000-01-01 00:00:00'


class Touch(NamedTuple):
    """``before`` is the time in the row (None: never played), ``meanwhile`` the one that Kodi is to write."""

    media_type: str
    kodi_id: int
    file_id: int
    before: Optional[str]
    meanwhile: str


def find(reader: Statements, tables: Sequence[ItemTable], base: str) -> Optional[Touch]:
    """Some item below ``base`` in one of these tables, which have files; None when there is none."""
    for table in tables:
        for row in item_rows.below(reader, table, base, 1):
            found = reader.one('SELECT lastPlayed FROM files WHERE idFile = ?', (row.file_id,))
            before = str(found[0]) if found and found[0] else None
            return Touch(table.media_type, row.kodi_id, row.file_id, before, _beside(before))
    return None


def undo(database: VideoDatabase, touch: Touch) -> None:
    """Give the item its time back, unless somebody else gave it another one meanwhile."""
    with database.transaction():
        database.run('UPDATE files SET lastPlayed = ? WHERE idFile = ? AND lastPlayed = ?',
                     (touch.before, touch.file_id, touch.meanwhile))


def has_items(reader: Statements, table: ItemTable) -> bool:
    """Whether Kodi's library has any items of a table, ours or others'."""
    return reader.one('SELECT 1 FROM %s LIMIT 1' % table.name) is not None


def _beside(moment: Optional[str]) -> str:
    """A second before or after a moment in Kodi's form; ``strptime`` fails in Python's sub-interpreters."""
    if not moment or not moment[-2:].isdigit():
        return _LONG_AGO
    seconds = int(moment[-2:])
    return '%s%02d' % (moment[:-2], seconds - 1 if seconds else 1)
