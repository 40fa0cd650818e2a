"""Errors of the lab; each message is a sentence for a person."""

from __future__ import annotations

from typing import Any


class LabError(Exception):
    """A part of the lab (namespace, display, Kodi process, agent) failed."""


class KodiMissingError(LabError):
    """Kodi, or a tool that the lab needs, is not installed on this machine."""


class RpcError(LabError):
    """Kodi answered a JSON-RPC call with an error."""

    def __init__(self, method: str, code: int, message: str, data: Any = None) -> None:
        super().__init__("%s: %s (%d)%s" % (method, message, code, f" {data!r}" if data else ""))
        self.method = method
        self.code = code
        self.data = data
