"""Saving credentials: a few files in the add-on's data folder, readable by their owner only.

``credentials.json`` holds tokens and addresses; the private key is in the files of
:mod:`~resources.lib.auth.device_key.key_file`. Mode 0600 keeps out other users of the machine only: every program that
runs as Kodi's user can read the files, as with every add-on.
"""
from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import replace
from typing import Callable, Optional

from ... import atomic_file
from ..device_key.key_file import KeyFile
from ..device_key.keys import DeviceKey
from .record import Credentials, new_credentials, read_credentials

log = logging.getLogger('pkc.auth')

_CREDENTIALS = 'credentials.json'
#: Value of ``Credentials.refused`` when the file with the tokens exists but could not be read.
CREDENTIALS_DAMAGED = 'credentials_damaged'


class CredentialStore:
    """Reads and writes the credential files; nothing else does. Safe to use from several threads of one process.

    A full or read-only disk does not stop the add-on: what could not be written stays in memory and is tried again
    by :meth:`flush`.
    """

    def __init__(self, folder: str) -> None:
        self._credentials_path = os.path.join(folder, _CREDENTIALS)
        self._key_file = KeyFile(folder)
        self._lock = threading.RLock()
        self._current: Optional[Credentials] = None
        self._unsaved = False

    def load(self) -> Credentials:
        """The credentials; on first use they are read, or created and written. A damaged file is set aside."""
        with self._lock:
            if self._current is None:
                self._current = self._read()
            return self._current

    def save(self, credentials: Credentials) -> None:
        """Replace the credentials."""
        with self._lock:
            if credentials != self._current or self._unsaved:
                self._current = credentials
                self._write()

    def update(self, change: Callable[[Credentials], Credentials]) -> Credentials:
        """Apply ``change`` to the current credentials, write and return the result. ``change`` must not block."""
        with self._lock:
            self.save(change(self.load()))
            return self.load()

    def flush(self) -> None:
        """Write again what could not be written before."""
        with self._lock:
            if self._unsaved:
                self._write()

    def load_key(self) -> Optional[DeviceKey]:
        """The device key; None when there is none or the file is damaged.

        Raises :class:`OSError` when the file exists but cannot be read now, :class:`SigningUnavailable` when no library
        here can decrypt it.
        """
        with self._lock:
            return self._key_file.load()

    def save_key(self, key: DeviceKey) -> None:
        """Write the device key. Without it a JWT device does not survive a restart.

        Raises :class:`OSError` or :class:`SigningUnavailable`.
        """
        with self._lock:
            self._key_file.save(key)

    def delete_key(self) -> None:
        """Delete the device key; an error of the disk is only logged."""
        with self._lock:
            self._try(self._key_file.delete, 'the device key')

    def delete_secrets(self) -> None:
        """Delete the key and every token, after signing out; the client identifiers stay."""
        with self._lock:
            self.delete_key()
            self._try(lambda: atomic_file.delete_leftovers(self._credentials_path), 'an old file')
            self.update(Credentials.without_account)

    @staticmethod
    def _try(delete: Callable[[], None], what: str) -> None:
        try:
            delete()
        except OSError as error:
            log.warning('%s cannot be removed (errno %s)', what, error.errno)

    def _read(self) -> Credentials:
        try:
            content = atomic_file.read(self._credentials_path)
            if content is not None:
                return read_credentials(json.loads(content.decode('utf-8')))
            self._current = new_credentials()
        except (OSError, ValueError, RecursionError):
            atomic_file.set_aside(self._credentials_path)
            self._current = replace(new_credentials(), refused=CREDENTIALS_DAMAGED)
        self._write()
        return self._current

    def _write(self) -> None:
        assert self._current is not None
        try:
            atomic_file.write(self._credentials_path, json.dumps(self._current.to_json()).encode('utf-8'))
            self._unsaved = False
        except OSError as error:
            self._unsaved = True
            log.warning('credentials cannot be written (errno %s), they are kept in memory', error.errno)
