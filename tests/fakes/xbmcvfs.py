# ruff: noqa: N803  (Kodi's names)
"""The module ``xbmcvfs``, on the real file system."""
from __future__ import annotations

import os
import shutil
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any, List, Tuple, Union
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


def copy(strSource: str, strDestination: str) -> bool:
    """Copy a file, also from a web server."""
    try:
        if strSource.startswith('http://'):
            with urllib.request.urlopen(strSource, timeout=10) as answer:
                content = answer.read()
        else:
            with open(translatePath(strSource), 'rb') as source:
                content = source.read()
        with open(translatePath(strDestination), 'wb') as target:
            target.write(content)
    except OSError:
        return False
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
    """(folders, files) in a folder; nothing of one that is not there."""
    place = translatePath(path)
    entries = list(os.scandir(place)) if os.path.isdir(place) else []
    return [one.name for one in entries if one.is_dir()], [one.name for one in entries if not one.is_dir()]


class File:
    """A file. Like Kodi's: whoever cannot open one hears of it when they write, and reads nothing.

    ``image://…`` is loaded into the texture cache.
    """

    def __init__(self, filepath: str, mode: str = 'r') -> None:
        self._file: Any = None
        if filepath.startswith('image://'):
            self._file = BytesIO(kodi().textures.load(_unwrapped(filepath)))
            return
        try:
            self._file = Path(translatePath(filepath)).open('wb' if mode.startswith('w') else 'rb')  # noqa: SIM115
        except OSError:
            pass

    def size(self) -> int:
        """The number of bytes; -1 for a file that is not there."""
        if isinstance(self._file, BytesIO):
            return len(self._file.getvalue())
        return os.fstat(self._file.fileno()).st_size if self._file else -1

    def seek(self, seekBytes: int, iWhence: int = 0) -> int:
        """Go to a place."""
        return int(self._file.seek(seekBytes, iWhence)) if self._file else -1

    def readBytes(self, numBytes: int = 0) -> bytearray:
        """Read so many bytes."""
        return bytearray(self._file.read(numBytes)) if self._file else bytearray()

    def write(self, buffer: Union[str, bytearray]) -> bool:
        """Whether everything was written."""
        if not isinstance(buffer, (str, bytearray)):
            raise TypeError('write takes str or bytearray')
        if self._file is None:
            return False
        limit = kodi().disk_space
        data = buffer.encode() if isinstance(buffer, str) else bytes(buffer)
        if limit is not None and self._file.tell() + len(data) > limit:
            return False
        self._file.write(data)
        return True

    def close(self) -> None:
        """Close it."""
        if self._file:
            self._file.close()


class Stat:
    """What is known of a file. Of one that is not there, Kodi says anything."""

    def __init__(self, path: str) -> None:
        try:
            self._size = os.stat(translatePath(path)).st_size
        except OSError:
            self._size = 629307198144512

    def st_size(self) -> int:
        """The number of bytes."""
        return self._size


def _unwrapped(path: str) -> str:
    assert path.endswith('/'), 'Kodi ends the URL of a picture with a slash'
    return unquote(path[len('image://'):-1])
