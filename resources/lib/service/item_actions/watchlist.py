"""The watchlist of who watches, for one title."""
from __future__ import annotations

from ...auth.manager import AuthManager
from ...plex_providers import ADD_TO_WATCHLIST, REMOVE_FROM_WATCHLIST
from ...plex_values import checked_id
from ...plex_watchlist import is_on_watchlist


def key_of(guid: str) -> str:
    """plex.tv's key of a title, '' for one that plex.tv does not know by such a guid."""
    scheme, _, rest = guid.partition('://')
    kind, _, key = rest.partition('/')
    return checked_id(key) if scheme == 'plex' and kind in ('movie', 'show') else ''


def contains(auth: AuthManager, key: str) -> bool:
    """Whether a title is on it. Raises PlexError."""
    return auth.discover(lambda client, _provider: is_on_watchlist(client, key))


def put(auth: AuthManager, key: str, wanted: bool) -> None:
    """Put a title on it or take it off. Raises PlexError."""
    action = ADD_TO_WATCHLIST if wanted else REMOVE_FROM_WATCHLIST
    auth.discover(lambda client, provider: client.act(provider.features[action], {'ratingKey': key}))
