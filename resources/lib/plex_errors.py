"""Errors of requests to Plex hosts.

No message contains a token, a PIN or a server address: messages are logged and shown.
"""
from __future__ import annotations

from .cancellation import Cancelled


class PlexError(Exception):
    """The base class of all errors of the Plex clients. ``str()`` may be logged."""


class PlexConnectionError(PlexError):
    """No answer: host not found, connection refused, reset or timed out, or TLS failed."""


class PlexTooSlow(PlexConnectionError):
    """An answer was given up because it came too slowly. It is not requested again at once."""


class PlexCancelled(PlexError, Cancelled):
    """The request was given up because the add-on is stopping or the user cancelled."""


class PlexBadAnswer(PlexError):
    """An answer that is not what was requested (HTML page, cut JSON, unsafe XML)."""


class PlexHttpError(PlexError):
    """A status of 400 or above that has no class of its own.

    ``status`` is the HTTP status, ``code`` Plex's own error number when the body names one.
    """

    def __init__(self, status: int, what: str, code: int = 0, retry_after: float = 0.0) -> None:
        super().__init__('%s: HTTP %d%s' % (what, status, ' (Plex error %d)' % code if code else ''))
        self.status = status
        self.code = code
        self.retry_after = retry_after


class PlexUnauthorized(PlexHttpError):
    """401: the token is wrong, revoked, or of a kind that this host does not accept."""


class PlexTokenExpired(PlexUnauthorized):
    """498: the JWT has expired and must be renewed."""


class PlexForbidden(PlexHttpError):
    """403: signed in, but not allowed."""


class PlexNotFound(PlexHttpError):
    """404: deleted, expired, or not visible to this user."""


class PlexRejected(PlexHttpError):
    """400 or 422: the request itself was refused (bad signature, thumbprint taken, wrong issuer)."""


class PlexRateLimited(PlexHttpError):
    """429: too many requests; plex.tv often sends no Retry-After."""


class PlexServerError(PlexHttpError):
    """5xx: starting up, maintenance, overload."""


_BY_STATUS = {
    400: PlexRejected, 401: PlexUnauthorized, 403: PlexForbidden, 404: PlexNotFound,
    422: PlexRejected, 429: PlexRateLimited, 498: PlexTokenExpired,
}


def error_for_status(status: int, what: str, code: int = 0, retry_after: float = 0.0) -> PlexHttpError:
    """The error for an HTTP status of 400 or above; ``what`` names the request without secrets."""
    kind = PlexServerError if status >= 500 else _BY_STATUS.get(status, PlexHttpError)
    return kind(status, what, code, retry_after)
