"""The entry of a player in the account's list of devices at plex.tv, by which newer Plex apps find players.

Source: seen in working players, Plex's own among them; docs/plex.md, "Remote control".
"""
from __future__ import annotations

from typing import List, Sequence, Tuple
from urllib.parse import quote

from .plex_identity import provides
from .plex_tv import PlexTV

#: (connect, read) in seconds.
_TIMEOUT = (6.0, 15.0)


def announce(plex_tv: PlexTV, token: str, addresses: Sequence[str], server: str) -> None:
    """Have the device of ``token`` listed as a player that is reached at these URLs, or through this server.

    ``server`` is a machineIdentifier. Without ``addresses`` the device is no player any more. Raises PlexError.
    """
    params: List[Tuple[str, str]] = [('Connection[][uri]', address) for address in addresses]
    if addresses and server:
        params.append(('proxiedBy', server))
    identifier = plex_tv.session.identity.client_identifier
    plex_tv.session.send('PUT', '%s/devices/%s' % (plex_tv.base_url, quote(identifier, safe='')), token=token,
                         params=params, headers=provides(bool(addresses)), retries=1, timeout=_TIMEOUT)
