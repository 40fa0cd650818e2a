"""What is remembered of the playlists that were written, in a small file of the profile.

Without it nothing is lost: files that nobody changed say themselves whose they are (:mod:`...playlists.m3u`).
"""
from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Dict, Iterator, List, Set, Tuple

from ...playlists.names import folded
from .. import profile_file
from .folder import Stamp

#: Playlists that somebody may have deleted in Kodi, of each user.
_MOST_HIDDEN = 2000


@dataclass
class Kept:
    """A playlist as it was when both sides were last the same.

    ``file`` is its name in the folder, ``row`` what the server's list of playlists said of it, ``items`` the digest of
    its items, ``stamp`` that of the file. ``sending``: its changes are being carried to Plex, perhaps only in part.
    """

    file: str
    title: str
    row: List[int] = field(default_factory=list)
    items: str = ''
    stamp: List[int] = field(default_factory=list)
    sending: bool = False

    def is_untouched(self, stamp: Stamp) -> bool:
        """Whether the file is the one that we left."""
        return list(stamp) == self.stamp


@dataclass
class Owned:
    """What one user of one server has here. ``hidden``: playlists whose files were deleted in Kodi."""

    playlists: Dict[str, Kept] = field(default_factory=dict)
    hidden: Set[str] = field(default_factory=set)

    def hide(self, playlist_key: str) -> None:
        """Somebody deleted its file: it is not written again."""
        self.playlists.pop(playlist_key, None)
        if len(self.hidden) < _MOST_HIDDEN:
            self.hidden.add(playlist_key)


class Record:
    """All of it, by owner: ``<machineIdentifier>/<user's id>``."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._owners = _read(profile_file.read(path))
        self._stored = self._content()

    def of(self, owner: str) -> Owned:
        """That of one owner."""
        return self._owners.setdefault(owner, Owned())

    def others(self, owner: str) -> Iterator[Tuple[str, Owned]]:
        """All but this owner's."""
        return ((name, owned) for name, owned in list(self._owners.items()) if name != owner)

    def names(self) -> Set[str]:
        """The names, folded, of all files that belong to a playlist of anybody's."""
        return {folded(kept.file) for owned in self._owners.values() for kept in owned.playlists.values()}

    def forget(self) -> None:
        """Begin anew."""
        self._owners = {}

    def save(self) -> None:
        """Store it, if it has changed."""
        content = self._content()
        if content != self._stored and profile_file.write(self._path, content):
            self._stored = content

    def _content(self) -> Dict[str, Any]:
        return {owner: {'playlists': {key: asdict(kept) for key, kept in owned.playlists.items()},
                        'hidden': sorted(owned.hidden)}
                for owner, owned in self._owners.items() if owned.playlists or owned.hidden}


def _read(found: Any) -> Dict[str, Owned]:
    owners: Dict[str, Owned] = {}
    for owner, content in _pairs(found):
        owned = owners[owner] = Owned()
        hidden = content.get('hidden') if isinstance(content, dict) else None
        owned.hidden = {key for key in hidden if isinstance(key, str)} if isinstance(hidden, list) else set()
        for key, raw in _pairs(content.get('playlists') if isinstance(content, dict) else None):
            kept = _kept(raw)
            if kept is not None:
                owned.playlists[key] = kept
    return owners


def _pairs(raw: Any) -> List[Tuple[str, Any]]:
    return [(str(name), value) for name, value in raw.items()] if isinstance(raw, dict) else []


def _kept(raw: Any) -> Any:
    """None for one that is damaged; a name that leads out of the folder is nobody's file of ours."""
    if not isinstance(raw, dict) or not isinstance(raw.get('file'), str) or not isinstance(raw.get('title'), str):
        return None
    name = raw['file']
    if not name or '/' in name or '\\' in name or name.startswith('.'):
        return None
    return Kept(name, raw['title'], _numbers(raw.get('row')), str(raw.get('items') or ''), _numbers(raw.get('stamp')),
                raw.get('sending') is True)


def _numbers(raw: Any) -> List[int]:
    return [one for one in raw if type(one) is int] if isinstance(raw, list) else []
