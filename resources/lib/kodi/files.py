"""Files as Kodi reaches them: on disks, on shares, over WebDAV. Looking may take minutes where a share is away."""
from __future__ import annotations

from typing import List, Tuple

from kodi_six import xbmcvfs

from . import jsonrpc


def exists(path: str) -> bool:
    """Whether there is such a file, or with a separator at its end such a folder."""
    return bool(xbmcvfs.exists(path))


def listed(folder: str) -> Tuple[List[str], List[str]]:
    """The names of the (folders, files) in a folder."""
    folders, files = xbmcvfs.listdir(folder)
    return list(folders), list(files)


def sources() -> List[str]:
    """The folders of Kodi's file manager and of its videos, without doubles. Raises :class:`~.jsonrpc.JsonRpcError`."""
    found: List[str] = []
    for media in ('video', 'files'):
        answer = jsonrpc.call('Files.GetSources', media=media)
        found += [str(source.get('file', '')) for source in (answer or {}).get('sources') or ()]
    return [path for path in dict.fromkeys(found) if path]
