"""Artwork as a part of the service."""
from __future__ import annotations

from typing import Mapping

from ...local_server.art import ArtRoute
from ...local_server.exchange import Route
from ..part import Part
from .permitted import PermittedArt


class Artwork(Part):
    """Serves pictures of items in Kodi's library and in lists."""

    def routes(self) -> Mapping[str, Route]:
        """``/art/…``."""
        shared = self.shared
        permitted = PermittedArt(shared.databases.state_path, shared.listed)
        return {'art': ArtRoute(shared.clients.of_server, permitted, shared.clients.report_failure)}
