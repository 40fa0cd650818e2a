"""One look at both sides: Kodi's files and the playlists of the server, and what follows."""
from __future__ import annotations

import errno
import logging
import time
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from ...kodi.settings import PLAYLISTS_BOTH
from ...playlists import decision, entries, m3u
from ...playlists.decision import Sides
from ...playlists.names import SUFFIX, folded, free_name, stem
from ...plex_errors import PlexNotFound, PlexRejected
from ...plex_playlists import PlaylistItems, PlaylistRow
from .folder import PlaylistFolder, Stamp
from .record import Kept, Owned, Record
from .sending import Server, make, send

LOG = logging.getLogger('pkc.service')

#: Playlists that come to Kodi.
MOST_PLAYLISTS = 500
#: So many files do not vanish at once because somebody deleted them in Kodi.
_TOO_MANY = 4


class Task(NamedTuple):
    """What is to be done: for whom, whether Kodi's changes go to Plex, and whether smart playlists are read anew."""

    server: Server
    owner: str
    mode: str
    smart: bool


class Comparison:
    """One look. ``looked`` has the files that are nobody's of ours, as they were looked at before."""

    def __init__(self, folder: PlaylistFolder, record: Record, task: Task, looked: Dict[str, Stamp],
                 is_settled: Callable[[Stamp], bool]) -> None:
        self._folder = folder
        self._record = record
        self._task = task
        self._looked = looked
        self._is_settled = is_settled
        self._owned: Owned = record.of(task.owner)
        self._both = task.mode == PLAYLISTS_BOTH
        self._nobodys: Dict[str, List[str]] = {}  # names of files that are not ours, by what stands before the suffix

    def run(self, rows: Sequence[PlaylistRow], all_there: bool) -> None:
        """``all_there``: a playlist that is not among the rows is gone."""
        there = self._folder.playlists()
        self._find_ours(rows, there)
        known = self._record.names()
        for name in there:
            if folded(name) not in known:
                self._nobodys.setdefault(folded(_base(name)), []).append(name)
        swept = not self._folder.exists() or len(self._owned.playlists) >= _TOO_MANY and not any(
            kept.file in there for kept in self._owned.playlists.values())
        for row in rows:
            self._task.server.cancellation.check()
            if row.rating_key not in self._owned.hidden:
                self._one(row, there, swept)
        if all_there:
            keys = {row.rating_key for row in rows}
            self._owned.hidden &= keys
            for key in [key for key in self._owned.playlists if key not in keys]:
                self._gone(key)
        if self._both:
            self._made_in_kodi(rows)
        self._remember(there)

    # ---- files -----------------------------------------------------------------------------------------------------

    def _find_ours(self, rows: Sequence[PlaylistRow], there: Dict[str, Stamp]) -> None:
        """Files that say whose they are: renamed ones, and those of a run that was interrupted."""
        known = self._record.names()
        machine = self._task.server.machine_identifier
        by_key = {row.rating_key: row for row in rows}
        for name, stamp in there.items():
            if folded(name) in known or self._looked.get(name) == stamp:
                continue
            found = self._folder.read(name)
            if found.marker is None or found.marker.machine_identifier != machine:
                continue
            key = found.marker.playlist_key
            kept = self._owned.playlists.get(key)
            if key in by_key and (kept is None or kept.file not in there):
                keys = entries.rating_keys(found.urls, machine) or []
                title = kept.title if kept else by_key[key].title
                self._owned.playlists[key] = Kept(name, title, [], entries.digest(keys), list(stamp))
                self._owned.hidden.discard(key)

    def _saved_beside(self, kept: Kept, there: Dict[str, Stamp]) -> None:
        """Follow a playlist that was saved in Kodi under its name: newer versions of Kodi use another suffix."""
        for name in self._nobodys.get(folded(_base(kept.file)), ()):
            if kept.is_untouched(there[kept.file]) and self._is_settled(there[name]) and self._keys(name):
                self._folder.remove(kept.file)
                kept.file, kept.stamp = name, []
                return

    def _keys(self, name: str) -> List[str]:
        """The items of a file that somebody else wrote; none if not all are this server's."""
        found = self._folder.read(name)
        keys = entries.rating_keys(found.urls, self._task.server.machine_identifier)
        return keys if keys and found.whole and found.marker is None else []

    def _remember(self, there: Dict[str, Stamp]) -> None:
        """Files that are not ours are looked at once."""
        known = self._record.names()
        self._looked.clear()
        self._looked.update((name, stamp) for name, stamp in there.items()
                            if folded(name) not in known and self._is_settled(stamp))

    def _write(self, row: PlaylistRow, kept: Optional[Kept], items: PlaylistItems) -> None:
        """Write the file of a playlist, under another name if its title has changed."""
        machine = self._task.server.machine_identifier
        lines = [entries.entry(one, machine) for one in items.items]
        content = m3u.render([line for line in lines if line is not None], m3u.Marker(machine, row.rating_key))
        old = kept.file if kept else ''
        name = old or self._the_same(row, _digest(items, machine))
        if not name or kept is not None and kept.title != row.title and _is_named_by(old, kept.title):
            taken = self._folder.taken() - {folded(old)}
            name = free_name(row.title, taken | (self._record.names() - {folded(old)}))
        stamp = self._folder.stamp(name)
        if not stamp.changed or not self._folder.holds(name, content):
            stamp = self._folder.write(name, content)
        if old and old != name and folded(old) != folded(name):
            self._folder.remove(old)
        self._owned.playlists[row.rating_key] = Kept(name, row.title, _facts(row), _digest(items, machine),
                                                     list(stamp))

    def _the_same(self, row: PlaylistRow, items: str) -> str:
        """A file of this name with just these items, which becomes ours; '' for none."""
        name = stem(row.title) + SUFFIX
        if not self._both or folded(name) in self._record.names():
            return ''
        keys = entries.rating_keys(self._folder.read(name).urls, self._task.server.machine_identifier)
        return name if keys and entries.digest(keys) == items else ''

    # ---- one playlist ----------------------------------------------------------------------------------------------

    def _one(self, row: PlaylistRow, there: Dict[str, Stamp], swept: bool) -> None:
        kept = self._owned.playlists.get(row.rating_key)
        try:
            if kept is None or kept.file not in there and swept:
                self._write(row, kept, self._task.server.items(row.rating_key))
            elif kept.file not in there:
                LOG.info('a playlist was deleted in Kodi, and stays in Plex')
                self._owned.hide(row.rating_key)
            else:
                if self._both and not row.smart:
                    self._saved_beside(kept, there)
                self._compare(row, kept, there[kept.file])
        except PlexNotFound:
            LOG.info('a playlist is gone meanwhile')
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EROFS):
                raise
            LOG.warning('a playlist file was not written: %s', error)
        except PlexRejected as error:
            LOG.warning('the server does not take a change of a playlist: %s', error)

    def _compare(self, row: PlaylistRow, kept: Kept, stamp: Stamp) -> None:
        """Both sides have it: what has changed?"""
        machine = self._task.server.machine_identifier
        wanted: Optional[List[str]] = None
        kodi = kept.items
        if not kept.is_untouched(stamp) or kept.sending:
            if not self._is_settled(stamp):
                return
            found = self._folder.read(kept.file)
            wanted = entries.rating_keys(found.urls, machine) if found.whole else None
            kodi = entries.digest(wanted) if wanted else _NOTHING if not found.urls and kept.items == _NOTHING else ''
            if kodi == kept.items:
                kept.stamp = list(stamp)
        if kodi == kept.items and kept.row == _facts(row) and kept.title == row.title and not kept.sending \
                and not (row.smart and self._task.smart):
            return
        items = self._task.server.items(row.rating_key)
        sides = Sides(kept.items, _digest(items, machine), kodi)
        may_send = self._both and not row.smart and items.complete and all(
            one.place and entries.entry(one, machine) for one in items.items)
        action = decision.decide(sides, may_send, kept.sending or self._is_newer(stamp, row))
        if action == decision.SEND and wanted:
            self._send(row, kept, items, wanted)
        elif action == decision.RELEASE:
            LOG.info('a playlist file was changed in Kodi, and is the user\'s from now on')
            del self._owned.playlists[row.rating_key]
            self._write(row, None, items)
        else:
            self._write(row, kept, items)

    def _send(self, row: PlaylistRow, kept: Kept, items: PlaylistItems, wanted: Sequence[str]) -> None:
        kept.sending = True
        self._record.save()
        LOG.info('a playlist was changed in Kodi: %d items', len(wanted))
        after = send(self._task.server, row.rating_key, items, wanted)
        self._write(row, kept, after)
        self._owned.playlists[row.rating_key].row = []  # what the list of playlists says now is not known yet

    def _gone(self, key: str) -> None:
        """The server does not have it any more; a file that was changed in Kodi meanwhile is the user's."""
        kept = self._owned.playlists.pop(key)
        if kept.is_untouched(self._folder.stamp(kept.file)):
            self._folder.remove(kept.file)

    def _made_in_kodi(self, rows: Sequence[PlaylistRow]) -> None:
        """Files with nothing but items of this server become playlists of Plex."""
        server, known = self._task.server, self._record.names()
        left = MOST_PLAYLISTS - len(rows)
        for name, stamp in self._folder.playlists().items():
            if folded(name) in known or self._looked.get(name) == stamp or not self._is_settled(stamp):
                continue
            keys = self._keys(name)
            if not keys or left <= 0:
                continue
            server.cancellation.check()
            left -= 1
            self._make(name, stamp, keys)

    def _make(self, name: str, stamp: Stamp, keys: Sequence[str]) -> None:
        title = _base(name)
        try:
            key = make(self._task.server, title, keys)
            if key:
                kept = self._owned.playlists[key] = Kept(name, title, stamp=list(stamp))
                row = PlaylistRow(key, title, False, 0, 0, 0)
                self._send(row, kept, self._task.server.items(key), keys)
        except PlexRejected as error:
            LOG.warning('the server does not take a playlist: %s', error)

    def _is_newer(self, stamp: Stamp, row: PlaylistRow) -> bool:
        """Whether the file was changed after the server's playlist. Kodi's clock may go wrong."""
        now = self._task.server.client.server_time
        skew = now - time.time() if now else 0.0
        return stamp.changed / 1e9 + skew >= row.updated_at


_NOTHING = entries.digest([])


def _base(name: str) -> str:
    return name.rpartition('.')[0]


def _is_named_by(name: str, title: str) -> bool:
    """Whether the file got its name from this title, and not from the user."""
    base = stem(title)
    return name == base + SUFFIX or name.startswith(base + ' (Plex') and name.endswith(')' + SUFFIX)


def _facts(row: PlaylistRow) -> List[int]:
    return [row.updated_at, row.leaf_count, row.duration]


def _digest(items: PlaylistItems, machine_identifier: str) -> str:
    """That of what Kodi gets of it."""
    return entries.digest([one.rating_key for one in items.items if entries.entry(one, machine_identifier)])
