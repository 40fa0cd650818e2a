"""The device key on disk: an encrypted PEM, and its passphrase in a file of its own.

What it protects from is one file alone in the wrong hands: posted in a forum, in half a backup. Who has the folder has
both. A device that starts without anybody there cannot do better; ``docs/authentication.md`` says so to users.
"""
from __future__ import annotations

import logging
import os
import secrets
from typing import Optional

from ... import atomic_file
from ...redaction import hide
from . import pkcs8
from .keys import DeviceKey

log = logging.getLogger('pkc.auth')

_KEY, _PASSPHRASE = 'device_key.pem', 'device_key.pass'


class KeyFile:
    """The two files in ``folder``. Not locked: its owner is :class:`~.store.CredentialStore`."""

    def __init__(self, folder: str) -> None:
        self._key_path = os.path.join(folder, _KEY)
        self._passphrase_path = os.path.join(folder, _PASSPHRASE)

    def load(self) -> Optional[DeviceKey]:
        """The key; nothing when there is none. A damaged file, or one without its passphrase, is set aside.

        A key that is not encrypted (from an earlier version) is read, and encrypted from then on.
        Raises :class:`OSError` when a file is there but cannot be read now, and :class:`SigningUnavailable` when no
        library here can decrypt it.
        """
        content = atomic_file.read(self._key_path)
        if content is None:
            return None
        passphrase = self._passphrase()
        try:
            key = DeviceKey(pkcs8.read(content, passphrase))
        except ValueError:
            atomic_file.set_aside(self._key_path)
            return None
        if not pkcs8.is_encrypted(content):
            try:
                self.save(key)
                log.info('the device key is encrypted now')
            except OSError as error:
                log.warning('the device key could not be encrypted yet (errno %s)', error.errno)
        return key

    def save(self, key: DeviceKey) -> None:
        """Write the key, and before it the passphrase if there is none. Mode 0600.

        Raises :class:`OSError` or :class:`SigningUnavailable`.
        """
        passphrase = self._passphrase()
        if not passphrase:
            text = secrets.token_urlsafe(32)
            hide(text)
            passphrase = text.encode('ascii')
            atomic_file.write(self._passphrase_path, passphrase)
        atomic_file.write(self._key_path, pkcs8.write(key.seed, passphrase))

    def delete(self) -> None:
        """Remove everything that is there. Raises :class:`OSError`, after trying all."""
        problem: Optional[OSError] = None
        for path in (self._key_path, self._passphrase_path):
            try:
                atomic_file.delete(path)
            except OSError as error:
                problem = error
        if problem is not None:
            raise problem

    def _passphrase(self) -> bytes:
        found = atomic_file.read(self._passphrase_path) or b''
        hide(found.decode('latin-1'))
        return found
