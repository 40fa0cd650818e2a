"""Whether a controller's token is one of this account's. It is shown to nobody but our own server and plex.tv."""
from __future__ import annotations

import logging
import secrets
import threading
from typing import Optional

from ...plex_functions import PMSClient
from ...plex_owner import is_owners
from ..shared import Shared

LOG = logging.getLogger('pkc.remote')

_TRANSIENT = 'transient-'


class TokenProof:
    """Asks the server where it is the account's own, else plex.tv.

    Other users of the server have valid tokens too, so that the server takes a token proves nothing; that it takes it
    for its owner's does. A server that also takes a token which we have made up is not asked any more.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._lock = threading.Lock()
        self._gullible = ''
        self._sound = ''

    def confirm(self, token: str) -> bool:
        """Raises :class:`PlexError` when that cannot be found out now."""
        server = self._server()
        if server is not None and is_owners(server, token):
            return True
        return not token.startswith(_TRANSIENT) and self._shared.auth.confirm_token(token)

    def _server(self) -> Optional[PMSClient]:
        """A client of the account's own server, unless that believes everybody (its list of networks without
        authentication has ours).
        """
        client = self._shared.clients.own_server()
        if client is None:
            return None
        with self._lock:
            if client.base_url not in (self._sound, self._gullible):
                if is_owners(client, secrets.token_urlsafe(15)):
                    LOG.warning('the server takes any token, so it is not asked about those of controllers')
                    self._gullible = client.base_url
                else:
                    self._sound = client.base_url
            return client if client.base_url == self._sound else None
