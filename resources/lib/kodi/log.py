"""Sending Python's logging to Kodi's log, without secrets.

All records of the loggers below ``pkc``, tracebacks included, pass :mod:`..redaction` first. Debug lines are written
only when the user has switched the detailed log on, but then even when Kodi's own debug log is off.
"""
from __future__ import annotations

import logging

from kodi_six import xbmc

from ..redaction import REDACTOR, Redactor

ROOT = 'pkc'


class KodiHandler(logging.Handler):
    """Sends records to ``xbmc.log``."""

    def __init__(self, addon_id: str, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor
        self.setFormatter(logging.Formatter('[%s] %%(name)s: %%(message)s' % addon_id))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record. It is formatted first, so that tracebacks are redacted as well."""
        try:
            text = self.format(record)
        except (TypeError, ValueError, LookupError, AttributeError) as error:  # a log line must never end its thread
            text = 'cannot format the log line %r: %s' % (record.msg, error)
        xbmc.log(_writable(self._redactor(text)), _kodi_level(record.levelno))


def install(addon_id: str, verbose: bool) -> None:
    """Send the ``pkc.*`` loggers to Kodi's log. Call again when the setting (``verbose``) has changed."""
    logger = logging.getLogger(ROOT)
    for old in list(logger.handlers):
        if isinstance(old, KodiHandler):
            logger.removeHandler(old)
    logger.addHandler(KodiHandler(addon_id, REDACTOR))
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False


def _writable(text: str) -> str:
    """``text`` without what Kodi cannot log: lone surrogates (from JSON) are not valid UTF-8, and NUL ends the line."""
    return text.encode('utf-8', 'backslashreplace').decode('utf-8').replace('\0', '\\0')


def _kodi_level(level: int) -> int:
    if level >= logging.CRITICAL:
        return xbmc.LOGFATAL
    if level >= logging.ERROR:
        return xbmc.LOGERROR
    if level >= logging.WARNING:
        return xbmc.LOGWARNING
    return xbmc.LOGINFO
