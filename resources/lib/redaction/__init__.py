"""Keeps secrets out of every text that strangers may see, above all the log that a user posts in a forum.

Two nets. Whoever makes or reads a secret says so (:func:`hide` and its sisters; a record with a secret in it does so
when it is made), and from then on its value is taken out of every line, however it is encoded (:mod:`.registry`). What
was never registered is caught by its looks (:mod:`.patterns`).

:data:`REDACTOR` is this interpreter's; like the loggers of :mod:`logging` it is there for everybody, because secrets
are made and read in most rooms. The plugin knows no secret of plex.tv and writes no log, and must not import this
package: :mod:`re` alone takes longer to import than its whole call.
"""
from __future__ import annotations

from .redactor import Redactor

__all__ = ['REDACTOR', 'Redactor', 'hide', 'hide_code', 'hide_key']

REDACTOR = Redactor()


def hide(value: str, kind: str = '') -> None:
    """Never let the secret ``value`` (a token, key, password …) into a log again. Cheap when it is known already.

    ``kind`` names what it is when there may be many: of each kind the latest 128 are kept.
    """
    REDACTOR.hide(value, kind)


def hide_code(value: str) -> None:
    """The same for a PIN or a link code: few characters, which elsewhere are an ordinary number or word."""
    REDACTOR.hide_code(value)


def hide_key(raw: bytes) -> None:
    """The same for the bytes of a key, which nobody writes as they are."""
    REDACTOR.hide_key(raw)
