"""From errors to the name of the text that tells the user what to do (``kodi/texts`` knows the names)."""
from __future__ import annotations

import errno

from ..auth.errors import ServerUnreachable, UnknownServer
from ..kodi_db.errors import SchemaUnknown, SettingsUnreadable
from ..plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexForbidden,
    PlexNotFound,
    PlexRateLimited,
    PlexServerError,
    PlexUnauthorized,
)
from ..sql.errors import (
    AccessDenied,
    ConnectionLost,
    DatabaseDamaged,
    DatabaseLocked,
    DiskFull,
    LeaseHeld,
    LeaseLost,
    NewerState,
    NoSuchDatabase,
    OtherUser,
    UnfitCharset,
)

#: Keys of errors whose text has another name.
_TEXT_OF_KEY = {
    'no_server_chosen': 'no_server', 'unknown_server': 'no_server', 'second_pin_needed': 'second_sign_in',
    'wrong_user': 'sign_in_failed', 'signing_unavailable': 'module_missing', 'server_starting': 'server_busy',
    'plex_error': 'bad_answer', 'not_playable': 'playback_failed', 'file_missing': 'item_unavailable',
    'file_inaccessible': 'item_unavailable', 'device_revoked': 'sign_in_again',
}
_BY_CLASS = (
    (PlexCancelled, 'cancelled'), (PlexNotFound, 'item_gone'), (PlexForbidden, 'not_allowed'),
    (PlexRateLimited, 'too_many_requests'), (PlexUnauthorized, 'server_refused'), (PlexServerError, 'server_busy'),
    (PlexConnectionError, 'server_unreachable'), (PlexBadAnswer, 'bad_answer'),
    (SchemaUnknown, 'database_unknown'), (DatabaseLocked, 'database_busy'), (NoSuchDatabase, 'database_missing'),
    (DatabaseDamaged, 'database_damaged'), (DiskFull, 'disk_full'), (ConnectionLost, 'database_server_away'),
    (AccessDenied, 'database_access_denied'), (UnfitCharset, 'database_charset'), (NewerState, 'database_newer'),
    (SettingsUnreadable, 'settings_unreadable'), (LeaseHeld, 'another_device_syncs'),
    (LeaseLost, 'another_device_syncs'), (OtherUser, 'library_of_another_user'),
)


def text_name(error: BaseException) -> str:
    """The name of the text for an error; ``error`` for one that nobody foresaw."""
    key = getattr(error, 'message_key', '') or getattr(error, 'key', '')
    if key:
        return _TEXT_OF_KEY.get(key, key)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return 'disk_full'
    for kind, name in _BY_CLASS:
        if isinstance(error, kind):
            return name
    return 'error'


def plex_tv_text_name(error: BaseException) -> str:
    """As :func:`text_name`, where plex.tv was asked and not a server of the user's."""
    return 'plex_tv_unreachable' if type(error) is PlexConnectionError else text_name(error)


def typed_address_text_name(error: BaseException) -> str:
    """As :func:`text_name`, where the user had typed the address of a server."""
    if isinstance(error, UnknownServer):
        return 'server_not_shared'
    return 'no_server_there' if isinstance(error, ServerUnreachable) else text_name(error)


def sign_in_text_name(message_key: str) -> str:
    """The name of the text for a problem that the sign-in room names."""
    return _TEXT_OF_KEY.get(message_key, message_key)
