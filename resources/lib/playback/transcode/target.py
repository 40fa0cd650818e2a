"""What a server is asked to convert, and the parameters of its requests."""
from __future__ import annotations

from typing import Dict, NamedTuple

from . import profile
from .needs import Box
from .quality import Quality

#: How subtitles come: as part of the picture, the selected one as a file beside it, not at all.
BURNED, BESIDE, NO_SUBTITLES = 'burn', 'sidecar', 'none'
#: All files of a version, one after the other.
ALL_PARTS = -1


class Target(NamedTuple):
    """One version of an item, and what it is to become. ``remote``: the server is not in our network.

    ``copy_video`` and ``copy_audio`` say whether streams that fit may stay as they are.
    """

    machine_identifier: str
    rating_key: str
    media_index: int
    part_index: int
    quality: Quality
    box: Box
    remote: bool = False
    subtitles: str = NO_SUBTITLES
    copy_video: bool = True

    def params(self, transcode_id: str, offset_s: float = 0.0) -> Dict[str, str]:
        """The parameters of decision and start, which have to be the same."""
        found = {
            'path': '/library/metadata/%s' % self.rating_key, 'mediaIndex': str(self.media_index),
            'partIndex': str(self.part_index), 'protocol': 'hls', 'offset': '%g' % round(offset_s, 3),
            'directPlay': '0', 'directStream': '1' if self.copy_video else '0', 'directStreamAudio': '1',
            'fastSeek': '1', 'copyts': '1', 'hasMDE': '1', 'videoQuality': '100', 'autoAdjustQuality': '0',
            'location': 'wan' if self.remote else 'lan', 'subtitles': self.subtitles, 'subtitleSize': '100',
            'advancedSubtitles': 'burn' if self.subtitles == BURNED else 'text', 'audioBoost': '100',
            'session': transcode_id, 'transcodeSessionId': transcode_id,
            'X-Plex-Client-Profile-Name': profile.BASE,
            'X-Plex-Client-Profile-Extra': profile.extra(self.box, self.quality)}
        if self.quality.bitrate:
            found['maxVideoBitrate'] = found['videoBitrate'] = str(self.quality.bitrate)
        if self.quality.height:
            found.update(videoResolution='%dx%d' % (self.quality.width, self.quality.height))
        if self.box.channels:
            found['audioChannelCount'] = str(self.box.channels)
        return found
