"""What can go wrong with a database. An engine's own errors go no further than its module."""
from __future__ import annotations


class DatabaseError(Exception):
    """Root of these errors."""


class DatabaseLocked(DatabaseError):
    """Another writer held the lock for longer than we wait; it can be tried again."""


class DatabaseDamaged(DatabaseError):
    """The engine cannot read the database."""


class DiskFull(DatabaseError):
    """There is no room left; nothing of the transaction was written."""


class UnfitValue(DatabaseError):
    """A value is of a kind or size that the database does not take."""
