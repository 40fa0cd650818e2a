"""The folders of the server's libraries, what Kodi calls them, and looking whether that is true."""
from __future__ import annotations

import logging
from typing import Dict, List, NamedTuple

from ... import plex_files
from ...kodi import files as kodi_files
from ...kodi import jsonrpc
from ...playback import path_test
from ...playback.path_test import Tried
from ...playback.reach import Shares
from ...playback.share_paths import Mapping
from ...plex_functions import PMSClient
from ...plex_model import Section
from ..path_mappings import PathMappings

LOG = logging.getLogger('pkc.service')

#: Files of each folder that a test looks for, one after the other.
_SAMPLES = 3


class Location(NamedTuple):
    """A folder of a library, as the server calls it."""

    section: Section
    path: str


class Folders:
    """One visit to the dialog. All of its methods may take seconds."""

    def __init__(self, client: PMSClient, machine_identifier: str, mappings: PathMappings, shares: Shares) -> None:
        self._client = client
        self._machine = machine_identifier
        self._mappings = mappings
        self._shares = shares
        self._samples: Dict[str, List[str]] = {}
        self.locations = [Location(section, path) for section in client.sections()
                          if plex_files.has_videos(section) for path in section.locations]

    def mapped(self) -> Dict[str, str]:
        """Kodi's folders by the server's."""
        return {one.location: one.folder for one in self._mappings.of_server(self._machine)}

    def put(self, location: Location, folder: str) -> bool:
        """Map a folder, '' for no longer. False when that could not be stored."""
        return self._mappings.put(self._machine, location.path, folder)

    def test(self, location: Location, folder: str) -> Tried:
        """Look for files of the server in a folder of Kodi's. Raises :class:`PlexError`."""
        return path_test.try_folder(self._shares, Mapping(location.path, folder), self._files(location))

    def search(self, location: Location) -> str:
        """The folder that holds the server's files among all that it may be, '' for none. Raises PlexError."""
        files = self._files(location)
        return path_test.search(self._shares, location.path, self._sources(), files) if files else ''

    def _files(self, location: Location) -> List[str]:
        """Some files of a folder; asked once for each library."""
        if location.path not in self._samples:
            section = location.section
            self._samples.update(plex_files.some_below(
                plex_files.files(self._client, section), section.locations, _SAMPLES))
        return self._samples[location.path]

    @staticmethod
    def _sources() -> List[str]:
        try:
            return kodi_files.sources()
        except jsonrpc.JsonRpcError as error:
            LOG.warning('Kodi does not tell its sources: %s', error)
            return []
