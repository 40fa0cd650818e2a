"""Ratings and resume points that the user sets in Kodi, which Kodi announces to nobody (seen in Kodi 20.1), but for a
resume point that is taken away.

A thread looks at the times of the file of Kodi's library. When they moved it compares ratings and resume points with
those that we wrote. A difference that was not there at the look before was made by the user.

Where several devices share the library, their Kodis write into the same rows, and whose doing a difference was is told
by other signs (:mod:`.shared_rows`).
"""
from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

from ... import state_db
from ...kodi_db import database, user_marks
from ...library_sync.kinds import VIDEO
from ...library_sync.user_changes import same_position, same_rating
from ...sql.errors import DatabaseError, DatabaseLocked
from ...sql.location import Location
from ...state_db import EXPIRED, POSITION, RATING
from ..shared import Databases
from .own_signs import Row

LOG = logging.getLogger('pkc.service')

#: Seconds between two looks at the file's times, and until a change is looked at once more: it may be half of one.
_INTERVAL, _AGAIN = 1.0, 0.3
#: Seconds between two such looks while the library changes all the time, or cannot be read.
_BUSY = 5.0
#: Seconds that a write of ours waits for a sync's transaction.
_PATIENCE = 2.0


class Place(NamedTuple):
    """What was set: on which row, and which action (:class:`Mark`)."""

    plex_type: str
    kodi_id: int
    action: str


#: Where Kodi's value is another one than ours: both of them, 0 for none.
Differences = Dict[Place, Tuple[float, float]]
#: Told of what the user set: Plex type, id of Kodi's row, action, value.
OnChange = Callable[[str, int, str, float], None]


class KodiRows:
    """``ignores(machineIdentifier, ratingKey)`` tells the items whose rows Kodi changes by itself, because they play.

    What differs when the service starts is no news; what differs after a first sync, which began with nothing, is.
    """

    def __init__(self, databases: Databases, on_change: OnChange, ignores: Callable[[str, str], bool]) -> None:
        self._databases = databases
        self._on_change = on_change
        self._ignores = ignores
        self._known: Optional[Differences] = None
        self._began_with_nothing = False
        self._token: Optional[object] = None
        self._wake = threading.Event()
        self._end = threading.Event()
        self._looking = threading.Lock()
        self._thread = threading.Thread(target=self._loop, name='pkc-kodi-rows', daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, after a last look."""
        self._end.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def announced(self, media_type: str, kodi_id: int) -> None:
        """Kodi announced that it changed a row. Kodi's thread."""

    def look(self) -> float:
        """Look now, for a sync is about to write; returns the seconds until the next look. Never raises."""
        try:
            with self._looking:
                return self._step()
        except DatabaseLocked as error:
            LOG.info("Kodi's rows are compared later: %s", error)
            return _INTERVAL
        except DatabaseError as error:
            LOG.info("Kodi's rows are not compared: %s", error)
        except Exception:  # the top of the thread
            LOG.exception("Kodi's rows could not be compared")
        return _BUSY

    def _loop(self) -> None:
        while not self._end.is_set():
            self._rest(self.look())

    def _rest(self, seconds: float) -> None:
        """Wait for the next look, not longer than for the end of a sync that is writing."""
        end, busy = time.monotonic() + seconds, self._databases.writing.locked()
        left = seconds
        while left > 0 and not self._wake.wait(min(left, _INTERVAL)):
            if busy and not self._databases.writing.locked():
                break
            left = end - time.monotonic()
        self._wake.clear()

    def _step(self) -> float:
        """Compare if there was a change; returns the seconds until the next look."""
        busy = self._databases.writing.locked()
        if not state_db.exists(self._databases.state_path):
            self._began_with_nothing = True
            return _INTERVAL
        if busy and self._known is None:  # what differs in the middle of a sync says nothing
            return _INTERVAL
        return _BUSY if self._look_at(self._databases.video_path()) and busy else _INTERVAL

    def _look_at(self, path: Location) -> bool:
        """Compare if there was a change; False without one."""
        token = database.change_token(path)
        if token is not None and token == self._token and self._known is not None:
            return False
        self._compare(path)
        self._token = token  # not before: what could not be compared is compared again
        return True

    def _compare(self, path: Location) -> None:
        known, now = self._known, self._differences(path)
        if known is None and not self._began_with_nothing:
            self._leave_to_sync(now)
        else:
            known = known or {}
            now = self._confirmed(path, known, now)
            news = [one for one in now if now[one] != known.get(one)]
            users = self._by_user(path, news, written_only=self._known is None)
            for place in users:
                self._on_change(*place, now[place][0])
            self._leave_to_sync(set(news) - set(users))
        self._known = now

    def _confirmed(self, path: Location, known: Differences, now: Differences,
                   rows: Optional[Set[Row]] = None) -> Differences:
        """The differences, in all rows or in some, without those that last for a moment only."""
        if all(now[one] == known.get(one) for one in now):
            return now
        self._end.wait(_AGAIN)
        again = self._differences(path, rows)
        return {place: values for place, values in again.items() if values in (now.get(place), known.get(place))}

    def _differences(self, path: Location, rows: Optional[Set[Row]] = None) -> Differences:
        """Where the two databases differ, in all rows or in some; a sync that commits in between makes differences that
        last for a moment.
        """
        found: Differences = {}
        with state_db.open_reader(self._databases.state_path) as state, database.open_reader(path) as video:
            for kind in VIDEO:
                some = None if rows is None else sorted(row[1] for row in rows if row[0] == kind.table.media_type)
                if rows is not None and not some:
                    continue
                ours = {RATING: state.set_values(kind.name, 'user_rating', some),
                        POSITION: state.set_values(kind.name, 'view_offset', some)}
                kodis = {RATING: {key: float(one) for key, one in user_marks.ratings(video, kind.table, some).items()},
                         POSITION: {key: 1000.0 * one
                                    for key, one in user_marks.positions(video, kind.table, some).items()}}
                for action, values in kodis.items():
                    for kodi_id in values.keys() | ours[action].keys():
                        both = values.get(kodi_id, 0.0), ours[action].get(kodi_id, 0.0)
                        if not (same_rating if action == RATING else same_position)(*both):
                            found[Place(kind.name, kodi_id, action)] = both
        return found

    def _by_user(self, path: Location, places: List[Place], written_only: bool = False) -> List[Place]:
        """Those of items of ours that are there; or only of those that the next sync need not write anew.

        Of an item that plays, or did until a moment ago, Kodi changes the resume point by itself, but not the rating.
        """
        found: List[Place] = []
        with database.open_reader(path) as video, state_db.open_reader(self._databases.state_path) as state:
            for kind in VIDEO:
                own = [place for place in places if place.plex_type == kind.name]
                alive = user_marks.existing(video, kind.table, {place.kodi_id for place in own})
                for place in own:
                    row = state.by_kodi_id(place.plex_type, place.kodi_id)
                    if row is None or place.kodi_id not in alive or (
                            written_only and EXPIRED in (row.stamp, row.last_viewed_at)):
                        continue
                    if place.action == RATING or not self._ignores(state.machine_identifier(row.server_id),
                                                                   row.rating_key):
                        found.append(place)
        return found

    def _leave_to_sync(self, places: Iterable[Place]) -> None:
        """What differs, but was not set by the user, the next sync writes as the server sees it."""
        with state_db.open_writer(self._databases.state_path, _PATIENCE) as state:
            rows = [state.by_kodi_id(place.plex_type, place.kodi_id) for place in places]
            stale = {(row.server_id, row.rating_key) for row in rows if row is not None
                     and EXPIRED not in (row.stamp, row.last_viewed_at)}
            if stale:
                with state.transaction():
                    for server_id, rating_key in stale:
                        state.look_again(server_id, [rating_key])
