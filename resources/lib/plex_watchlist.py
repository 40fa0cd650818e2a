"""What plex.tv's Discover says of one title for one user."""
from __future__ import annotations

from .plex_requests import PMSRequests
from .plex_values import children, integer


def is_on_watchlist(client: PMSRequests, key: str) -> bool:
    """Whether a title is on the watchlist (``/library/metadata/{key}/userState``)."""
    states = children(client.container('/library/metadata/%s/userState' % key), 'UserState')
    return any(integer(state, 'watchlistedAt') > 0 for state in states)
