"""Errors that only Kodi's database has; those of any database are in ``sql.errors``."""
from __future__ import annotations

from ..sql.errors import DatabaseError, NoSuchDatabase


class DatabaseMissing(NoSuchDatabase):
    """Kodi has not created its library database (yet)."""


class SettingsUnreadable(DatabaseError):
    """Kodi's ``advancedsettings.xml`` names a server for its library, but we cannot read it as Kodi does."""


class SchemaUnknown(DatabaseError):
    """The database lacks a table or column that we write, as that of an unknown, newer Kodi may."""
