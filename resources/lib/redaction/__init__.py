"""Removing secrets from texts that others may see, above all the log that a user posts in a forum.

There are two methods. Code that creates or reads a secret registers it (:func:`hide`, :func:`hide_code`,
:func:`hide_key`; records with a secret do so in ``__post_init__``); from then on its value is removed from every line,
in any encoding (:mod:`.registry`). Other secrets are found by patterns (:mod:`.patterns`).
A log that is saved to be sent to somebody goes through :mod:`.report` as well.

:data:`REDACTOR` is global in this interpreter, like the loggers of :mod:`logging`, because most packages handle
secrets. The plugin has no secret of plex.tv and writes no log, and must not import this package: importing :mod:`re`
alone takes longer than its whole call.
"""
from __future__ import annotations

from .redactor import Redactor
from .report import ReportRedactor

__all__ = ['REDACTOR', 'Redactor', 'ReportRedactor', 'hide', 'hide_code', 'hide_key']

REDACTOR = Redactor()


def hide(value: str, kind: str = '') -> None:
    """Register the secret ``value`` (a token, key, password …). Fast when it is registered already.

    ``kind`` groups secrets of which there may be many: of each kind only the latest are kept.
    """
    REDACTOR.hide(value, kind)


def hide_code(value: str) -> None:
    """Register a PIN or link code, whose few characters may also occur as an ordinary number or word."""
    REDACTOR.hide_code(value)


def hide_key(raw: bytes) -> None:
    """Register the bytes of a key, which are removed as hexadecimal digits, base64 or repr."""
    REDACTOR.hide_key(raw)
