"""Options of sign-in and servers that the rest of the add-on sets."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .servers.discovery import Discover


def _yes() -> bool:
    return True


@dataclass(frozen=True)
class AuthOptions:
    """Settings and surroundings of :class:`~.manager.AuthManager`.

    ``plex_tv_url`` replaces plex.tv's hosts (tests, simulator). ``modern()``: whether to sign in as a JWT device;
    ``allow_http()``: whether plain http may be used with private addresses; both are called each time, because the
    user can change these settings. ``discover()`` searches the home network for servers
    (:func:`.servers.discovery.search`); the default finds none.
    """

    plex_tv_url: str = ''
    modern: Callable[[], bool] = _yes
    allow_http: Callable[[], bool] = _yes
    discover: Discover = list
