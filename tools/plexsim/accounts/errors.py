"""Errors of the simulated plex.tv."""

from __future__ import annotations


class PlexTvError(Exception):
    """A refusal: HTTP status, Plex's error code, message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
