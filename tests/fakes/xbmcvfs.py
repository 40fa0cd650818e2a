"""The module ``xbmcvfs``, on the real file system."""
from __future__ import annotations

import os
import shutil
import urllib.request
from typing import List, Tuple

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


def copy(strSource: str, strDestination: str) -> bool:  # noqa: N803  (Kodi's names)
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
    """(folders, files) in a folder."""
    entries = list(os.scandir(translatePath(path)))
    return [one.name for one in entries if one.is_dir()], [one.name for one in entries if not one.is_dir()]
