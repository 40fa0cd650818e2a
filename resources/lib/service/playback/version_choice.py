"""Which of several versions is played when the user need not be asked, by the setting."""
from __future__ import annotations

from typing import Callable, Optional, Sequence, Tuple

from ...kodi import video
from ...playback.methods import PlayRequest
from ...playback.transcode.method import Terms
from ...playback.transcode.quality import ORIGINAL, Quality
from ...playback.versions import BEST, REMEMBER, best
from ...plex_media import Media
from ..shared import Shared
from .remembered import StoredVersions


class VersionChoice:
    """``terms(machineIdentifier)`` tells what box and line are good for; ``by_path(machineIdentifier, version)``
    whether a version does not need the line, as Kodi opens its file itself.
    """

    def __init__(self, shared: Shared, terms: Callable[[str], Terms], by_path: Callable[[str, Media], bool]) -> None:
        self._shared = shared
        self._terms = terms
        self._by_path = by_path
        self._stored = StoredVersions(shared.databases)

    def choose(self, request: PlayRequest, versions: Sequence[Media]) -> Optional[Media]:
        """The version to play; None when the user has to be asked."""
        wanted = self._shared.settings.current.version_choice
        if wanted == BEST:
            return self.best([(request, one) for one in versions])[1]
        if wanted != REMEMBER:
            return None
        media_id = self._stored.chosen(request.machine_identifier, request.rating_key)
        return next((one for one in versions if one.media_id == media_id), None)

    def best(self, versions: Sequence[Tuple[PlayRequest, Media]]) -> Tuple[PlayRequest, Media]:
        """The best of several versions, which may be of several servers."""
        of = {id(media): request for request, media in versions}
        terms = {request.machine_identifier: self._terms(request.machine_identifier) for request, _ in versions}

        def limit(media: Media) -> Quality:
            request = of[id(media)]
            return self._limit(request, media, terms[request.machine_identifier])
        box = terms[versions[0][0].machine_identifier].box
        found = best([media for _, media in versions], box, limit, video.screen_size())
        return of[id(found)], found

    def _limit(self, request: PlayRequest, media: Media, terms: Terms) -> Quality:
        by_path = terms.limit != ORIGINAL and self._by_path(request.machine_identifier, media)
        return ORIGINAL if by_path else terms.limit

    def chosen(self, request: PlayRequest) -> None:
        """The user chose one in our dialog."""
        if self._shared.settings.current.version_choice == REMEMBER:
            self._stored.choose(request.machine_identifier, request.rating_key, request.media_id)
