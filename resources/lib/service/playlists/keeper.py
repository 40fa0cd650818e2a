"""Keeping the files of a user's playlists in step with the server, and taking them away."""
from __future__ import annotations

import logging
import time
from typing import Callable, Dict

from ...plex_playlists import playlists
from .comparison import MOST_PLAYLISTS, Comparison, Task
from .folder import PlaylistFolder, Stamp
from .record import Record

LOG = logging.getLogger('pkc.service')

#: Seconds for which a file must have been left alone: Kodi may still be writing it.
SETTLED = 2.0


class Keeper:
    """``wall`` is Kodi's clock. ``unsettled`` becomes True when a file was still being written."""

    def __init__(self, folder: PlaylistFolder, record: Record, wall: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._record = record
        self._wall = wall
        self._looked: Dict[str, Stamp] = {}  # files that are nobody's of ours, as they were looked at
        self.unsettled = False

    def changed_in_kodi(self, owner: str) -> bool:
        """Whether somebody wrote, made or deleted a playlist file since the last run. Raises OSError."""
        there = self._folder.playlists()
        kept = self._record.of(owner).playlists.values()
        known = {one.file for one in kept}
        return any(one.file not in there or not one.is_untouched(there[one.file]) for one in kept) or any(
            name not in known and self._looked.get(name) != stamp for name, stamp in there.items())

    def run(self, task: Task) -> None:
        """Look at both sides once and do what follows. Raises PlexError, OSError and Cancelled.

        What was done before an error is remembered.
        """
        self.unsettled = False
        rows, all_there = playlists(task.server.client, MOST_PLAYLISTS)
        if not all_there:
            LOG.warning('more than %d playlists: the rest does not come to Kodi', MOST_PLAYLISTS)
        try:
            Comparison(self._folder, self._record, task, self._looked, self._is_settled).run(rows, all_there)
        finally:
            self._record.save()

    def remove_others(self, owner: str) -> None:
        """Take away what belongs to other users and servers ('' for everybody's), but for what was changed in Kodi.

        Raises OSError.
        """
        for _, owned in self._record.others(owner):
            for key, kept in list(owned.playlists.items()):
                stamp = self._folder.stamp(kept.file)
                if stamp.changed and not kept.is_untouched(stamp):
                    continue
                self._folder.remove(kept.file)
                del owned.playlists[key]
        self._record.save()

    def remove_all(self) -> None:
        """Take all away, and remember nothing. A file that was changed in Kodi is the user's. Raises OSError."""
        self.remove_others('')
        for name in self._folder.playlists():
            if self._folder.read(name).marker is not None:
                self._folder.remove(name)
        self._record.forget()
        self._record.save()

    def _is_settled(self, stamp: Stamp) -> bool:
        settled = not 0 <= self._wall() - stamp.changed / 1e9 < SETTLED
        self.unsettled |= not settled
        return settled
