"""The device key on disk: an encrypted PEM, and its passphrase in a file of its own.

This protects the key when only one of the files gets out, for example posted in a forum. Whoever has the folder has
both. A device that starts without a user present cannot do better; ``docs/authentication.md`` tells users so.
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
    """The two files in ``folder``. Not thread-safe: :class:`~.store.CredentialStore` holds the lock."""

    def __init__(self, folder: str) -> None:
        self._key_path = os.path.join(folder, _KEY)
        self._passphrase_path = os.path.join(folder, _PASSPHRASE)

    def load(self) -> Optional[DeviceKey]:
        """The key; None when there is none. A damaged file, or one without its passphrase, is set aside.

        A key that an earlier version wrote unencrypted is read, and written again encrypted.
        Raises :class:`OSError` when a file exists but cannot be read now, and :class:`SigningUnavailable` when no
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
        """Delete both files. Raises :class:`OSError`, after trying each."""
        problem: Optional[OSError] = None
        for path in (self._key_path, self._passphrase_path):
            try:
                atomic_file.delete(path)
            except OSError as error:
                problem = error
        if problem is not None:
            raise problem

    def _passphrase(self) -> bytes:
        passphrase = atomic_file.read(self._passphrase_path) or b''
        hide(passphrase.decode('latin-1'))
        return passphrase
