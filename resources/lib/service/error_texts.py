"""From errors to the name of the text that tells the user what to do (``kodi/texts.py`` knows the names)."""
from __future__ import annotations

import errno

from ..kodi_db.errors import DatabaseDamaged, DatabaseLocked, DatabaseMissing, DiskFull, SchemaUnknown
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

#: Names that other rooms use, where the texts have another word for it.
_OTHER_WORDS = {
    'no_server_chosen': 'no_server', 'unknown_server': 'no_server', 'second_pin_needed': 'second_sign_in',
    'wrong_user': 'sign_in_failed', 'signing_unavailable': 'module_missing', 'server_starting': 'server_busy',
    'plex_error': 'bad_answer', 'not_playable': 'playback_failed', 'file_missing': 'item_unavailable',
    'file_inaccessible': 'item_unavailable', 'device_revoked': 'sign_in_again',
}
_BY_CLASS = (
    (PlexCancelled, 'cancelled'), (PlexNotFound, 'item_gone'), (PlexForbidden, 'not_allowed'),
    (PlexRateLimited, 'too_many_requests'), (PlexUnauthorized, 'server_refused'), (PlexServerError, 'server_busy'),
    (PlexConnectionError, 'server_unreachable'), (PlexBadAnswer, 'bad_answer'),
    (SchemaUnknown, 'database_unknown'), (DatabaseLocked, 'database_busy'), (DatabaseMissing, 'database_missing'),
    (DatabaseDamaged, 'database_damaged'), (DiskFull, 'disk_full'),
)


def text_name(error: BaseException) -> str:
    """The name of the text for an error; ``error`` for one that nobody foresaw."""
    key = getattr(error, 'message_key', '') or getattr(error, 'key', '')
    if key:
        return _OTHER_WORDS.get(key, key)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return 'disk_full'
    for kind, name in _BY_CLASS:
        if isinstance(error, kind):
            return name
    return 'error'


def sign_in_text_name(message_key: str) -> str:
    """The name of the text for a problem that the sign-in room names."""
    return _OTHER_WORDS.get(message_key, message_key)
