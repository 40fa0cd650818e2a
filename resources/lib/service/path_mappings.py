"""Which folder of a server is which folder of Kodi's, as the user has set it. Kept in a small file of ours.

The file holds addresses of shares, but no user and no password: Kodi keeps those itself.
"""
from __future__ import annotations

import os
from typing import Any, Dict, List

from ..playback import share_paths
from ..playback.share_paths import Mapping
from . import profile_file

FILE_NAME = 'direct_paths.json'


class PathMappings:
    """The file: ``{machineIdentifier: {the server's folder: Kodi's folder}}``. Read anew at each use: it is small."""

    def __init__(self, profile: str) -> None:
        self._path = os.path.join(profile, FILE_NAME)

    def of_server(self, machine_identifier: str) -> List[Mapping]:
        """The mapped folders of a server."""
        return [Mapping(location, folder) for location, folder in self._read().get(machine_identifier, {}).items()]

    def put(self, machine_identifier: str, location: str, folder: str) -> bool:
        """Map a folder, '' for no longer. False when the disk does not take it."""
        known = self._read()
        mapped = known.setdefault(machine_identifier, {})
        mapped.pop(location, None)
        if folder:
            mapped[location] = share_paths.folder(folder)
        return profile_file.write(self._path, known)

    def _read(self) -> Dict[str, Dict[str, str]]:
        """What is there and can be used; the file may have been edited by hand."""
        found: Any = profile_file.read(self._path)
        if not isinstance(found, dict):
            return {}
        return {machine: {location: share_paths.folder(folder) for location, folder in mapped.items()
                          if isinstance(folder, str) and share_paths.folder(folder)}
                for machine, mapped in found.items() if isinstance(mapped, dict)}
