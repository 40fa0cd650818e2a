"""Requests to plex.tv's Discover (watchlist, new titles) as the active user."""
from __future__ import annotations

from typing import Callable, Dict, Optional, Tuple, TypeVar

from ...plex_errors import PlexConnectionError, PlexError, PlexNotFound, PlexUnauthorized
from ...plex_providers import DISCOVER, DISCOVER_PATHS, Provider, discover_of, providers
from ...plex_requests import PMSRequests
from ...plex_tv import PlexTV
from ..credentials.store import CredentialStore
from .active_user import ActiveUser

Answer = TypeVar('Answer')


class Discover:
    """Sends requests to Discover, whose address is requested once. Safe to use from several threads."""

    def __init__(self, store: CredentialStore, active_user: ActiveUser) -> None:
        self._store = store
        self._active_user = active_user
        self._known: Dict[str, Provider] = {}

    def call(self, ask: Callable[[PMSRequests, Provider], Answer]) -> Answer:
        """Run ``ask(client, provider)`` with the active user's token for plex.tv.

        Raises :class:`PlexNotFound` when the account has no Discover, or another :class:`PlexError`.
        """
        def with_token(plex_tv: PlexTV, token: str) -> Answer:
            client, provider = self._client(plex_tv, token)
            return ask(client, provider)
        return self._active_user.call(with_token)

    def _client(self, plex_tv: PlexTV, token: str) -> Tuple[PMSRequests, Provider]:
        user_id = self._store.load().user_id
        provider: Optional[Provider] = self._known.get(user_id)
        if provider is None:
            provider = _found(plex_tv, token)
            if provider is None:
                raise PlexNotFound(404, 'Discover')
            self._known = {user_id: provider}
        return PMSRequests(plex_tv.session, provider.base_url, token), provider


def _found(plex_tv: PlexTV, token: str) -> Optional[Provider]:
    try:
        return discover_of(providers(PMSRequests(plex_tv.session, plex_tv.base_url, token)), plex_tv.discover_url)
    except (PlexConnectionError, PlexUnauthorized):
        raise
    except PlexError:  # no such list
        return Provider(DISCOVER, plex_tv.discover_url, DISCOVER_PATHS)
