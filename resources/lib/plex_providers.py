"""The features of Plex hosts and their paths: ``/media/providers`` of a server, and plex.tv's own providers.

A feature has a type (``search``, ``promoted``, ``playlist``, …) and a key, which is its path. For a host without such a
list the documented paths are used. Sources of facts are in docs/plex.md.
"""
from __future__ import annotations

import logging
import re
import threading
import time
from typing import Callable, Dict, Mapping, NamedTuple, Optional, TypeVar
from urllib.parse import urlsplit

from .plex_errors import (
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexForbidden,
    PlexNotFound,
    PlexUnauthorized,
)
from .plex_requests import PMSRequests
from .plex_values import Raw, children, flag, text

log = logging.getLogger('pkc.plex')

Answer = TypeVar('Answer')

LIBRARY, DISCOVER = 'com.plexapp.plugins.library', 'tv.plex.provider.discover'
#: The types of features that we use.
SEARCH, PROMOTED, CONTINUE_WATCHING, PLAYLISTS, COLLECTIONS = (
    'search', 'promoted', 'continuewatching', 'playlist', 'collection')
#: An action has its id as type.
REMOVE_FROM_CONTINUE_WATCHING = 'removeFromContinueWatching'
ADD_TO_WATCHLIST, REMOVE_FROM_WATCHLIST = 'addToWatchlist', 'removeFromWatchlist'
WATCHLIST, HOME = 'watchlist', 'home'

#: The paths of a server that does not list them.
SERVER_PATHS: Mapping[str, str] = {
    SEARCH: '/hubs/search', PROMOTED: '/hubs/promoted', CONTINUE_WATCHING: '/hubs/continueWatching',
    PLAYLISTS: '/playlists', COLLECTIONS: '/library/collections',
    REMOVE_FROM_CONTINUE_WATCHING: '/actions/removeFromContinueWatching'}
#: The paths of plex.tv's Discover if it does not list them.
DISCOVER_PATHS: Mapping[str, str] = {
    WATCHLIST: '/library/sections/watchlist', HOME: '/hubs/sections/home',
    ADD_TO_WATCHLIST: '/actions/addToWatchlist', REMOVE_FROM_WATCHLIST: '/actions/removeFromWatchlist'}
_QUIET_SECONDS = 300.0
#: A path, without anything that could lead elsewhere.
_PATH = re.compile(r'/(?:[A-Za-z0-9:_-][A-Za-z0-9:._-]*/)*[A-Za-z0-9:_-][A-Za-z0-9:._-]*\Z')


class Provider(NamedTuple):
    """A provider. ``base_url`` is '' for the host itself; ``features`` are paths by type."""

    identifier: str
    base_url: str
    features: Mapping[str, str]


def providers(client: PMSRequests) -> Dict[str, Provider]:
    """All providers of a host by identifier (``GET /media/providers``)."""
    return _read(client.container('/media/providers'))


def _read(container: Raw) -> Dict[str, Provider]:
    found = (_provider(raw) for raw in children(container, 'MediaProvider'))
    return {one.identifier: one for one in found if one.identifier}


class ServerFeatures:
    """Where a server has what, asked once. Safe to use from several threads.

    A server asks plex.tv before it answers, so without the internet it may keep us waiting: after a failure the
    documented paths are used, and it is not asked again for some minutes.
    """

    def __init__(self, client: PMSRequests, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._until = 0.0
        self._lock = threading.Lock()
        self._paths: Optional[Mapping[str, str]] = None
        self._may_delete = False
        self._may_manage: Optional[bool] = None

    def path(self, feature: str) -> str:
        """The path of a feature. Raises :class:`PlexNotFound` for one that this user does not have."""
        path = self._known().get(feature, '')
        if not path:
            raise PlexNotFound(404, 'the feature ' + feature)
        return path

    def asked(self, feature: str, ask: Callable[[str], Answer]) -> Answer:
        """``ask(path)`` for what must not wait: at the documented path, unless another is known or it is not there."""
        documented = SERVER_PATHS[feature]
        if self._paths is None:
            try:
                return ask(documented)
            except PlexNotFound:
                if self.path(feature) == documented:
                    raise
        return ask(self.path(feature))

    def may_delete(self) -> bool:
        """Whether the server lets this user delete items with their files."""
        self._known()
        return self._may_delete

    def may_manage(self) -> bool:
        """Whether this user administers the server: only then it shows its preferences. False while that is unknown."""
        if self._may_manage is None:
            try:
                self._client.container('/:/prefs')
                self._may_manage = True
            except (PlexForbidden, PlexNotFound, PlexUnauthorized):
                self._may_manage = False
            except PlexCancelled:
                raise
            except PlexError as error:
                log.info('it is not known whether the user administers the server: %s', type(error).__name__)
                return False
        return self._may_manage

    def _known(self) -> Mapping[str, str]:
        with self._lock:
            if self._paths is None or 0 < self._until <= self._clock():
                self._until = 0.0
                self._paths = self._found()
            return self._paths

    def _found(self) -> Mapping[str, str]:
        try:
            container = self._client.container('/media/providers')
            self._may_delete = flag(container, 'allowMediaDeletion')
            features = _read(container)[LIBRARY].features
        except (PlexCancelled, PlexUnauthorized):
            raise
        except PlexConnectionError as error:
            log.info('the server does not tell what it offers: %s', error)
            self._until = self._clock() + _QUIET_SECONDS
            return SERVER_PATHS
        except (PlexError, KeyError) as error:
            log.info('the server has no list of what it offers: %s', type(error).__name__)
            return SERVER_PATHS
        # For a key that we cannot send, the documented path is used.
        return {kind: path if _PATH.match(path) else SERVER_PATHS.get(kind, '') for kind, path in features.items()}


def discover_of(found: Mapping[str, Provider], documented_url: str) -> Optional[Provider]:
    """plex.tv's Discover in its list of providers; None when the account does not have it.

    ``documented_url`` is its usual address: the user's token is sent only there or to another host of plex.tv.
    """
    one = found.get(DISCOVER)
    if one is None:
        return None
    base = one.base_url.rstrip('/') if is_plex_tv(one.base_url, documented_url) else documented_url
    return one._replace(base_url=base, features=dict(DISCOVER_PATHS, **{
        kind: path for kind, path in one.features.items() if kind in DISCOVER_PATHS and _PATH.match(path)}))


def is_plex_tv(url: str, known_url: str) -> bool:
    """Whether a URL is that of a host of plex.tv, or ``known_url``, which may be a simulated one."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ''
    except ValueError:
        return False
    if parts.username or parts.password or parts.query or parts.fragment:
        return False
    return url.rstrip('/') == known_url.rstrip('/') or parts.scheme == 'https' and host.endswith('.plex.tv')


def _provider(raw: Raw) -> Provider:
    features: Dict[str, str] = {}
    for one in children(raw, 'Feature'):
        kind, key = text(one, 'type'), text(one, 'key')
        if kind and key:
            features.setdefault(kind, key)
        for action in children(one, 'Action'):
            features.setdefault(text(action, 'id'), text(action, 'key'))
        for directory in children(one, 'Directory'):
            if text(directory, 'id') in (WATCHLIST, HOME):
                features.setdefault(text(directory, 'id'), text(directory, 'hubKey') if text(directory, 'id') == HOME
                                    else text(directory, 'key'))
    return Provider(text(raw, 'identifier'), text(raw, 'baseURL'), features)


