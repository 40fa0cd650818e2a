"""What the settings, the distance of the server and the measured line say about conversions."""
from __future__ import annotations

from typing import Dict, Optional, Tuple

from ...kodi.settings import Settings
from ...playback.transcode.method import Terms
from ...playback.transcode.needs import Box
from ...playback.transcode.quality import ORIGINAL, Quality, for_line, limit
from ..one_server import LOCAL, RELAYED
from ..shared import Shared

#: Plex's relay passes on no more than this, in kbit/s.
RELAY_BITRATE = 2000
#: Seconds for which a line counts as slow after it was measured to be.
_SLOW_FOR_S = 1800.0
_TRUEHD, _DTS = ('truehd', 'mlp'), ('dca', 'dca-ma', 'dts')


class TermsOfServers:
    """Asked for each playback, so everything that is only looked up in the settings is kept."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._settings: Optional[Settings] = None
        self._terms: Dict[str, Terms] = {}
        self._slow: Dict[str, Tuple[float, int]] = {}

    def __call__(self, machine_identifier: str) -> Terms:
        """What goes for this server now."""
        current = self._shared.settings.current
        if current is not self._settings:
            self._settings, self._terms = current, {}
        distance = self._shared.clients.distance(machine_identifier)
        terms = self._terms.get(distance)
        if terms is None:
            terms = self._terms[distance] = Terms(box_of(current), _limit(current, distance), distance != LOCAL)
        return self._with_line(terms, machine_identifier) if self._slow else terms

    def line_is_slow(self, machine_identifier: str, kbps: int) -> Quality:
        """The line to a server was measured; returns what it is good for."""
        self._slow[machine_identifier] = (self._shared.clock.monotonic() + _SLOW_FOR_S, kbps)
        return for_line(kbps)

    def _with_line(self, terms: Terms, machine_identifier: str) -> Terms:
        until, kbps = self._slow.get(machine_identifier, (0.0, 0))
        if self._shared.clock.monotonic() >= until:
            self._slow.pop(machine_identifier, None)
            return terms
        return terms._replace(limit=terms.limit.within(for_line(kbps)))


def box_of(settings: Settings) -> Box:
    """What this box plays, by the settings."""
    plain = Box(channels=settings.transcode_channels, burn=settings.burn_subtitles)
    if not settings.codec_limits:
        return plain
    video = (('hevc', settings.plays_hevc), ('av1', settings.plays_av1), ('vp9', settings.plays_vp9))
    audio = ((_TRUEHD, settings.plays_truehd), (_DTS, settings.plays_dts))
    return plain._replace(
        no_video=frozenset(codec for codec, plays in video if not plays),
        no_audio=frozenset(codec for codecs, plays in audio if not plays for codec in codecs),
        no_h264_10bit=not settings.plays_h264_10bit, dolby_vision=settings.dolby_vision)


def _limit(settings: Settings, distance: str) -> Quality:
    found = ORIGINAL
    if settings.quality_limits:
        found = limit(settings.local_bitrate, settings.local_height) if distance == LOCAL else limit(
            settings.remote_bitrate, settings.remote_height)
    return found.within(Quality(RELAY_BITRATE)) if distance == RELAYED else found
