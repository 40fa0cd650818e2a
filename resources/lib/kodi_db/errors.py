"""Errors that only Kodi's database has; those of any database are in ``sql.errors``."""
from __future__ import annotations

from ..sql.errors import DatabaseError


class DatabaseMissing(DatabaseError):
    """Kodi has not created its library database (yet)."""


class SchemaUnknown(DatabaseError):
    """The database lacks a table or column that we write, as that of an unknown, newer Kodi may."""
