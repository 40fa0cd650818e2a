"""What the rest of the add-on decides about sign-in and servers."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .servers.discovery import Discover


def _yes() -> bool:
    return True


@dataclass(frozen=True)
class AuthOptions:
    """Settings and surroundings of :class:`~.manager.AuthManager`.

    ``plex_tv_url`` replaces plex.tv's hosts (tests, simulator). ``modern`` tells whether the account is to be a
    JWT device, ``allow_http`` whether plain http may go to private addresses; both are asked again each time, because
    they are settings. ``discover`` asks the home network for servers (:func:`.servers.discovery.search`); by default
    it is not asked.
    """

    plex_tv_url: str = ''
    modern: Callable[[], bool] = _yes
    allow_http: Callable[[], bool] = _yes
    discover: Discover = list
