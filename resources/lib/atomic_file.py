"""Small files that are replaced as a whole: a power cut or a full disk leaves the old or the new one.

Used for all files in the add-on's profile. The plugin's path imports it, so it imports nothing that is slow.
"""
from __future__ import annotations

import os

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Optional

_NEW, _DAMAGED = '.new', '.damaged'


def read(path: str) -> Optional[bytes]:
    """The content; None when the file is not there. Raises :class:`OSError` when it cannot be read."""
    try:
        with open(path, 'rb') as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def write(path: str, content: bytes) -> None:
    """Replace the file, and make its folder if need be. Only its owner may read it (mode 0600).

    Raises :class:`OSError` (disk full, read-only); the old file is then untouched.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = path + _NEW
    _remove(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, 'O_BINARY', 0), 0o600)
    try:
        with os.fdopen(descriptor, 'wb') as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError:
        _remove(temporary)
        raise
    _sync_folder(os.path.dirname(path))


def delete(path: str) -> None:
    """Remove the file and its leftovers, as far as they are there. Raises :class:`OSError`, after trying all."""
    _remove(path, path + _NEW, path + _DAMAGED)


def delete_leftovers(path: str) -> None:
    """Remove what a killed :func:`write` or a :func:`set_aside` left beside the file.

    Raises :class:`OSError`, after trying all.
    """
    _remove(path + _NEW, path + _DAMAGED)


def set_aside(path: str) -> None:
    """Rename a damaged file to ``.damaged``, so that a new one can be made and nothing is lost for good."""
    import logging
    log = logging.getLogger('pkc.files')
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
