"""A real Kodi for tests and development: see ``lab.KodiLab`` and ``python -m tools.kodilab --help``."""

from __future__ import annotations

from tools.kodilab.errors import KodiMissingError, LabError, RpcError
from tools.kodilab.lab import KodiLab, find_kodi
from tools.kodilab.remote import Player, Window, slowness

__all__ = ["KodiLab", "KodiMissingError", "LabError", "Player", "RpcError", "Window", "find_kodi", "slowness"]
