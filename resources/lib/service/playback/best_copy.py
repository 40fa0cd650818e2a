"""Which server an item is played from, where several have it and it is one row in Kodi's library."""
from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Tuple

from ...playback.errors import PlaybackError
from ...playback.methods import PlayRequest, playable_versions
from ...plex_errors import PlexError
from ...plex_media import Media
from ..one_server import LOCAL, RELAYED
from ..same_titles import SameTitles
from ..shared import Shared
from .version_choice import VersionChoice

LOG = logging.getLogger('pkc.playback')

#: Seconds in which servers that are equally near say what versions they have.
_PATIENCE = 1.5
_ORDER = {LOCAL: 0, RELAYED: 2}
_Said = Tuple[PlayRequest, Sequence[Media]]


class BestCopy:
    """One in our network goes before one on the internet, and that before one behind Plex's relay; of those that are
    equally near the one with the better version, as :func:`~...playback.versions.best` has it; of equal ones the
    server whose row it is.
    """

    def __init__(self, shared: Shared, same_titles: SameTitles, versions: VersionChoice) -> None:
        self._shared = shared
        self._same_titles = same_titles
        self._versions = versions

    def of(self, request: PlayRequest) -> PlayRequest:
        """The request for the best server that is there, as far as is known."""
        if not self._same_titles.one_row:
            return request
        copies = [replace(request, machine_identifier=one.machine_identifier, rating_key=one.rating_key)
                  for one in self._same_titles.there(request.machine_identifier, request.rating_key)]
        if not copies:
            return request
        near: Dict[int, List[PlayRequest]] = {}
        for one in ([] if self._shared.clients.away(request.machine_identifier) else [request]) + copies:
            near.setdefault(_ORDER.get(self._shared.clients.distance(one.machine_identifier), 1), []).append(one)
        best = near[min(near)]
        found = best[0] if len(best) == 1 else self._better(best)
        if found is not request:
            LOG.info('Item %s is played from another server', request.rating_key)
        return found

    def _better(self, requests: Sequence[PlayRequest]) -> PlayRequest:
        answers: queue.Queue[Optional[_Said]] = queue.Queue()
        for one in requests:
            threading.Thread(target=self._ask, args=(one, answers), name='pkc-copy', daemon=True).start()
        end, said = time.monotonic() + _PATIENCE, {}
        for _ in requests:
            try:
                answer = answers.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                break
            if answer is not None:
                said[answer[0]] = answer[1]
        versions = [(one, media) for one in requests for media in said.get(one, ())]
        return self._versions.best(versions)[0] if versions else requests[0]

    def _ask(self, request: PlayRequest, answers: queue.Queue[Optional[_Said]]) -> None:
        try:
            found = self._shared.clients.of_server(request.machine_identifier).playable(request.rating_key)
            answers.put((request, playable_versions(found)) if found is not None else None)
        except (PlexError, PlaybackError, LookupError) as error:
            LOG.info('a server does not tell what it has of item %s: %s', request.rating_key, error)
            answers.put(None)
        except Exception:  # the top of the thread
            LOG.exception('a server could not be asked')
            answers.put(None)
