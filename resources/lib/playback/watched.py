"""When an item counts as watched, and that the PMS counts it exactly once."""
from __future__ import annotations

import logging
from typing import Callable, Optional

from ..plex_errors import PlexNotFound
from ..plex_preferences import IGNORED_MS
from .pms import PMSClient

LOG = logging.getLogger('pkc.playback')

#: Seconds before the end within which a stream's end is believed. Earlier, a lost connection ended it.
_END_SLACK = 30.0
#: Seconds between looks at the count before it is taken for unchanged: the server counts after it has answered.
_LOOKS = (0.0, 1.0, 3.0)


def is_watched(position_s: float, length_s: float, played_at_s: float, ended: bool) -> bool:
    """Whether a playback that ended at ``position_s`` counts as watched.

    ``length_s``: the length of the item, 0 when it is not known. ``played_at_s``: from where on the server counts it
    (:class:`PlayedRule`). Seconds. ``ended``: the stream came to its end by itself, which counts whatever the server's
    rule is; else nothing in the first minute does.
    """
    if length_s <= 0:
        return ended and position_s > 0
    if ended and position_s >= length_s - _END_SLACK:
        return True
    return position_s >= played_at_s and (ended or position_s * 1000.0 > IGNORED_MS)


class ViewCount:
    """The item's ``viewCount`` on the PMS before and after one playback.

    ``pause(seconds)`` waits, and returns at once when Kodi is stopping.
    """

    def __init__(self, rating_key: str, pause: Callable[[float], object]) -> None:
        self._rating_key = rating_key
        self._pause = pause
        self._before: Optional[int] = None

    @property
    def known(self) -> bool:
        """Whether the count before the playback is known."""
        return self._before is not None

    @property
    def number_before(self) -> int:
        """The count before the playback, -1 when it is not known."""
        return -1 if self._before is None else self._before

    def before(self, view_count: int) -> None:
        """Remember the count as it was at the start."""
        self._before = view_count

    def counted(self, client: PMSClient) -> bool:
        """Whether the PMS is known to have counted this playback. Raises :class:`PlexError`."""
        return self._before is not None and self._look(client) > self._before

    def ensure_counted(self, client: PMSClient) -> None:
        """Scrobble if the timeline alone did not count. Raises :class:`PlexError`.

        Where the count before is not known, an item that counts at all is taken for counted. A scrobble whose
        answer was lost may have counted too: the caller comes again, and the count is looked at before another.
        """
        for seconds in _LOOKS:
            if seconds:
                self._pause(seconds)
            if self._look(client) > (self._before or 0):
                return
        LOG.info('Item %s was not counted as watched by its timeline, scrobbling', self._rating_key)
        client.scrobble(self._rating_key)

    def _look(self, client: PMSClient) -> int:
        """The count now. Raises :class:`PlexNotFound` for an item that is gone: nothing to count."""
        for found in client.summaries([self._rating_key]):
            return found.view_count
        raise PlexNotFound(404, 'item %s' % self._rating_key)
