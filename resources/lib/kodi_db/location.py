"""Finding Kodi's video database: a file ``MyVideosNNN.db``, whose number is the version of its schema."""
from __future__ import annotations

import glob
import os
import re

from .errors import DatabaseMissing


def newest(folder: str, version: int = 0) -> str:
    """The path of the ``MyVideosNNN.db`` in Kodi's database folder with the highest number, or with ``version``.

    Raises :class:`DatabaseMissing`.
    """
    candidates = []
    for path in glob.glob(os.path.join(glob.escape(folder), 'MyVideos*.db')):
        number = version_of(path)
        if number and number == (version or number):
            candidates.append((number, path))
    if not candidates:
        raise DatabaseMissing('Kodi has no video database yet')
    return max(candidates)[1]


def version_of(path: str) -> int:
    """The number in a path that ends in ``MyVideosNNN.db``, 0 for other paths."""
    match = re.search(r'MyVideos(\d+)\.db\Z', path)
    return int(match.group(1)) if match else 0


def version_for_kodi(major: int) -> int:
    """The video database version of a released Kodi; 0 for unknown versions."""
    return {19: 119, 20: 121, 21: 131}.get(major, 0)
