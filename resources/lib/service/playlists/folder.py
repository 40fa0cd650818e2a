"""Kodi's folder of video playlists."""
from __future__ import annotations

import os
from typing import Dict, NamedTuple, Set

from ... import atomic_file
from ...playlists import m3u
from ...playlists.names import folded

#: Bytes of a playlist file that is read. Longer ones are nobody's but the user's: 10,000 items take some 2 MiB.
_LONGEST = 8 * 1024 * 1024
_PLAYLISTS = ('.m3u8', '.m3u')


class Stamp(NamedTuple):
    """What tells that a file was written: time of the change in nanoseconds, and bytes."""

    changed: int
    size: int


class PlaylistFolder:
    """Reads and writes files of the folder by their names. Methods raise OSError."""

    def __init__(self, path: str) -> None:
        self._path = path

    def exists(self) -> bool:
        """Whether there is such a folder."""
        return os.path.isdir(self._path)

    def playlists(self) -> Dict[str, Stamp]:
        """The playlist files that may be of interest."""
        found: Dict[str, Stamp] = {}
        if not self.exists():
            return found
        with os.scandir(self._path) as entries:
            for one in entries:
                if one.name.lower().endswith(_PLAYLISTS) and not one.name.startswith('.') and one.is_file():
                    facts = one.stat()
                    if facts.st_size <= _LONGEST:
                        found[one.name] = Stamp(facts.st_mtime_ns, facts.st_size)
        return found

    def taken(self) -> Set[str]:
        """The names of all files, folded: none of them may be used for another file."""
        return {folded(name) for name in os.listdir(self._path)} if self.exists() else set()

    def stamp(self, name: str) -> Stamp:
        """That of one file, zeros when it is not there."""
        try:
            facts = os.stat(self._file(name))
        except FileNotFoundError:
            return Stamp(0, 0)
        return Stamp(facts.st_mtime_ns, facts.st_size)

    def read(self, name: str) -> m3u.PlaylistFile:
        """What is in it; nothing when it is not there."""
        return m3u.read(atomic_file.read(self._file(name)) or b'')

    def holds(self, name: str, content: bytes) -> bool:
        """Whether the file has this content."""
        return atomic_file.read(self._file(name)) == content

    def write(self, name: str, content: bytes) -> Stamp:
        """Replace it as a whole; returns its new stamp."""
        atomic_file.write(self._file(name), content)
        return self.stamp(name)

    def remove(self, name: str) -> None:
        """Remove it, if it is there."""
        atomic_file.delete(self._file(name))

    def _file(self, name: str) -> str:
        return os.path.join(self._path, name)
