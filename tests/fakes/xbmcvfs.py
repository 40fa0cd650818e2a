"""The module ``xbmcvfs``, on the real file system."""
from __future__ import annotations

import os
import shutil
from typing import List, Tuple
from urllib.parse import unquote

from tests.fakes.state import kodi


def translatePath(path: str) -> str:
    """The real path of a ``special://`` path."""
    return kodi().real_path(path)


def exists(path: str) -> bool:
    """Whether the file (with a slash at the end: the folder) exists."""
    return os.path.exists(translatePath(path))


def mkdirs(path: str) -> bool:
    """Create a folder and those above it."""
    os.makedirs(translatePath(path), exist_ok=True)
    return True


def delete(file: str) -> bool:
    """Remove a file."""
    try:
        os.remove(translatePath(file))
    except OSError:
        return False
    return True


def rmdir(path: str, force: bool = False) -> bool:
    """Remove a folder."""
    try:
        shutil.rmtree(translatePath(path)) if force else os.rmdir(translatePath(path))
    except OSError:
        return False
    return True


def listdir(path: str) -> Tuple[List[str], List[str]]:
    """(folders, files) in a folder."""
    entries = list(os.scandir(translatePath(path)))
    return [one.name for one in entries if one.is_dir()], [one.name for one in entries if not one.is_dir()]


class File:
    """An opened file; ``image://…`` is loaded into the texture cache."""

    def __init__(self, path: str, _mode: str = 'r') -> None:
        self._content = kodi().textures.load(_unwrapped(path))

    def size(self) -> int:
        """Its bytes; 0 when it could not be opened."""
        return len(self._content)

    def close(self) -> None:
        """Close it."""


def _unwrapped(path: str) -> str:
    assert path.startswith('image://') and path.endswith('/'), 'no other files are faked'
    return unquote(path[len('image://'):-1])
