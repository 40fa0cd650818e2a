"""Reading small files and replacing them atomically: a power cut or a full disk leaves the old or the new file.

Used for all files in the add-on's profile. The plugin uses it too, so it must import nothing slow.
"""
from __future__ import annotations

import os

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Optional

_NEW, _DAMAGED = '.new', '.damaged'


def read(path: str) -> Optional[bytes]:
    """The content; None when the file does not exist. Raises :class:`OSError` when it cannot be read."""
    try:
        with open(path, 'rb') as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def write(path: str, content: bytes) -> None:
    """Replace the file (mode 0600), and create its folder if missing.

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
    """Remove the file and its leftovers, if they exist. Raises :class:`OSError`, after trying all."""
    _remove(path, path + _NEW, path + _DAMAGED)


def delete_leftovers(path: str) -> None:
    """Remove the files that an interrupted :func:`write` or a :func:`set_aside` left.

    Raises :class:`OSError`, after trying all.
    """
    _remove(path + _NEW, path + _DAMAGED)


def set_aside(path: str) -> None:
    """Rename a damaged file to ``.damaged``, so that a new one can be written. Never raises."""
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
    """Make a renaming durable, where the system supports it (not on Windows, not on every network share)."""
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
