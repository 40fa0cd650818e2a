"""How things stand with the sign-in and the server, as one record for the screen."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from ..plex_errors import PlexConnectionError, PlexError, PlexServerError
from .errors import ServerUnreachable

SIGNED_OUT, LINKING, SIGNED_IN, SIGN_IN_AGAIN = 'signed_out', 'linking', 'signed_in', 'sign_in_again'


@dataclass(frozen=True)
class AuthStatus:
    """How things stand. ``message_key`` names a text about a problem; empty when all is well.

    ``usable``: somebody is signed in, so sync and playback should go on, whatever ``state`` says: also while a new
    code is shown, and when the account needs a new sign-in but the server still takes its token. ``user_name`` and
    ``user_id`` are the active user's: the account's own or the chosen one of its Plex Home.
    """

    state: str
    user_name: str = ''
    server_name: str = ''
    machine_identifier: str = ''
    message_key: str = ''
    usable: bool = False
    user_id: str = ''


def problem(connection_error: Optional[PlexError], account_error: Optional[PlexError]) -> str:
    """The name of the text that tells a signed-in user what does not work; empty when all is well.

    The errors are why there is no connection to the server, and why the account was not renewed.
    """
    if connection_error is None:
        return 'plex_tv_unreachable' if isinstance(account_error, PlexConnectionError) else ''
    if isinstance(connection_error, PlexConnectionError):
        return ServerUnreachable.message_key
    return getattr(connection_error, 'message_key',
                   'server_starting' if isinstance(connection_error, PlexServerError) else 'plex_error')
