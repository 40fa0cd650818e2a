"""Which of several devices synchronises the library that they share: one at a time.

The lease is a row beside the library with a number, the fence, that grows each time it changes hands. Whoever holds it
checks that number within each transaction and so keeps the row locked: a device that slept, or lost its connection, and
wakes up when another one has taken over, cannot write with what it knew before. All times are by the server's clock.
"""
from __future__ import annotations

from typing import NamedTuple, Optional

from ..sql import engines
from ..sql.errors import LeaseHeld, LeaseLost, OtherUser
from ..sql.statements import Statements
from .shared import SharedState

#: Seconds without a sign of life after which a holder whose connection still stands counts as gone.
_EXPIRES = 120
#: Seconds between two signs of life.
_BEAT = 10
#: Seconds that a reader waits for a lock.
_PATIENCE = 1.0


class _Row(NamedTuple):
    """``holder`` is the server's number of the holder's connection, ``mine`` that of ours; ``age`` in seconds.

    ``user_id`` is the Plex user whose watch state the library shows, '' before the first sync.
    """

    fence: int
    holder: int
    age: int
    mine: int
    user_id: str


class Claim(NamedTuple):
    """Who synchronises: the Plex user ('' for nobody in particular), and whether the library becomes theirs."""

    user_id: str = ''
    takes_over: bool = False


class Change(NamedTuple):
    """The last sync that changed the library: its number, and the device (:class:`SharedState`). ``user_id`` is the
    Plex user whose watch state the library shows, '' before the first sync.
    """

    number: int
    device: str
    user_id: str = ''


class Lease:
    """Use :meth:`look` and :meth:`claim` before a sync, :meth:`check` in each transaction, :meth:`release` at its end.

    Set :attr:`changed` when something was written that other devices should show.
    """

    def __init__(self, database: Statements, location: SharedState) -> None:
        self._database = database
        self._table = _table(location)
        self._device = location.device
        self._fence: Optional[int] = None
        self.changed = False

    def look(self) -> None:
        """Raise :class:`LeaseHeld` while another device has it. The connection of one that sleeps is ended, and with it
        the locks of its transaction. Call outside of transactions.
        """
        row = self._read('')
        if row is None or not self._stands(row):
            return
        if row.age < _EXPIRES:
            raise LeaseHeld('another device synchronises the library')
        self._database.run('KILL %d' % row.holder)

    def claim(self, claim: Claim) -> None:
        """Take it. Call within a transaction, before any :meth:`check`.

        Raises :class:`LeaseHeld` as :meth:`look`, and :class:`OtherUser` if the library is that of another user.
        """
        row = self._read(' FOR UPDATE')
        if row is not None and row.age < _EXPIRES and self._stands(row):
            raise LeaseHeld('another device synchronises the library')
        if row is not None and claim.user_id and row.user_id not in ('', claim.user_id) and not claim.takes_over:
            raise OtherUser('the library shows what another Plex user has watched')
        self._fence = row.fence + 1 if row is not None else 1
        self._beat()
        if claim.user_id and (row is None or row.user_id != claim.user_id):
            self._database.run('UPDATE %s SET user_id = ? WHERE one = 1' % self._table, (claim.user_id,))

    def check(self) -> None:
        """Raise :class:`LeaseLost` unless it is still ours. Call first in each transaction."""
        if self._fence is None:
            return
        row = self._read(' FOR UPDATE')
        if row is None or row.fence != self._fence:
            raise LeaseLost('another device has taken over the synchronisation')
        if row.age >= _BEAT or row.holder != row.mine:
            self._beat()

    def release(self) -> None:
        """Give it up, if it is still ours. Call outside of transactions."""
        if self._fence is not None:
            if self.changed:
                self._database.run('UPDATE %s SET changes = changes + 1, changed_by = ? WHERE one = 1 AND fence = ?'
                                   % self._table, (self._device, self._fence))
            self._database.run('UPDATE %s SET holder = 0 WHERE one = 1 AND fence = ?' % self._table, (self._fence,))
            self._fence = None

    def _read(self, lock: str) -> Optional[_Row]:
        row = self._database.one('SELECT fence, holder, TIMESTAMPDIFF(SECOND, beat, UTC_TIMESTAMP()), CONNECTION_ID(), '
                                 'user_id FROM %s WHERE one = 1%s' % (self._table, lock))
        return _Row(int(row[0]), int(row[1]), int(row[2]), int(row[3]), str(row[4])) if row else None

    def _beat(self) -> None:
        self._database.run(
            'INSERT INTO %s (one, fence, holder, beat, changes, changed_by, user_id) '
            "VALUES (1, ?, CONNECTION_ID(), UTC_TIMESTAMP(), 0, '', '') "
            'ON DUPLICATE KEY UPDATE fence = VALUES(fence), holder = VALUES(holder), beat = VALUES(beat)' % self._table,
            (self._fence,))

    def _stands(self, row: _Row) -> bool:
        """Whether the holder's connection still exists; those of other users of the server cannot be seen."""
        return row.holder not in (0, row.mine) and self._database.one(
            'SELECT 1 FROM information_schema.processlist WHERE id = ?', (row.holder,)) is not None


def last_change(location: SharedState) -> Change:
    """Who changed the library last, by a sync. Raises :class:`DatabaseError`."""
    reader = engines.open_reader(location.shared, _PATIENCE)
    try:
        row = reader.one('SELECT changes, changed_by, user_id FROM %s WHERE one = 1' % _table(location))
        return Change(int(row[0]), str(row[1]), str(row[2])) if row else Change(0, '')
    finally:
        reader.close()


def _table(location: SharedState) -> str:
    return location.schema + 'lease'
