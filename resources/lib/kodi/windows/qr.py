"""QR codes as picture files, made by ``segno``; where that is missing, windows show no QR code."""
from __future__ import annotations

import contextlib
import logging
import os
import uuid

log = logging.getLogger('pkc.kodi')
_PREFIX = 'qr-'


class QrPictures:
    """Writes and removes pictures in a folder. Each gets a new name, since Kodi caches pictures by name."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def make(self, text: str) -> str:
        """Write the QR code of ``text``; returns its path, or '' when it cannot be written."""
        try:
            import segno
        except ImportError:
            log.warning('segno is missing, no QR code')
            return ''
        path = os.path.join(self._folder, '%s%s.png' % (_PREFIX, uuid.uuid4().hex))
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            segno.make(text, error='m', micro=False).save(path, kind='png', scale=12, border=0)
        except OSError as error:
            log.warning('no QR code: %s', error.strerror)
            return ''
        return path

    def clear(self) -> None:
        """Remove all pictures, including those left by a Kodi that was killed."""
        if not os.path.isdir(self._folder):
            return
        for name in os.listdir(self._folder):
            if name.startswith(_PREFIX):
                with contextlib.suppress(OSError):
                    os.remove(os.path.join(self._folder, name))
