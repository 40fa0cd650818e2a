"""What is to be synchronised and why: requests, merged where one covers another, kept until they are carried out."""
from __future__ import annotations

from typing import Callable, FrozenSet, List, NamedTuple, Optional, Tuple

#: How thoroughly: what changed by the server's stamps, all listings, or everything written anew.
DELTA, SWEEP, CHECK = 0, 1, 2

#: Plex type and id of a row of Kodi's library.
KodiRow = Tuple[str, int]
#: Whether a server can be asked now.
Ready = Callable[[str], bool]


class Scope(NamedTuple):
    """What a sync looks at: all libraries, some (by key or uuid), or only some rows of Kodi's library.

    ``depth`` is the least that will do. ``all_due``: also the libraries whose own interval is not over. ``items`` are
    ratingKeys in these libraries that are looked at whatever their stamps say. All is of one server: ``machine``, which
    is '' for the main one.
    """

    depth: int = SWEEP
    sections: Optional[FrozenSet[str]] = None
    rows: Optional[FrozenSet[KodiRow]] = None
    all_due: bool = False
    items: FrozenSet[str] = frozenset()
    machine: str = ''

    def merged(self, other: Scope) -> Optional[Scope]:
        """A scope that covers both, when that is no more work than both one after the other; else None."""
        if (self.rows is None) != (other.rows is None) or self.machine != other.machine:
            return None
        depth, all_due = max(self.depth, other.depth), self.all_due or other.all_due
        if self.rows is not None and other.rows is not None:
            return Scope(depth, None, self.rows | other.rows, all_due, machine=self.machine)
        items = self.items | other.items
        if self.sections is not None and other.sections is not None:
            return Scope(depth, self.sections | other.sections, None, all_due, items, self.machine)
        small, large = (self, other) if self.sections is not None else (other, self)
        if small.sections is not None and small.depth > large.depth:
            return None  # a full check of one library is no reason to check all
        return Scope(depth, None, None, all_due, items, self.machine)


class Cause(NamedTuple):
    """Why. ``name`` is what the history keeps; ``announced``: the user asked and is told how it went.

    ``told_if_idle``: a sync that found nothing is in the history too.

    ``periodic`` requests are replaced by the next of their kind and server instead of being merged. Of several causes
    the one with the higher ``rank`` is shown.
    """

    name: str
    rank: int
    announced: bool = False
    periodic: bool = False
    told_if_idle: bool = True


#: Kodi started; the interval is over; a sync that could not finish is tried again; something happened at the server
#: or in Kodi; the user asked; the user asked for everything to be written anew.
START = Cause('start', 2)
TIMER = Cause('timer', 0, periodic=True)
RETRY = Cause('retry', 1)
EVENT = Cause('event', 1, told_if_idle=False)
#: Kodi wrote rows of ours anew.
IMPORTED = Cause('imported', 1, periodic=True, told_if_idle=False)
#: Kodi cleaned its library.
CLEANED = Cause('cleaned', 1)
USER = Cause('user', 3, announced=True)
FULL_CHECK = Cause('full_check', 4, announced=True)
#: The user asked for one item to be written anew.
REFRESH = Cause('refresh', 3, announced=True)


class SyncRequest(NamedTuple):
    """One wish. ``due`` is the time (:meth:`Clock.monotonic`) before which it does not begin."""

    cause: Cause
    scope: Scope = Scope()
    due: float = 0.0


class SyncQueue:
    """Requests that wait. Not locked: the sync's thread owns the lock."""

    def __init__(self) -> None:
        self._waiting: List[SyncRequest] = []

    def add(self, request: SyncRequest) -> None:
        """Remember it. A periodic one takes the place of the last one of its kind."""
        if request.cause.periodic:
            self._waiting = [one for one in self._waiting if not _is(one, request.cause, request.scope.machine)]
        self._waiting.append(request)

    def drop(self, cause: Cause) -> None:
        """Forget all requests with this cause."""
        self._waiting = [one for one in self._waiting if one.cause != cause]

    def drop_announced(self) -> None:
        """Forget what the user asked for and does not want any more."""
        self._waiting = [one for one in self._waiting if not one.cause.announced]

    def waits(self, cause: Cause, machine: str) -> bool:
        """Whether there is a request with this cause for a server."""
        return any(_is(one, cause, machine) for one in self._waiting)

    def hurry(self, cause: Cause, machine: str, due: float) -> None:
        """Let requests with this cause for a server begin at ``due``, if they would begin later."""
        self._waiting = [one._replace(due=min(one.due, due)) if _is(one, cause, machine) else one
                         for one in self._waiting]

    def put_off(self, due: float) -> None:
        """Let nothing begin before ``due``."""
        self._waiting = [one._replace(due=max(one.due, due)) for one in self._waiting]

    def next_due(self, ready: Optional[Ready] = None) -> Optional[float]:
        """When the first one may begin, of those whose server is ``ready``; None when nothing waits."""
        return min((one.due for one in self._waiting if ready is None or ready(one.scope.machine)), default=None)

    def announced(self, now: float, ready: Ready) -> bool:
        """Whether there is something that the user asked for and that can begin now."""
        return any(one.cause.announced and one.due <= now and ready(one.scope.machine) for one in self._waiting)

    def hush(self, ready: Ready) -> None:
        """What the user asked for of a server that is away is done when it is back, and nobody is told of it then."""
        self._waiting = [one._replace(cause=RETRY) if one.cause.announced and not ready(one.scope.machine) else one
                         for one in self._waiting]

    def take(self, now: float, ready: Ready) -> Optional[SyncRequest]:
        """The first request that is due and whose server is ready, with all that it can be merged with, or None.

        What the merged request covers is done with it, due or not; a whole sync covers the next one of the timer.
        """
        due = sorted((one for one in self._waiting if one.due <= now and ready(one.scope.machine)),
                     key=lambda one: (-one.cause.rank, one.due))
        if not due:
            return None
        taken = due[0]
        left: List[SyncRequest] = []
        for one in sorted((one for one in self._waiting if one is not taken), key=lambda one: one.due):
            merged = taken.scope.merged(one.scope)
            if merged is None or (one.due > now and merged != taken.scope):
                left.append(one)
            else:
                taken = SyncRequest(max(taken.cause, one.cause, key=lambda cause: cause.rank), merged, taken.due)
        self._waiting = left
        return taken


def _is(request: SyncRequest, cause: Cause, machine: str) -> bool:
    return request.cause == cause and request.scope.machine == machine
