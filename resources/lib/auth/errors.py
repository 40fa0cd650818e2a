"""Errors of sign-in, users and the choice of a server. ``message_key`` names the text that the user is shown."""
from __future__ import annotations

from ..plex_errors import PlexConnectionError, PlexError


class NotSignedIn(PlexError):
    """Nobody has signed in yet."""

    message_key = 'not_signed_in'


class SignInAgain(NotSignedIn):
    """plex.tv refused this device, or its key is lost: only a new sign-in helps."""

    def __init__(self, message_key: str) -> None:
        super().__init__('plex.tv needs a new sign-in (%s)' % message_key)
        self.message_key = message_key


class NoServerChosen(PlexError):
    """The user is signed in, but there are several servers or none, and none was chosen."""

    message_key = 'no_server_chosen'


class UnknownServer(PlexError):
    """The account does not list this server (any more)."""

    message_key = 'unknown_server'


class NeedsSecondPin(PlexError):
    """The server refuses the JWT and plex.tv gave no other token: the user must enter a second, legacy code once."""

    message_key = 'second_pin_needed'


class ServerRefused(PlexError):
    """The server answers, but refuses every token that plex.tv has for it."""

    message_key = 'server_refused'


class ServerUnreachable(PlexConnectionError):
    """None of the server's addresses answered as this server."""

    message_key = 'server_unreachable'


class WrongUser(PlexError):
    """The second code was entered by another Plex user than the one signed in."""

    message_key = 'wrong_user'


class SigningUnavailable(PlexError):
    """In this interpreter no library works that signs with the device key, or none that reads its file."""

    message_key = 'signing_unavailable'


class WrongPin(PlexError):
    """plex.tv refuses the switch to the user of the Home: the PIN is wrong or missing."""

    message_key = 'wrong_pin'


class ChooseUserAgain(PlexError):
    """The chosen user of the Home has no valid token, and a new one takes their PIN."""

    message_key = 'choose_user_again'


class KeyUnreadable(PlexError):
    """The file of the device key exists but cannot be read now; it is tried again later."""

    message_key = 'key_unreadable'


class BadAddress(PlexError):
    """What the user typed is not an address of a server."""

    message_key = 'bad_address'


class UserNotChosen(PlexError):
    """No user has been chosen since Kodi started, although the settings want one to be chosen."""

    message_key = 'user_not_chosen'
