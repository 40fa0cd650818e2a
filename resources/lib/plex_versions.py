"""Names for the versions (``Media``) of an item, so that a user can tell them apart."""
from __future__ import annotations

from typing import List, Sequence, Tuple

from .plex_model import VIDEO_STREAM, Media

_HDR = {'dolbyvision': 'Dolby Vision', 'hdr10': 'HDR10', 'hlg': 'HLG'}


def labels(versions: Sequence[Media]) -> List[str]:
    """One name for each version, in order and no two alike: ``4K HDR10``, ``1080p``, ``1080p h264 8.0 Mbit/s``."""
    for parts in (_short, _longer):
        names = [parts(version) for version in versions]
        if len(set(names)) == len(names):
            return names
    return ['%s (%d)' % (name, number) for number, name in enumerate(names, 1)]


def _short(version: Media) -> str:
    return ' '.join(part for part in (_resolution(version), _range(version)) if part) or '?'


def _longer(version: Media) -> str:
    rate = '%.1f Mbit/s' % (version.bitrate / 1000.0) if version.bitrate > 0 else ''
    return ' '.join(part for part in (_short(version), version.video_codec, rate) if part)


def _resolution(version: Media) -> str:
    name = version.resolution.lower()
    if name in ('4k', '8k', 'sd'):
        return name.upper()
    if name.isdigit():
        return name + 'p'
    return name or ('%dp' % version.height if version.height > 0 else '')


def _range(version: Media) -> str:
    ranges: Tuple[str, ...] = tuple(s.hdr for s in version.streams if s.kind == VIDEO_STREAM and s.hdr)
    return _HDR.get(ranges[0], '') if ranges else ''
