"""Options of a sync, its databases and its server."""
from __future__ import annotations

from typing import FrozenSet, NamedTuple, Sequence

from .. import state_db
from ..sql.location import Location
from .kinds import VIDEO, Kinds

#: Modes: ask for what changed by the server's stamps; compare all listings; write everything again.
DELTA, SWEEP, CHECK = 'delta', 'sweep', 'check'


#: Parallel requests: more than one server's processors can work on are of no use.
MOST_PARALLEL = 6


class AsKnown(NamedTuple):
    """Libraries (by key) that were found to be as the last sync left them, less than some minutes ago.

    ``since_asked``: seconds since a sync asked for all their listings.
    """

    sections: FrozenSet[str] = frozenset()
    since_asked: float = 0.0


class Options(NamedTuple):
    """Options of one sync. Libraries are named by uuid or key.

    At most ``workers`` parallel requests (0: everything in one thread). ``excluded`` libraries leave Kodi,
    ``watch_only`` ones get no new items and no new texts, ``not_due`` ones are left alone this time. ``breath``
    seconds of rest follow each batch. ``user_id`` is the Plex user whose watched marks the sync must not undo.
    If any are named in ``only``, all others are left alone. ``items`` are ratingKeys of items in them that a delta
    looks at whatever their stamps say. ``home_first``: begin with what home screens show in all libraries; new
    libraries do so anyway. A delta does not ask for the listings of libraries that are ``as_known``. ``identified``:
    it was checked a moment ago which server answers. Where several servers are chosen, a library with one of the
    ``titles_taken`` gets the ``server_name`` into its title. ``one_row``: the machineIdentifiers of all of them, in the
    user's order, if an item that several have is to have one row (:mod:`.one_row`).
    """

    excluded: Sequence[str] = ()
    workers: int = MOST_PARALLEL
    local_port: int = 57310
    mode: str = SWEEP
    watch_only: Sequence[str] = ()
    not_due: Sequence[str] = ()
    breath: float = 0.0
    user_id: str = ''
    only: Sequence[str] = ()
    items: Sequence[str] = ()
    home_first: bool = False
    as_known: AsKnown = AsKnown()
    identified: bool = False
    titles_taken: Sequence[str] = ()
    server_name: str = ''
    one_row: Sequence[str] = ()


class DatabaseLocations(NamedTuple):
    """Where the two databases are, and the kinds of items that the first one holds."""

    video_db: Location
    state_db: state_db.Location
    kinds: Kinds = VIDEO


class SyncServer(NamedTuple):
    """The server that is synced, and values that are written with its items.

    ``server_id`` is its id in our database. ``local_port`` (the loopback server's), ``user_id``, ``one_row``: see
    :class:`Options`. ``everything``: items are written anew even if they are as we know them.
    """

    server_id: int
    machine_identifier: str
    kinds: Kinds
    local_port: int = 57310
    user_id: str = ''
    everything: bool = False
    one_row: Sequence[str] = ()
