"""What can go wrong in the lab, each with a sentence for the person who reads it."""

from __future__ import annotations

from typing import Any


class LabError(Exception):
    """The lab itself (namespace, display, Kodi process, agent) did not do its work."""


class KodiMissingError(LabError):
    """There is no Kodi, or no tool that the lab cannot do without, on this machine."""


class RpcError(LabError):
    """Kodi answered a JSON-RPC call with an error."""

    def __init__(self, method: str, code: int, message: str, data: Any = None) -> None:
        super().__init__("%s: %s (%d)%s" % (method, message, code, f" {data!r}" if data else ""))
        self.method = method
        self.code = code
        self.data = data
