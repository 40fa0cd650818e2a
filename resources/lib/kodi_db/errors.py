"""What can go wrong with Kodi's database."""
from __future__ import annotations


class KodiDatabaseError(Exception):
    """Root of this room's errors."""


class DatabaseMissing(KodiDatabaseError):
    """Kodi has not created its library database (yet)."""


class SchemaUnknown(KodiDatabaseError):
    """The database is newer than we know and lacks something that we write."""


class DatabaseLocked(KodiDatabaseError):
    """Another writer held the lock for longer than we wait; the batch can be tried again."""


class DatabaseDamaged(KodiDatabaseError):
    """SQLite cannot read Kodi's database file."""


class DiskFull(KodiDatabaseError):
    """There is no room left; nothing of the batch was written."""
