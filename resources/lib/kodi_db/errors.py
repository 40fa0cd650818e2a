"""What can be wrong with Kodi's database beside what can be wrong with any."""
from __future__ import annotations

from ..sql.errors import DatabaseError


class DatabaseMissing(DatabaseError):
    """Kodi has not created its library database (yet)."""


class SchemaUnknown(DatabaseError):
    """The database is newer than we know and lacks something that we write."""
