"""Direct paths as a part of the service: the dialog that the settings open. Playing is the part ``playback``'s."""
from __future__ import annotations

from typing import Mapping, Optional

from ...kodi import dialogs, files
from ...kodi.texts import account as texts
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
        which = self._which()
        if which is None:
            return
        client, machine = self.shared.clients.connect(which)
        folders = Folders(client, machine, PathMappings(self.shared.profile), Shares(files))
        DirectPathsDialog(self.shared, folders).show()

    def _which(self) -> Optional[str]:
        """The server whose folders are meant: the user says it where several are chosen. None: he gives up."""
        shared = self.shared
        machines, main = shared.clients.machines(), shared.auth.status().machine_identifier
        if len(machines) < 2:
            return machines[0]
        index = dialogs.select(shared.addon.text(texts.CHOOSE_SERVER),
                               [shared.auth.server_name(machine or main) for machine in machines])
        return None if index is None else machines[index]
