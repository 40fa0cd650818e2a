"""Errors of databases. Each engine's module translates its own errors into these."""
from __future__ import annotations


class DatabaseError(Exception):
    """The base class of all database errors."""


class DatabaseLocked(DatabaseError):
    """Another connection held the lock for longer than we wait; it can be tried again."""


class DatabaseDamaged(DatabaseError):
    """The engine cannot read the database."""


class DiskFull(DatabaseError):
    """The disk is full; nothing of the transaction was written."""


class UnfitValue(DatabaseError):
    """A value has a type or size that the database does not accept."""
