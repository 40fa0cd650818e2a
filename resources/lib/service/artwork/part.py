"""Artwork as a part of the service."""
from __future__ import annotations

import os
from typing import Any, Dict, Mapping, Optional

from ...kodi import advanced_settings, dialogs, texture_cache
from ...kodi.settings import PICTURES_ORIGINAL, PICTURES_SMALL
from ...kodi.texts import artwork as texts
from ...local_server.art import ArtRoute
from ...local_server.exchange import Route
from ...local_server.pictures import Sizes
from ..calls import require_sign_in
from ..events import LibraryChanged, PushesChanged, ServerReachable, SettingsChanged, SignedOut
from ..part import Handler, Part
from ..shared import Shared
from .display import PreloadDisplay
from .pass_state import FILE_NAME, PassFile
from .permitted import PermittedArt
from .preloading import Preloader

#: Seconds that the end of the service waits for a picture that is being loaded.
_STOP_SECONDS = 1.0


class Artwork(Part):
    """Serves pictures of items in Kodi's library and in lists, and has Kodi load those of its library in advance."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._stored = Sizes(*advanced_settings.picture_heights())
        permitted = PermittedArt(shared.databases.state_path, shared.listed)
        self._route = ArtRoute(shared.clients.of_server, permitted, shared.clients.report_failure, sizes=self._sizes,
                               folder=shared.profile)
        self._wanted = shared.settings.current.preload_pictures
        file = PassFile(os.path.join(shared.profile, FILE_NAME))
        self.preloader = Preloader(shared, texture_cache.load, self._route, file, PreloadDisplay(shared))
        events = shared.events
        events.subscribe(ServerReachable, self._reachable)
        events.subscribe(PushesChanged, self._pushes)
        events.subscribe(LibraryChanged, self._library_changed)
        events.subscribe(SettingsChanged, self._settings_changed)
        events.subscribe(SignedOut, lambda _event: self.preloader.cancel())

    def start(self) -> None:
        """Go on with what the last end of Kodi interrupted."""
        self.preloader.start()

    def stop(self) -> None:
        """Load no further pictures."""
        self.preloader.stop(_STOP_SECONDS)

    def routes(self) -> Mapping[str, Route]:
        """``/art/…``."""
        return {'art': self._route}

    def calls(self) -> Mapping[str, Handler]:
        """``load_pictures``: load all now, or stop that."""
        return {'load_pictures': self._load}

    def _sizes(self) -> Optional[Sizes]:
        wanted = self.shared.settings.current.picture_size
        if wanted == PICTURES_ORIGINAL:
            return None
        return Sizes(*(height // 2 for height in self._stored)) if wanted == PICTURES_SMALL else self._stored

    def _load(self, _arguments: Dict[str, Any]) -> Any:
        require_sign_in(self.shared)
        if self.preloader.position is not None:
            return self.shared.flows.call(self._offer_to_stop)({})
        self.preloader.begin(asked=True)
        return {'text': 'loading_begins'}

    def _offer_to_stop(self) -> None:
        position, addon = self.preloader.position, self.shared.addon
        if position is not None and dialogs.yesno(addon.name, addon.text(texts.STOP_LOADING, *position)):
            self.preloader.cancel()

    def _reachable(self, event: ServerReachable) -> None:
        self._route.ask_again(event.machine or self.shared.auth.status().machine_identifier)
        self.preloader.server_back()

    def _pushes(self, event: PushesChanged) -> None:
        """A server that was never reached since the start, and is now, is told of in no other way."""
        if event.pushed:
            self.preloader.server_back()

    def _library_changed(self, event: LibraryChanged) -> None:
        report = event.report
        if self.shared.settings.current.preload_pictures and (report.added or report.changed or report.rewritten):
            self.preloader.begin(asked=False)

    def _settings_changed(self, _event: SettingsChanged) -> None:
        before, self._wanted = self._wanted, self.shared.settings.current.preload_pictures
        if self._wanted and not before:
            self.preloader.begin(asked=False)
        elif before and not self._wanted:
            self.preloader.cancel(unless_asked=True)
