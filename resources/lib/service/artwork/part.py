"""Artwork as a part of the service."""
from __future__ import annotations

from typing import Mapping, Optional

from ...kodi import advanced_settings
from ...kodi.settings import PICTURES_ORIGINAL, PICTURES_SMALL
from ...local_server.art import ArtRoute
from ...local_server.exchange import Route
from ...local_server.pictures import Sizes
from ..events import ServerReachable
from ..part import Part
from ..shared import Shared
from .permitted import PermittedArt


class Artwork(Part):
    """Serves pictures of items in Kodi's library and in lists."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._stored = Sizes(*advanced_settings.picture_heights())
        permitted = PermittedArt(shared.databases.state_path, shared.listed)
        self._route = ArtRoute(shared.clients.of_server, permitted, shared.clients.report_failure, sizes=self._sizes,
                               folder=shared.profile)
        shared.events.subscribe(ServerReachable, lambda _event: self._route.ask_again())

    def routes(self) -> Mapping[str, Route]:
        """``/art/…``."""
        return {'art': self._route}

    def _sizes(self) -> Optional[Sizes]:
        wanted = self.shared.settings.current.picture_size
        if wanted == PICTURES_ORIGINAL:
            return None
        return Sizes(*(height // 2 for height in self._stored)) if wanted == PICTURES_SMALL else self._stored
