"""The watchlist of who watches, for one title; also for one that is not at the server."""
from __future__ import annotations

import logging
from typing import Any, List, Mapping, Sequence

from ...auth.manager import AuthManager
from ...local_server.api import ApiError
from ...plex_errors import PlexError
from ...plex_providers import ADD_TO_WATCHLIST, REMOVE_FROM_WATCHLIST
from ...plex_values import checked_id
from ...plex_watchlist import is_on_watchlist
from ..error_texts import plex_tv_text_name
from .action import Answer, Subject, changed

LOG = logging.getLogger('pkc.service')

ADD, REMOVE = 'watchlist_add', 'watchlist_remove'


class Watchlist:
    """Of films and shows that plex.tv knows."""

    names = (ADD, REMOVE)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Whichever is possible."""
        return offered_for(subject.shared.auth, subject.item.guid)

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Tell plex.tv."""
        return put(subject.shared.auth, subject.item.guid, name)


def key_of(guid: str) -> str:
    """plex.tv's key of a title, '' for one that plex.tv does not know by such a guid."""
    scheme, _, rest = guid.partition('://')
    kind, _, key = rest.partition('/')
    return checked_id(key) if scheme == 'plex' and kind in ('movie', 'show') else ''


def offered_for(auth: AuthManager, guid: str) -> List[str]:
    """Adding to the watchlist or removing from it; nothing where plex.tv does not tell."""
    key = key_of(guid)
    if not key:
        return []
    try:
        return [REMOVE if auth.discover(lambda client, _provider: is_on_watchlist(client, key)) else ADD]
    except PlexError as error:
        LOG.info('plex.tv does not tell about the watchlist: %s', error)
        return []


def put(auth: AuthManager, guid: str, name: str) -> Answer:
    """Put a title on it or take it off. Raises :class:`ApiError`."""
    key = key_of(guid)
    if not key:
        raise ApiError('not_from_plex')
    action = ADD_TO_WATCHLIST if name == ADD else REMOVE_FROM_WATCHLIST
    try:
        auth.discover(lambda client, provider: client.act(provider.features[action], {'ratingKey': key}))
    except PlexError as error:
        raise ApiError(plex_tv_text_name(error), str(error)) from error
    return changed('on_watchlist' if name == ADD else 'off_watchlist')
