"""Writing path rows and file rows, with the watch state, resume point and stream details of files.

Kodi may already have the same path and file rows (of an item that was played before it was synced), so they are looked
up first. A playCount of NULL means unwatched.
"""
from __future__ import annotations

from itertools import count
from typing import Dict, Iterable, List, Optional, Sequence, Set, Tuple

from ..batches import chunks
from .database import Row, VideoDatabase
from .records import FileRecord, ItemAddress, Streams, WatchState

#: ``bookmark.type`` of a resume point.
RESUME = 1
_PLAYER = 'VideoPlayer'
#: Paths in which files are looked for with one statement, which looks for each name in each of them.
_PATHS_AT_ONCE = 8
#: The columns of a path row that are compared.
_PATH = ('idPath', 'strPath', 'strContent', 'strScraper', 'scanRecursive', 'useFolderNames', 'noUpdate', 'exclude',
         'dateAdded', 'idParentPath')
#: The columns of a row of streamdetails, by kind of stream.
_VIDEO = ('idFile', 'iStreamType', 'strVideoCodec', 'fVideoAspect', 'iVideoWidth', 'iVideoHeight', 'iVideoDuration',
          'strStereoMode', 'strVideoLanguage')
_AUDIO = ('idFile', 'iStreamType', 'strAudioCodec', 'iAudioChannels', 'strAudioLanguage')
_SUBTITLE = ('idFile', 'iStreamType', 'strSubtitleLanguage')


class Paths:
    """Ids of path rows, which are added if missing; known ids are kept until a rollback."""

    def __init__(self, database: VideoDatabase) -> None:
        self._database = database
        self._known: Dict[str, int] = {}
        self._rows: Dict[str, Optional[Row]] = {}

    def forget(self) -> None:
        """Drop the known ids. Call after a rollback."""
        self._known.clear()
        self._rows.clear()

    def look_up(self, paths: Iterable[str]) -> None:
        """Read the rows of paths that are about to be asked for, all at once."""
        wanted = [path for path in dict.fromkeys(paths) if path not in self._known]
        self._rows.update(dict.fromkeys(wanted))
        for row in self._database.rows_in('SELECT %s FROM path WHERE strPath IN (%%s)' % ', '.join(_PATH), wanted):
            self._rows[row[1]] = self._rows.get(row[1]) or dict(zip(_PATH, row))

    def root(self, path: str, content: str) -> int:
        """The id of a path whose ``content`` is ``movies`` or ``tvshows``, and which Kodi must not scan."""
        return self._known.get(path) or self._find_or_add(path, {
            'strContent': content, 'strScraper': 'metadata.local', 'scanRecursive': 0, 'useFolderNames': 0,
            'noUpdate': 1, 'exclude': 0})

    def plain(self, path: str, parent: Optional[int] = None, date_added: str = '') -> int:
        """The id of a path without content of its own, such as a show's; columns that are not given are not changed."""
        columns: Row = {'noUpdate': 1, 'exclude': 0}
        if parent:
            columns['idParentPath'] = parent
        if date_added:
            columns['dateAdded'] = date_added
        return self._known.get(path) or self._find_or_add(path, columns)

    def of(self, address: ItemAddress, content: str, date_added: str = '') -> int:
        """The id of an item's path; the path above all items of its kind is added too, with ``content``."""
        root = self.root(address.root, content)
        return root if address.path == address.root else self.plain(address.path, root, date_added)

    def _find_or_add(self, path: str, columns: Row) -> int:
        if path not in self._rows:
            self.look_up([path])
        row = self._rows.pop(path)
        if row:
            path_id = int(row['idPath'])
            if any(row[column] != value for column, value in columns.items()):
                self._database.update_rows('path', 'idPath', [dict(columns, idPath=path_id)])
        else:
            path_id = self._database.insert_row('path', dict(columns, strPath=path))
        self._known[path] = path_id
        return path_id


class Files:
    """Writes file rows with their bookmarks and stream details."""

    def __init__(self, database: VideoDatabase) -> None:
        self._database = database

    def write(self, wanted: Sequence[Tuple[int, int, FileRecord]]) -> List[int]:
        """Write files, given as (path id, file id or 0, record); returns their ids in the same order."""
        found = self._ids([(path_id, record.url) for path_id, _, record in wanted])
        alive = self._database.alive('files', 'idFile', [file_id for _, file_id, _ in wanted])
        new_ids = count(self._database.next_id('files', 'idFile'))
        new: Set[int] = set()
        ids: List[int] = []
        for path_id, file_id, record in wanted:
            if file_id not in alive:
                file_id = found.get((path_id, record.url), 0)
            if not file_id:
                file_id = found[path_id, record.url] = next(new_ids)
                new.add(file_id)
            ids.append(file_id)
        self._database.store_rows('files', 'idFile', [
            _file_row(file_id, path_id, record) for file_id, (path_id, _, record) in zip(ids, wanted)], new)
        old = [file_id for file_id in ids if file_id not in new]
        self.write_resume([(file_id, record.watch) for file_id, (_, _, record) in zip(ids, wanted)], old)
        self._write_streams([(file_id, record.streams) for file_id, (_, _, record) in zip(ids, wanted)], old)
        return ids

    def dates(self, file_ids: Sequence[int]) -> Dict[int, str]:
        """The dateAdded of files that have one."""
        return {row[0]: str(row[1]) for row in self._database.rows_in(
            'SELECT idFile, dateAdded FROM files WHERE idFile IN (%s)', file_ids) if row[1]}

    def carry_dates(self, pairs: Sequence[Tuple[int, int]]) -> Dict[int, str]:
        """Copy dateAdded between files: (from file id, to file id). Returns the dates by the file they come from."""
        dates = self.dates([old for old, _ in pairs])
        self._database.update_rows('files', 'idFile', [{'idFile': new, 'dateAdded': dates[old]}
                                                      for old, new in pairs if old in dates])
        return dates

    def has_watch(self, file_id: int, watch: WatchState) -> bool:
        """Whether a file has this watch state and resume point already, with a tolerance of a second."""
        row = self._database.one('SELECT playCount FROM files WHERE idFile = ?', (file_id,))
        mark = self._database.one('SELECT timeInSeconds FROM bookmark WHERE idFile = ? AND type = ?', (file_id, RESUME))
        position = float(mark[0]) if mark else 0.0
        return row is not None and (row[0] or 0) == (watch.play_count or 0) and abs(position - watch.position) < 0.5

    def last_played(self, file_id: int) -> str:
        """When Kodi or we noted last that a file was played, as local time; '' for never."""
        row = self._database.one('SELECT lastPlayed FROM files WHERE idFile = ?', (file_id,))
        return str((row and row[0]) or '')

    def duration(self, file_id: int) -> float:
        """The length of a file in seconds, as its resume point or its streams say; 0.0 where it is not known."""
        row = self._database.one(
            'SELECT coalesce((SELECT max(totalTimeInSeconds) FROM bookmark WHERE idFile = ? AND type = ?), '
            '(SELECT max(iVideoDuration) FROM streamdetails WHERE idFile = ?), 0)', (file_id, RESUME, file_id))
        return float(row[0]) if row else 0.0

    def write_watch(self, states: Sequence[Tuple[int, WatchState]]) -> None:
        """Change watch state and resume point of existing files: (file id, state)."""
        self._database.update_rows('files', 'idFile', [
            {'idFile': file_id, 'playCount': watch.play_count, 'lastPlayed': watch.last_played}
            for file_id, watch in states])
        self.write_resume(states, [file_id for file_id, _ in states])

    def write_resume(self, states: Sequence[Tuple[int, WatchState]], existing: Sequence[int]) -> None:
        """Set the resume point of each file; an existing row is updated, to keep Kodi's player state."""
        present: Dict[int, Tuple[int, float, float]] = {}
        if existing:
            sql = 'SELECT idFile, idBookmark, timeInSeconds, totalTimeInSeconds FROM bookmark ' \
                  'WHERE type = ? AND idFile IN (%s)'
            present = {row[0]: row[1:] for row in self._database.rows_in(sql, list(existing), (RESUME,))}
        new: List[Row] = []
        changed: List[Row] = []
        gone: List[int] = []
        for file_id, watch in states:
            row = present.get(file_id)
            if watch.position <= 0:
                if row:
                    gone.append(row[0])
            elif row is None:
                new.append({'idFile': file_id, 'timeInSeconds': watch.position, 'totalTimeInSeconds': watch.total,
                            'thumbNailImage': '', 'player': _PLAYER, 'playerState': '', 'type': RESUME})
            elif (row[1], row[2]) != (watch.position, watch.total):
                changed.append({'idBookmark': row[0], 'timeInSeconds': watch.position,
                                'totalTimeInSeconds': watch.total})
        self._database.insert_rows('bookmark', new)
        self._database.update_rows('bookmark', 'idBookmark', changed)
        self._database.delete_ids('bookmark', 'idBookmark', gone)

    def _ids(self, wanted: Sequence[Tuple[int, str]]) -> Dict[Tuple[int, str], int]:
        """The ids of those of these files that exist, by (path id, URL)."""
        by_path: Dict[int, List[str]] = {}
        for path_id, url in wanted:
            by_path.setdefault(path_id, []).append(url)
        found: Dict[Tuple[int, str], int] = {}
        for paths in chunks(list(by_path), _PATHS_AT_ONCE):
            sql = 'SELECT idPath, strFilename, idFile FROM files WHERE idPath IN (%s) AND strFilename IN (%%s)' % (
                ', '.join('?' * len(paths)))
            urls = [url for path_id in paths for url in by_path[path_id]]
            for path_id, url, file_id in self._database.rows_in(sql, urls, tuple(paths)):
                found.setdefault((path_id, url), file_id)
        return found

    def _write_streams(self, wanted: Sequence[Tuple[int, Streams]], existing: Sequence[int]) -> None:
        self._database.delete_ids('streamdetails', 'idFile', existing)
        video = [(file_id, 0, s.codec, s.aspect, s.width, s.height, s.seconds, '', s.language, s.hdr or None)
                 for file_id, streams in wanted for s in streams.video]
        if self._database.profile.has_hdr:
            self._database.insert('streamdetails', (*_VIDEO, 'strHdrType'), video)
        else:
            self._database.insert('streamdetails', _VIDEO, [row[:-1] for row in video])
        self._database.insert('streamdetails', _AUDIO, [
            (file_id, 1, *stream) for file_id, streams in wanted for stream in streams.audio])
        self._database.insert('streamdetails', _SUBTITLE, [
            (file_id, 2, language) for file_id, streams in wanted for language in streams.subtitles])


def _file_row(file_id: int, path_id: int, record: FileRecord) -> Row:
    return {'idFile': file_id, 'idPath': path_id, 'strFilename': record.url, 'playCount': record.watch.play_count,
            'lastPlayed': record.watch.last_played, 'dateAdded': record.date_added}
