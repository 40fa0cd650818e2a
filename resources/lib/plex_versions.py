"""Names for the versions (``Media``) of an item, so that a user can tell them apart."""
from __future__ import annotations

from typing import List, Protocol, Sequence

_HDR = {'dolbyvision': 'Dolby Vision', 'hdr10': 'HDR10', 'hlg': 'HLG'}


class Version(Protocol):
    """What ``Media`` and ``LibraryMedia`` of ``plex_media`` have in common."""

    @property
    def resolution(self) -> str:
        """Plex's ``videoResolution``: 4k, 1080, 720, sd …"""

    @property
    def height(self) -> int:
        """The height in pixels."""

    @property
    def hdr(self) -> str:
        """The dynamic range: '', hdr10, hlg or dolbyvision."""

    @property
    def video_codec(self) -> str:
        """The codec, such as h264."""

    @property
    def bitrate(self) -> int:
        """The bitrate in kbit/s."""


def labels(versions: Sequence[Version]) -> List[str]:
    """A distinct name for each version, in order: ``4K HDR10``, ``1080p``, ``1080p h264 8.0 Mbit/s``."""
    for parts in (_short, _longer):
        names = [parts(version) for version in versions]
        if len(set(names)) == len(names):
            return names
    return ['%s (%d)' % (name, number) for number, name in enumerate(names, 1)]


def _short(version: Version) -> str:
    return ' '.join(part for part in (_resolution(version), _HDR.get(version.hdr, '')) if part) or '?'


def _longer(version: Version) -> str:
    rate = '%.1f Mbit/s' % (version.bitrate / 1000.0) if version.bitrate > 0 else ''
    return ' '.join(part for part in (_short(version), version.video_codec, rate) if part)


def _resolution(version: Version) -> str:
    name = version.resolution.lower()
    if name in ('4k', '8k', 'sd'):
        return name.upper()
    if name.isdigit():
        return name + 'p'
    return name or ('%dp' % version.height if version.height > 0 else '')
