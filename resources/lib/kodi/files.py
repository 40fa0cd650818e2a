"""Files as Kodi reaches them: on disks, on shares, over WebDAV. Looking may take minutes where a share is away."""
from __future__ import annotations

from types import TracebackType
from typing import Iterator, List, Optional, Tuple, Type

from kodi_six import xbmcvfs

from . import jsonrpc

#: Bytes that are read at a time.
_PIECE = 65536
#: What Kodi's functions raise when a share goes away under them.
_BROKEN = (RuntimeError, SystemError, OSError)


def exists(path: str) -> bool:
    """Whether there is such a file, or with a separator at its end such a folder."""
    return bool(xbmcvfs.exists(path))


def size(path: str) -> int:
    """The number of bytes of a file, 0 for one that is not there."""
    return int(xbmcvfs.Stat(path).st_size()) if xbmcvfs.exists(path) else 0


def joined(folder: str, name: str) -> str:
    """The path of a file in a folder, which Kodi may give with or without a separator at its end."""
    if folder.endswith(('/', '\\')):
        return folder + name
    return folder + ('\\' if '\\' in folder and '/' not in folder else '/') + name


def listed(folder: str) -> Tuple[List[str], List[str]]:
    """The names of the (folders, files) in a folder."""
    folders, files = xbmcvfs.listdir(folder)
    return list(folders), list(files)


def read(path: str, start: int, length: int) -> Iterator[bytes]:
    """So many bytes of a file from ``start`` on, in pieces; fewer where it ends before, or cannot be read."""
    file = xbmcvfs.File(path)
    try:
        if start:
            file.seek(start, 0)
        while length > 0:
            piece = bytes(file.readBytes(min(length, _PIECE)))
            if not piece:
                return
            length -= len(piece)
            yield piece
    finally:
        file.close()


class NotWritten(OSError):
    """A file could not be written. ``begun``: its beginning was."""

    def __init__(self, path: str, begun: bool) -> None:
        super().__init__('not written')
        self.path = path
        self.begun = begun


class NewFile:
    """Writes a file anywhere that Kodi can, as a context manager. One that was not completed is removed.

    Raises :class:`NotWritten`; as Kodi does not say that it could not open a file, most often by the first write.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._file = xbmcvfs.File(path, 'w')
        except _BROKEN:
            raise NotWritten(path, False) from None
        self._written = 0
        self._closed = self._complete = False

    def write(self, data: bytes) -> None:
        """Add some bytes. Raises :class:`NotWritten`."""
        try:
            done = bool(self._file.write(bytearray(data)))
        except _BROKEN:
            done = False
        if not done:
            raise NotWritten(self.path, self._written > 0)
        self._written += len(data)

    def complete(self) -> None:
        """Nothing more comes. Raises :class:`NotWritten` when not everything has arrived."""
        self._close()
        if size(self.path) < self._written:
            raise NotWritten(self.path, True)
        self._complete = True

    def __enter__(self) -> NewFile:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self._close()
        if not self._complete:
            xbmcvfs.delete(self.path)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._file.close()


def sources() -> List[str]:
    """The folders of Kodi's file manager and of its videos, without doubles. Raises :class:`~.jsonrpc.JsonRpcError`."""
    found: List[str] = []
    for media in ('video', 'files'):
        answer = jsonrpc.call('Files.GetSources', media=media)
        found += [str(source.get('file', '')) for source in (answer or {}).get('sources') or ()]
    return [path for path in dict.fromkeys(found) if path]
