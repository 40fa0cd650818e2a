"""Direct paths as a part of the service: the dialog that the settings open. Playing is the part ``playback``'s."""
from __future__ import annotations

from typing import Mapping

from ...kodi import files
from ...playback.reach import Shares
from ..part import Handler, Part
from ..path_mappings import PathMappings
from .dialog import DirectPathsDialog
from .folders import Folders


class DirectPaths(Part):
    """``choose_direct_paths`` opens the dialog."""

    def calls(self) -> Mapping[str, Handler]:
        """Of the settings."""
        return {'choose_direct_paths': self.shared.flows.call(self._choose, asks_server=True)}

    def _choose(self) -> None:
        client, machine = self.shared.clients.connect()
        folders = Folders(client, machine, PathMappings(self.shared.profile), Shares(files))
        DirectPathsDialog(self.shared, folders).show()
