"""Which of several versions is played when the user need not be asked, by the setting."""
from __future__ import annotations

from typing import Callable, Optional, Sequence

from ...kodi import video
from ...playback.methods import PlayRequest
from ...playback.transcode.method import Terms
from ...playback.versions import BEST, REMEMBER, best
from ...plex_media import Media
from ..shared import Shared
from .remembered import StoredVersions


class VersionChoice:
    """``terms(machineIdentifier)`` tells what box and line are good for."""

    def __init__(self, shared: Shared, terms: Callable[[str], Terms]) -> None:
        self._shared = shared
        self._terms = terms
        self._stored = StoredVersions(shared.databases)

    def choose(self, request: PlayRequest, versions: Sequence[Media]) -> Optional[Media]:
        """The version to play; None when the user has to be asked."""
        wanted = self._shared.settings.current.version_choice
        if wanted == BEST:
            terms = self._terms(request.machine_identifier)
            return best(versions, terms.box, terms.limit, video.screen_size())
        if wanted != REMEMBER:
            return None
        media_id = self._stored.chosen(request.machine_identifier, request.rating_key)
        return next((one for one in versions if one.media_id == media_id), None)

    def chosen(self, request: PlayRequest) -> None:
        """The user chose one in our dialog."""
        if self._shared.settings.current.version_choice == REMEMBER:
            self._stored.choose(request.machine_identifier, request.rating_key, request.media_id)
