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


class ConnectionLost(DatabaseError):
    """The database server does not answer, or ended the connection; nothing of an open transaction was written, except
    perhaps when it happened during the commit.
    """


class AccessDenied(DatabaseError):
    """The database server does not know the user, or does not let them do what was asked."""


class NoSuchDatabase(DatabaseError):
    """The server has no database of that name."""


class UnfitCharset(DatabaseError):
    """The database's character set cannot hold all of the names and titles."""


class LeaseHeld(DatabaseError):
    """Another device synchronises the common library now; it can be tried again later."""


class OtherUser(DatabaseError):
    """The common library shows what another Plex user has watched."""


class LeaseLost(DatabaseError):
    """Another device has taken over the synchronisation, as this one gave no sign of life; nothing was written."""


class NewerState(DatabaseError):
    """A newer version of this add-on, on another device, has converted the common database."""
