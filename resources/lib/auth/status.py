"""The state of sign-in and server, as one record for the screen."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from ..plex_errors import PlexConnectionError, PlexError, PlexServerError
from .errors import ServerUnreachable

SIGNED_OUT, LINKING, SIGNED_IN, SIGN_IN_AGAIN = 'signed_out', 'linking', 'signed_in', 'sign_in_again'


@dataclass(frozen=True)
class AuthStatus:
    """The state of sign-in and server. ``message_key`` names a text about a problem; empty when there is none.

    ``usable``: there is an account, so sync and playback should go on whatever ``state`` is, even while a new code is
    shown, or when a new sign-in is needed but the server still accepts the token. ``user_name`` and ``user_id`` are
    the active user's: the account's own or the chosen one of its Plex Home. ``machine_identifiers`` are all chosen
    servers, the main one, which ``server_name`` and ``machine_identifier`` are of, first.
    """

    state: str
    user_name: str = ''
    server_name: str = ''
    machine_identifier: str = ''
    message_key: str = ''
    usable: bool = False
    user_id: str = ''
    machine_identifiers: Tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        """Whether more than one server is chosen."""
        return len(self.machine_identifiers) > 1


def problem(connection_error: Optional[PlexError], account_error: Optional[PlexError]) -> str:
    """The name of the text that tells a signed-in user what does not work; empty when there is no problem.

    ``connection_error``: why there is no connection to the server; ``account_error``: why the JWT was not renewed.
    """
    if connection_error is None:
        return 'plex_tv_unreachable' if isinstance(account_error, PlexConnectionError) else ''
    if isinstance(connection_error, PlexConnectionError):
        return ServerUnreachable.message_key
    return getattr(connection_error, 'message_key',
                   'server_starting' if isinstance(connection_error, PlexServerError) else 'plex_error')
