"""Whether a token that somebody shows us is one of this account."""
from __future__ import annotations

import hmac
from typing import Iterator

from ...plex_errors import PlexForbidden, PlexRejected, PlexUnauthorized
from ..account.clients import PlexTvClients
from ..credentials.record import Credentials
from ..credentials.store import CredentialStore
from .switch import is_same
from .users import HomeUsers


class OwnTokens:
    """Compares with the tokens that we hold, and asks plex.tv about others. Safe to use from several threads."""

    def __init__(self, store: CredentialStore, clients: PlexTvClients, home: HomeUsers) -> None:
        self._store = store
        self._clients = clients
        self._home = home

    def confirm(self, token: str) -> bool:
        """Whether ``token`` is of the account's user, or of another user of its Home who is no guest there.

        It is sent to plex.tv, whose token it claims to be. Raises :class:`PlexError` when that cannot be asked now.
        """
        credentials = self._store.load()
        if not credentials.has_account:
            return False
        if any(hmac.compare_digest(held.encode(), token.encode()) for held in _held(credentials) if held):
            return True
        try:
            user = self._clients.of(credentials.client_identifier).user(token)
        except (PlexUnauthorized, PlexForbidden, PlexRejected):
            return False
        if credentials.user is not None and is_same(credentials.user, user.id):
            return True
        return any(member.id == user.id and not member.guest for member in self._home.users())


def _held(credentials: Credentials) -> Iterator[str]:
    yield credentials.account_jwt
    yield credentials.legacy_token
    if credentials.member is not None:
        yield credentials.member.token
    for token in credentials.server_tokens:
        yield token.token
