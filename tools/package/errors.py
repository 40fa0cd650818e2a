"""What can go wrong while packaging."""

from __future__ import annotations


class PackageError(Exception):
    """The package cannot be built; the text says why in words for a person."""


class WheelError(PackageError):
    """A Python library cannot be had, or is not the one that was pinned."""
