"""Kodi opens the file itself, on a share or a disk that it can reach, without the server in between."""
from __future__ import annotations

import logging
import re
from typing import Callable, NamedTuple, Optional, Protocol, Sequence, Tuple

from ..plex_media import Media, Part
from ..plex_model import PlayableItem
from . import reach, share_paths, sidecars
from .direct_play import DirectPlay
from .methods import Offer, PlayRequest, playable_parts
from .session import DIRECT_PATH
from .share_paths import Located, Mapping
from .transcode import needs
from .transcode.method import Terms

LOG = logging.getLogger('pkc.playback')


class Reports(Protocol):
    """Hears what became of a mapped folder. The methods return at once."""

    def reached(self, mapping: Mapping) -> None:
        """A file in it is played."""

    def not_reached(self, mapping: Mapping) -> None:
        """A file in it was not found, or not in time: it is streamed."""


class DirectPath:
    """The way for files below a folder that the user has mapped. All others, and what cannot be reached, are streamed.

    ``mappings(machineIdentifier)`` are the folders of a server, none while direct paths are off. ``streaming`` gives
    the URLs of subtitles that do not lie beside the video. A version in several files is not offered: it is streamed,
    as one film.
    """

    name = DIRECT_PATH

    def __init__(self, mappings: Callable[[str], Sequence[Mapping]], shares: reach.Shares, streaming: DirectPlay,
                 reports: Reports) -> None:
        self._mappings = mappings
        self._shares = shares
        self._streaming = streaming
        self._reports = reports

    def offer(self, request: PlayRequest, found: PlayableItem, media: Media) -> Optional[Offer]:
        """The file's path for Kodi, if it is there; waits for a share at most :data:`~.reach.PATIENCE` seconds."""
        parts = playable_parts(media)
        located = self._located(request.machine_identifier, parts)
        if located is None:
            return None
        try:
            path = self._path(located)
            if path:
                subtitles = self._subtitles(request.machine_identifier, found.item.rating_key, parts[0], path, located)
                self._reports.reached(located.mapping)
                return Offer(path, parts[0], '', subtitles)
        except reach.Silent:
            LOG.info('The folder of item %s does not answer', found.item.rating_key)
        self._reports.not_reached(located.mapping)
        return None

    def covers(self, machine_identifier: str, media: Media) -> bool:
        """Whether a version is in a mapped folder; not whether that can be reached."""
        return self._located(machine_identifier, playable_parts(media)) is not None

    def _located(self, machine_identifier: str, parts: Sequence[Part]) -> Optional[Located]:
        return share_paths.locate(self._mappings(machine_identifier), parts[0].file) if len(parts) == 1 else None

    def _path(self, located: Located) -> str:
        """Raises :class:`~.reach.Silent`, also when the whole folder is away."""
        base = located.mapping.folder
        share = share_paths.share(base)
        if self._shares.rests(base):
            raise reach.Silent()
        path = reach.existing(self._shares, share, located.paths)
        if not path and not self._shares.exists(share, base):
            self._shares.rest(base)
            raise reach.Silent()
        return path

    def _subtitles(self, machine_identifier: str, rating_key: str, part: Part, path: str,
                   located: Located) -> Tuple[str, ...]:
        """Those that Kodi does not find beside the video. Raises :class:`~.reach.Silent`."""
        streams = sidecars.external(part)
        if not streams:
            return ()
        share = share_paths.share(located.mapping.folder)
        folder = re.match(r'.*[\\/]', path, re.DOTALL)
        folders, files = self._shares.listed(share, folder.group() if folder else path)
        names = list(files)
        for name in folders:
            if name.lower() in sidecars.FOLDERS and folder:
                names += self._shares.listed(share, share_paths.join(folder.group(), [name, '']))[1]
        missing = sidecars.not_beside(streams, located.names[-1], names)
        return tuple(self._streaming.subtitles(machine_identifier, rating_key, part._replace(streams=tuple(missing))))


class PathBeforeLimit(NamedTuple):
    """The way for a file that Kodi can open itself and that only the limit of the line to the server is against.

    Nothing of it comes over that line. A codec that the box does not play is another matter.
    """

    path: DirectPath
    terms: Callable[[str], Terms]
    name: str = DIRECT_PATH

    def offer(self, request: PlayRequest, found: PlayableItem, media: Media) -> Optional[Offer]:
        """As :meth:`DirectPath.offer`; None where the limit is no matter, or more than the limit."""
        terms = self.terms(request.machine_identifier)
        if not needs.reason(media, terms.box, terms.limit) or needs.reason(media, terms.box):
            return None
        return self.path.offer(request, found, media)
