"""The ways to play an item. A new one is a module of its own and a line here."""
from __future__ import annotations

from typing import Sequence

from ...playback.direct_play import DirectPlay
from ...playback.methods import PlayMethod
from ...playback.stream_registry import StreamRegistry
from ..shared import Shared
from .direct_paths import direct_path


def play_methods(shared: Shared, streams: StreamRegistry) -> Sequence[PlayMethod]:
    """All of them; of those that suit an item the first is taken."""
    streaming = DirectPlay(shared.port, streams)
    return direct_path(shared, streaming), streaming
