"""Errors of packaging."""

from __future__ import annotations


class PackageError(Exception):
    """The package cannot be built; the message is for a person."""


class WheelError(PackageError):
    """A Python library cannot be downloaded, or is not the pinned one."""
