"""Ratings and resume points that the user sets in this Kodi, where others write into the same rows.

- A resume point was taken away by the user of this Kodi if this Kodi announces a change of that row. All other changes
  of resume points are those of playbacks, which are reported by the device that plays.
- A rating is reported by the devices of the Plex user whose watch state the library shows, after some seconds. A device
  of another user is quicker, and reports only what was rated while somebody used its Kodi and that item had the focus.
- What no device reports, because it went away meanwhile, is undone: the next sync writes such a row anew.
"""
from __future__ import annotations

import time
from typing import Callable, Dict, Iterable, List

from ...kodi_db.table_watch import TableWatch
from ...library_sync.kinds import VIDEO
from ...sql.location import Location
from ...state_db import POSITION, RATING
from ..shared import Databases
from .kodi_rows import Differences, KodiRows, OnChange, Place
from .own_signs import OwnSigns

#: Seconds that a rating is left to a device of another user, and that any difference is left to the device whose doing
#: it is, before the next sync undoes it.
_OTHERS, _UNDONE = 6.0, 60.0
_NEVER = float('inf')


class SharedRows(KodiRows):
    """``signs`` tell what happened in this Kodi, ``user()`` who watches here."""

    def __init__(self, databases: Databases, on_change: OnChange, ignores: Callable[[str, str], bool], signs: OwnSigns,
                 user: Callable[[], str]) -> None:
        super().__init__(databases, on_change, ignores)
        self._signs = signs
        self._user = user
        self._watch = TableWatch(['bookmark', *sorted(kind.table.name for kind in VIDEO)])
        self._since: Dict[Place, float] = {}
        self._done: Differences = {}
        self._due = _NEVER

    def stop(self) -> None:
        """End, after a last look."""
        super().stop()
        self._watch.close()

    def announced(self, media_type: str, kodi_id: int) -> None:
        """This Kodi announced that it changed a row. Kodi's thread."""
        self._signs.announced(media_type, kodi_id)
        self._wake.set()

    def _step(self) -> float:
        self._signs.look()
        return super()._step()

    def _look_at(self, path: Location) -> bool:
        self._tell_removed(path)
        token = self._watch.token(path)
        if token is None or token != self._token or self._known is None or time.monotonic() >= self._due:
            self._compare(path)
            self._token = token  # not before: what could not be compared is compared again
        return True  # nothing is asked for more often than needed while a sync is writing

    def _tell_removed(self, path: Location) -> None:
        """Tell of resume points that were taken away in this Kodi."""
        rows = self._signs.changed()
        if not rows:
            return
        found = self._confirmed(path, {}, self._differences(path, rows), rows)
        self._tell(path, [place for place, both in found.items() if place.action == POSITION and not both[0]], found)

    def _compare(self, path: Location) -> None:
        known, now = self._known or {}, self._differences(path)
        if self._known is not None:
            now = self._confirmed(path, known, now)
        moment = time.monotonic()
        self._since = {place: self._since.get(place, moment) if known.get(place) == both else moment
                       for place, both in now.items()}
        self._done = {place: both for place, both in self._done.items() if now.get(place) == both}
        if self._known is not None:
            self._tell_ratings(path, now, moment)
        old = [place for place, since in self._since.items() if place not in self._done and moment - since >= _UNDONE]
        self._leave_to_sync(old)
        self._done.update((place, now[place]) for place in old)
        self._due = min((since + (_OTHERS if place.action == RATING and moment - since < _OTHERS else _UNDONE)
                         for place, since in self._since.items() if place not in self._done), default=_NEVER)
        self._known = now

    def _tell_ratings(self, path: Location, now: Differences, moment: float) -> None:
        ratings = [place for place in now if place.action == RATING and place not in self._done]
        if not ratings:
            return
        if self._databases.user.is_another(self._user()):
            self._tell(path, [place for place in ratings if self._signs.may_have_rated(
                VIDEO.of_type(place.plex_type).table.media_type, place.kodi_id)], now)
        else:
            self._tell(path, [place for place in ratings if moment - self._since[place] >= _OTHERS], now)

    def _tell(self, path: Location, places: Iterable[Place], values: Differences) -> None:
        news: List[Place] = [place for place in places if self._done.get(place) != values[place]]
        for place in self._by_user(path, news) if news else ():
            self._done[place] = values[place]
            self._on_change(*place, values[place][0])
