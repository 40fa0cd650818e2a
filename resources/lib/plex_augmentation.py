"""Having a server learn from Plex's cloud what it does not know of an item (``asyncAugmentMetadata``).

Only for administrators, and nobody else is told that it exists. It changes what the server answers afterwards.
"""
from __future__ import annotations

import logging
import re
import threading
from typing import Callable, Dict

from .plex_errors import PlexCancelled, PlexError
from .plex_limits import BATCH, SMALL
from .plex_requests import PMSRequests
from .plex_values import text

log = logging.getLogger('pkc.plex')

_KEY = re.compile(r'/library/metadata/augmentations/[\w-]{1,64}\Z')
#: Seconds (to connect, to wait) for the cloud: somebody waits for a list that would be empty otherwise.
_PATIENCE = (3.0, 3.0)
#: Items for which it was tried, which is not done again.
_MOST_REMEMBERED = 2000


class Augmentation:
    """Of the items of one server. Safe to use from several threads. ``is_admin()`` may ask the server."""

    def __init__(self, client: PMSRequests, is_admin: Callable[[], bool]) -> None:
        self._client = client
        self._is_admin = is_admin
        self._lock = threading.Lock()
        self._tried: Dict[str, None] = {}

    def asked(self, rating_key: str, ask: Callable[[], bytes], is_empty: Callable[[bytes], bool]) -> bytes:
        """The answer of ``ask()``; where that is empty, it is asked again after the item was augmented, once.

        Raises :class:`PlexError` for the question itself only.
        """
        body = ask()
        if not is_empty(body) or not self._is_new(rating_key) or not self._is_admin():
            return body
        try:
            augmented = self._augment(rating_key)
        except PlexCancelled:
            raise
        except PlexError as error:
            log.info('an item was not augmented: %s', error)
            return body
        return ask() if augmented else body

    def _augment(self, rating_key: str) -> bool:
        container = self._client.container('/library/metadata/' + rating_key, {
            'asyncAugmentMetadata': 1, 'skipRefresh': 1}, retries=0, limits=BATCH)
        path = text(container, 'augmentationKey')
        if not _KEY.match(path):
            return False
        self._client.open(path, SMALL, params={'wait': 1}, timeout=_PATIENCE, retries=0).drain()
        return True

    def _is_new(self, rating_key: str) -> bool:
        with self._lock:
            if rating_key in self._tried:
                return False
            self._tried[rating_key] = None
            while len(self._tried) > _MOST_REMEMBERED:
                self._tried.pop(next(iter(self._tried)))
            return True
