"""Whether Kodi is still telling what it marks at once: the episodes of a show one by one, in one transaction.

How long that takes depends on the box. So the time between two announcements says nothing, but the rows do: as long as
one episode of the show is watched in Kodi's library and not in ours, or the other way round, its announcement is still
to come, or the transaction is not committed yet. (Source: Kodi's CVideoLibraryMarkWatchedJob, 19 to 21.)
"""
from __future__ import annotations

import logging
from typing import Iterable, List, Set

from ... import state_db
from ...kodi_db import database, user_marks
from ...library_sync.kinds import VIDEO
from ...plex_model import EPISODE
from ...sql.errors import DatabaseError
from ...state_db import WATCHED, ItemState, StateFile
from ..shared import Databases
from .mark_store import Change

LOG = logging.getLogger('pkc.service')


class Announcing:
    """Used by the thread of the marks, which has written down what was announced."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._missing: Set[int] = set()
        self._given_up: Set[int] = set()

    def goes_on(self, changes: Iterable[Change]) -> bool:
        """Whether more is to come of the shows of these marks. Never raises."""
        ids = {one.kodi_id: one.user_id for one in changes
               if one.plex_type == VIDEO.of_type(EPISODE).name and one.action == WATCHED}
        try:
            if not ids or any(self._databases.user.is_another(user) for user in set(ids.values())):
                return False  # what another user marks does not become ours
            different = self._different(ids)
        except DatabaseError as error:
            LOG.info('whether Kodi goes on marking is not known: %s', error)
            return True
        self._given_up &= different
        self._missing = different - self._given_up
        return bool(self._missing)

    def give_up(self) -> None:
        """It was waited for too long: what is missing now is not waited for again, until it was there."""
        self._given_up |= self._missing

    def _different(self, kodi_ids: Iterable[int]) -> Set[int]:
        with state_db.open_reader(self._databases.state_path) as state:
            episodes = _of_the_same_shows(state, kodi_ids)
        with database.open_reader(self._databases.video_path()) as video:
            watched = user_marks.watched(video, [one.file_id for one in episodes])
        return {one.kodi_id for one in episodes if (one.file_id in watched) != (one.view_count > 0)}


def _of_the_same_shows(state: StateFile, kodi_ids: Iterable[int]) -> List[ItemState]:
    kind = VIDEO.of_type(EPISODE).name
    marked = (state.by_kodi_id(kind, one) for one in kodi_ids)
    shows = {(one.server_id, one.parent_key) for one in marked if one is not None}
    return [row for server_id, show in shows
            for row in state.find(server_id, state.children(server_id, [show])).values()
            if row.plex_type == kind and row.file_id]
