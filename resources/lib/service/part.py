"""What a part of the service is. A capability is one part; :mod:`.parts` lists them."""
from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, Union

from ..local_server.exchange import Route
from .shared import Shared

#: Takes the arguments of a call of the plugin; answers an object, or one that is JSON already. Raises ApiError.
Handler = Callable[[Dict[str, Any]], Union[Dict[str, Any], bytes]]


class Part:
    """Builds its own inside from what all parts share; a part overrides only what it has.

    A part must not block in its constructor or in :meth:`start`: both run on the service's main thread, in which Kodi
    delivers its events.
    """

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def start(self) -> None:
        """Begin to work; all parts are made and have subscribed to their events."""

    def stop(self) -> None:
        """End all threads. Called in the reverse order of starting; everything shared is still there."""

    def calls(self) -> Mapping[str, Handler]:
        """What the plugin may call, by name."""
        return {}

    def status(self) -> Mapping[str, Any]:
        """What the plugin's start page must know: part of the answer of the call ``status``."""
        return {}

    def routes(self) -> Mapping[str, Route]:
        """What the loopback server answers, by the first word of the path."""
        return {}
