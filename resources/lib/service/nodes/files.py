"""The files of the nodes: written when they differ, removed when nobody wants them; nobody else's are touched.

As soon as the folder of nodes exists in the profile Kodi shows nothing but what is in it. So its own nodes are put
beside ours when we are the first to make the folder, and taken away with ours unless the user changed something there.
"""
from __future__ import annotations

import hashlib
import logging
import os
from typing import Dict, List, Mapping, Set

from ... import atomic_file
from .. import profile_file

LOG = logging.getLogger('pkc.service')

_WRITTEN, _COPIED = 'written', 'copied'


class NodeFiles:
    """``manifest`` is the file that remembers what was written: paths below ``root``, and what was in them.

    ``kodis_own``: where Kodi's nodes are as it came; ``folder``: where, below ``root``, it looks for those of the user.
    """

    def __init__(self, root: str, folder: str, kodis_own: str, manifest: str) -> None:
        self._root = root
        self._folder = folder
        self._kodis_own = kodis_own
        self._manifest = manifest

    def update(self, wanted: Mapping[str, str]) -> bool:
        """Have exactly these files of ours: contents by path below the root. True when something changed.

        A file that somebody changed after us stays as it is. Raises OSError when the disk does not take them.
        """
        known = self._known()
        written, copied = known.get(_WRITTEN, {}), known.get(_COPIED)
        if copied is None and wanted and not os.path.isdir(self._path(self._folder)):
            copied = {}
            profile_file.write(self._manifest, {_WRITTEN: written, _COPIED: copied})
        everything = dict(wanted)
        if wanted and copied is not None:
            everything.update(self._kodis_files())
        before = dict(written, **(copied or {}))
        changed = self._write(everything, before)
        outdated = [path for path in written if path not in wanted]
        if wanted or self._untouched(before):
            outdated += [path for path in copied or () if path not in everything]
        changed |= self._remove(outdated)
        now = {path: _digest(text) for path, text in everything.items()}
        fresh = {_WRITTEN: {path: now[path] for path in wanted}}
        if copied is not None and wanted:
            fresh[_COPIED] = {path: now[path] for path in everything if path not in wanted}
        if fresh != known:
            profile_file.write(self._manifest, fresh)
        return changed

    def _known(self) -> Dict[str, Dict[str, str]]:
        found = profile_file.read(self._manifest)
        if not isinstance(found, dict):
            return {}
        return {name: {str(path): str(digest) for path, digest in rows.items()}
                for name, rows in found.items() if isinstance(rows, dict)}

    def _kodis_files(self) -> Dict[str, str]:
        found: Dict[str, str] = {}
        for folder, _, names in os.walk(self._kodis_own):
            for name in names:
                if name.endswith('.xml'):
                    content = atomic_file.read(os.path.join(folder, name))
                    below = os.path.relpath(os.path.join(folder, name), self._kodis_own).replace(os.sep, '/')
                    found['%s/%s' % (self._folder, below)] = (content or b'').decode('utf-8', 'replace')
        return found

    def _untouched(self, before: Mapping[str, str]) -> bool:
        """Whether the folder holds nothing but what we put there."""
        for folder, _, names in os.walk(self._path(self._folder)):
            below = os.path.relpath(folder, self._root).replace(os.sep, '/')
            for name in names:
                path = '%s/%s' % (below, name)
                if before.get(path) != _digest_of(atomic_file.read(os.path.join(folder, name)) or b''):
                    return False
        return True

    def _write(self, wanted: Mapping[str, str], before: Mapping[str, str]) -> bool:
        changed = False
        for path, text in wanted.items():
            there = atomic_file.read(self._path(path))
            if there is not None and (there == text.encode('utf-8') or _digest_of(there) != before.get(path)):
                continue  # it is right, or somebody else's
            atomic_file.write(self._path(path), text.encode('utf-8'))
            changed = True
        return changed

    def _remove(self, paths: List[str]) -> bool:
        folders: Set[str] = set()
        for path in paths:
            atomic_file.delete(self._path(path))
            while '/' in path:
                path = path.rpartition('/')[0]
                folders.add(path)
        for folder in sorted(folders, key=len, reverse=True):
            if folder.startswith(self._folder):
                try:
                    os.rmdir(self._path(folder))
                except OSError:
                    pass  # something of somebody else's is in it
        return bool(paths)

    def _path(self, below: str) -> str:
        return os.path.join(self._root, *below.split('/'))


def _digest(text: str) -> str:
    return _digest_of(text.encode('utf-8'))


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
