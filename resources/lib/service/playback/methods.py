"""The ways to play an item. A new one is a module of its own and a line here."""
from __future__ import annotations

from typing import Sequence

from ...playback.direct_path import DirectPath, PathBeforeLimit
from ...playback.direct_play import DirectPlay
from ...playback.methods import PlayMethod
from ...playback.transcode.method import TranscodeMethod
from ...playback.transcode.registry import Transcodes
from ..shared import Shared
from .terms import TermsOfServers


def play_methods(shared: Shared, streaming: DirectPlay, path: DirectPath, transcodes: Transcodes,
                 terms: TermsOfServers) -> Sequence[PlayMethod]:
    """All of them; of those that suit an item the first is taken."""
    transcode = TranscodeMethod(shared.port, transcodes, shared.clients.of_server, terms, streaming.subtitles)
    return (PathBeforeLimit(path, terms), transcode, path, streaming)
