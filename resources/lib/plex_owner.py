"""Whether a token is one of the owner's of a Plex Media Server."""
from __future__ import annotations

from .plex_errors import PlexForbidden, PlexNotFound, PlexUnauthorized
from .plex_requests import PMSRequests, read_container
from .plex_values import children

#: A list that a server shows to its owner only. A token made for a controller may do what its maker may.
_OWNERS_LIST = '/accounts'


def is_owners(client: PMSRequests, token: str) -> bool:
    """Ask the client's server, with this token in place of the client's; an empty list is no proof.

    Raises :class:`PlexError` when it gives no clear answer.
    """
    try:
        body = client.session.get_body(client.base_url + _OWNERS_LIST, token=token, retries=0)
    except (PlexUnauthorized, PlexForbidden, PlexNotFound):
        return False
    return bool(children(read_container(body, _OWNERS_LIST), 'Account'))
