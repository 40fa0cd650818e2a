"""What can be wrong with the sign-in itself. ``message_key`` names the text that the user is shown."""
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
    """Signed in, but it is not clear which server to use."""

    message_key = 'no_server_chosen'


class UnknownServer(PlexError):
    """The account does not list this server (any more)."""

    message_key = 'unknown_server'


class NeedsSecondPin(PlexError):
    """The server refuses the modern token and plex.tv gave no other: a legacy code must be entered once."""

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
    """No library that signs with the device key, or that reads its file, can be used in this interpreter."""

    message_key = 'signing_unavailable'


class WrongPin(PlexError):
    """plex.tv does not let this account become the user of the Home: the PIN is wrong, or missing."""

    message_key = 'wrong_pin'


class ChooseUserAgain(PlexError):
    """The chosen user of the Home has no valid token, and without somebody at the screen there is no other."""

    message_key = 'choose_user_again'


class KeyUnreadable(PlexError):
    """The file of the device key is there, but the disk does not give it now: tried again later."""

    message_key = 'key_unreadable'


class BadAddress(PlexError):
    """What the user typed is no address of a server."""

    message_key = 'bad_address'


class UserNotChosen(PlexError):
    """Kodi has started, and nobody has said yet who is watching."""

    message_key = 'user_not_chosen'
