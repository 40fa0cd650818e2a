"""Path rows, file rows and what hangs on files: watch state, resume points, stream details.

Kodi may have made the same path and file rows itself (an item that was played before it was synced), so they are
looked up before they are made. playCount NULL means unwatched.
"""
from __future__ import annotations

from itertools import count
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from . import dialect
from .connection import Library
from .records import FileRecord, ItemAddress, Streams, WatchState

_RESUME = 1  # bookmark.type
_PLAYER = 'VideoPlayer'


class Paths:
    """Path rows by their text, made on demand and remembered until a rollback."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: Dict[str, int] = {}

    def forget(self) -> None:
        """After a rollback."""
        self._known.clear()

    def root(self, path: str, content: str) -> int:
        """A path that tells Kodi what lies below it (``movies`` or ``tvshows``) and that it must not scan it."""
        return self._known.get(path) or self._find_or_make(path, {
            'strContent': content, 'strScraper': 'metadata.local', 'scanRecursive': 0, 'useFolderNames': 0,
            'noUpdate': 1, 'exclude': 0})

    def plain(self, path: str, parent: Optional[int] = None, date_added: str = '') -> int:
        """A path without content of its own, such as a show's; what is not given stays as it is."""
        columns: Dict[str, Any] = {'noUpdate': 1, 'exclude': 0}
        if parent:
            columns['idParentPath'] = parent
        if date_added:
            columns['dateAdded'] = date_added
        return self._known.get(path) or self._find_or_make(path, columns)

    def of(self, address: ItemAddress, content: str, date_added: str = '') -> int:
        """The path of an item, with the one above all items of its kind, which holds ``content``."""
        root = self.root(address.root, content)
        return root if address.path == address.root else self.plain(address.path, root, date_added)

    def _find_or_make(self, path: str, columns: Mapping[str, Any]) -> int:
        row = self._library.one('SELECT idPath FROM path WHERE strPath = ?', (path,))
        names = tuple(columns)
        if row:
            path_id = int(row[0])
            current = self._library.one('SELECT %s FROM path WHERE idPath = ?' % ', '.join(names), (path_id,))
            if current != tuple(columns.values()):
                self._library.run(dialect.update('path', names, 'idPath'), tuple(columns.values()) + (path_id,))
        else:
            path_id = self._library.run(dialect.insert('path', ('strPath',) + names),
                                        (path,) + tuple(columns.values()))
        self._known[path] = path_id
        return path_id


class Files:
    """File rows with their bookmarks and stream details."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def write(self, wanted: Sequence[Tuple[int, int, FileRecord]]) -> List[int]:
        """Write (path id, file id or 0, record) rows; returns the file ids in the same order."""
        adopted = self._ids([(path_id, record.url) for path_id, _, record in wanted])
        columns = ('idPath', 'strFilename', 'playCount', 'lastPlayed', 'dateAdded')
        values = [(path_id, record.url, record.watch.play_count, record.watch.last_played, record.date_added)
                  for path_id, _, record in wanted]
        alive = self._library.alive('files', 'idFile', [file_id for _, file_id, _ in wanted])
        ids = [file_id if file_id in alive else adopted.get(row[:2], 0)
               for row, (_, file_id, _) in zip(values, wanted)]
        old = [file_id for file_id in ids if file_id]
        self._library.many(dialect.update('files', columns, 'idFile'),
                           [row + (file_id,) for row, file_id in zip(values, ids) if file_id])
        new = {row[:2]: row for row, file_id in zip(values, ids) if not file_id}
        made = dict(zip(new, count(self._library.next_id('files', 'idFile'))))
        self._library.insert('files', ('idFile',) + columns, [(made[key],) + row for key, row in new.items()])
        ids = [file_id or made[row[:2]] for row, file_id in zip(values, ids)]
        self.write_resume([(file_id, row[2].watch) for file_id, row in zip(ids, wanted)], old)
        self._write_streams([(file_id, row[2].streams) for file_id, row in zip(ids, wanted)], old)
        return ids

    def carry_dates(self, pairs: Sequence[Tuple[int, int]]) -> Dict[int, str]:
        """Give files the date added of others: (from, to). Returns the dates by the file that they come from."""
        dates = {row[0]: str(row[1]) for row in self._library.rows_in(
            'SELECT idFile, dateAdded FROM files WHERE idFile IN (%s)', [old for old, _ in pairs]) if row[1]}
        self._library.many(dialect.update('files', ('dateAdded',), 'idFile'),
                           [(dates[old], new) for old, new in pairs if old in dates])
        return dates

    def write_watch(self, states: Sequence[Tuple[int, WatchState]]) -> None:
        """Only watch state and resume points of existing files."""
        self._library.many(dialect.update('files', ('playCount', 'lastPlayed'), 'idFile'),
                           [(watch.play_count, watch.last_played, file_id) for file_id, watch in states])
        self.write_resume(states, [file_id for file_id, _ in states])

    def write_resume(self, states: Sequence[Tuple[int, WatchState]], existing: Sequence[int]) -> None:
        """Make the resume point of each file be exactly this one, keeping the row (and Kodi's player state)."""
        present: Dict[int, Tuple[int, float, float]] = {}
        if existing:
            sql = 'SELECT idFile, idBookmark, timeInSeconds, totalTimeInSeconds FROM bookmark ' \
                  'WHERE type = ? AND idFile IN (%s)'
            present = {row[0]: row[1:] for row in self._library.rows_in(sql, list(existing), (_RESUME,))}
        new, changed, gone = [], [], []
        for file_id, watch in states:
            row = present.get(file_id)
            if watch.position <= 0:
                if row:
                    gone.append((row[0],))
            elif row is None:
                new.append((file_id, watch.position, watch.total, '', _PLAYER, '', _RESUME))
            elif (row[1], row[2]) != (watch.position, watch.total):
                changed.append((watch.position, watch.total, row[0]))
        self._library.insert('bookmark', (
            'idFile', 'timeInSeconds', 'totalTimeInSeconds', 'thumbNailImage', 'player', 'playerState', 'type'), new)
        self._library.many(dialect.update('bookmark', ('timeInSeconds', 'totalTimeInSeconds'), 'idBookmark'),
                           changed)
        self._library.many(dialect.delete('bookmark', 'idBookmark'), gone)

    def _ids(self, wanted: Sequence[Tuple[int, str]]) -> Dict[Tuple[int, str], int]:
        """The ids of existing file rows by (path id, URL)."""
        by_path: Dict[int, List[str]] = {}
        for path_id, url in wanted:
            by_path.setdefault(path_id, []).append(url)
        found: Dict[Tuple[int, str], int] = {}
        sql = 'SELECT strFilename, idFile FROM files WHERE idPath = ? AND strFilename IN (%s)'
        for path_id, urls in by_path.items():
            for url, file_id in self._library.rows_in(sql, urls, (path_id,)):
                found.setdefault((path_id, url), file_id)
        return found

    def _write_streams(self, wanted: Sequence[Tuple[int, Streams]], existing: Sequence[int]) -> None:
        self._library.many(dialect.delete('streamdetails', 'idFile'), [(file_id,) for file_id in existing])
        hdr = self._library.profile.has_hdr
        video_columns: Tuple[str, ...] = ('idFile', 'iStreamType', 'strVideoCodec', 'fVideoAspect', 'iVideoWidth',
                                          'iVideoHeight', 'iVideoDuration', 'strStereoMode', 'strVideoLanguage')
        if hdr:
            video_columns += ('strHdrType',)
        video: List[Tuple[Any, ...]] = []
        audio: List[Tuple[Any, ...]] = []
        subtitles: List[Tuple[Any, ...]] = []
        for file_id, streams in wanted:
            for v in streams.video:
                row = (file_id, 0, v.codec, v.aspect, v.width, v.height, v.seconds, '', v.language)
                video.append(row + (v.hdr or None,) if hdr else row)
            audio.extend((file_id, 1, a.codec, a.channels, a.language) for a in streams.audio)
            subtitles.extend((file_id, 2, language) for language in streams.subtitles)
        self._library.insert('streamdetails', video_columns, video)
        self._library.insert('streamdetails', (
            'idFile', 'iStreamType', 'strAudioCodec', 'iAudioChannels', 'strAudioLanguage'), audio)
        self._library.insert('streamdetails', ('idFile', 'iStreamType', 'strSubtitleLanguage'), subtitles)
