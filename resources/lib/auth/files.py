"""Small secret files: whole or not there, readable by their owner only."""
from __future__ import annotations

import logging
import os
from typing import Optional

log = logging.getLogger('pkc.auth')

_NEW, _DAMAGED = '.new', '.damaged'


def read_private(path: str) -> Optional[bytes]:
    """The content of ``path``; nothing when it is not there. Raises :class:`OSError` when it cannot be read."""
    try:
        with open(path, 'rb') as file:
            return file.read()
    except FileNotFoundError:
        return None


def write_private(path: str, content: bytes) -> None:
    """Replace ``path`` by ``content`` so that a power cut leaves the old or the new file. Mode 0600.

    Raises :class:`OSError` (disk full, read-only); the old file is then untouched.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = path + _NEW
    _remove(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, 'O_BINARY', 0), 0o600)
    try:
        with os.fdopen(descriptor, 'wb') as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        _remove(temporary)
        raise
    _sync_folder(os.path.dirname(path))


def delete_private(path: str) -> None:
    """Remove ``path`` and its leftovers, as far as they are there. Raises :class:`OSError`, after trying all."""
    _remove(path, path + _NEW, path + _DAMAGED)


def delete_leftovers(path: str) -> None:
    """Remove what a killed :func:`write_private` or a :func:`set_aside` left beside ``path``.

    Raises :class:`OSError`, after trying all.
    """
    _remove(path + _NEW, path + _DAMAGED)


def set_aside(path: str) -> None:
    """Rename a damaged file to ``.damaged``, so that a new one can be made and nothing is lost for good."""
    try:
        os.replace(path, path + _DAMAGED)
    except OSError as error:
        log.warning('%s is damaged and could not be set aside (errno %s)', os.path.basename(path), error.errno)
    else:
        log.warning('%s was damaged and is set aside', os.path.basename(path))


def _remove(*paths: str) -> None:
    problem: Optional[OSError] = None
    for path in paths:
        try:
            os.remove(path)
        except FileNotFoundError:
            pass
        except OSError as error:
            problem = error
    if problem is not None:
        raise problem


def _sync_folder(folder: str) -> None:
    """Make the renaming durable where the system offers it (not on Windows, not on every network share)."""
    if not hasattr(os, 'O_DIRECTORY'):
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
