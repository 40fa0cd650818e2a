"""Way to play: files on shares and disks that Kodi can reach itself, as the user has mapped them."""
from __future__ import annotations

from typing import Sequence, Set

from ...kodi import dialogs, files
from ...kodi.texts import direct_paths as texts
from ...playback import share_paths
from ...playback.direct_path import DirectPath
from ...playback.direct_play import DirectPlay
from ...playback.reach import Shares
from ...playback.share_paths import Mapping
from ..path_mappings import PathMappings
from ..shared import Shared

#: Seconds for which the notice is in the corner.
_NOTICE_SECONDS = 4.0


def direct_path(shared: Shared, streaming: DirectPlay) -> DirectPath:
    """The way as the settings want it."""
    known = PathMappings(shared.profile)

    def mappings(machine_identifier: str) -> Sequence[Mapping]:
        return known.of_server(machine_identifier) if shared.settings.current.direct_paths else ()
    return DirectPath(mappings, Shares(files), streaming, Notices(shared))


class Notices:
    """Tells the user of a share that cannot be reached: once, until a file of it has been played again."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._told: Set[str] = set()

    def reached(self, mapping: Mapping) -> None:
        """A file in it is played."""
        self._told.discard(share_paths.share(mapping.folder))

    def not_reached(self, mapping: Mapping) -> None:
        """A file in it was not found, or not in time."""
        share, addon = share_paths.share(mapping.folder), self._shared.addon
        if share in self._told or self._shared.stopping.cancelled:
            return
        self._told.add(share)
        name = (share_paths.names_of(mapping.location) or ('',))[-1]
        dialogs.notify(addon.name, addon.text(texts.STREAMED_INSTEAD, name), icon=addon.icon, seconds=_NOTICE_SECONDS)
