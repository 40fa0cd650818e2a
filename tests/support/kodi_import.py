"""A library as Kodi makes it when it imports what it has exported to a single file (``videodb.xml``).

Kodi adds each item by its path and URL, in the order of the file, with ids of its own. (Source: Kodi's
``CVideoDatabase::ImportFromXML``.) Art, and what else is not in that file, is not there afterwards.
"""
from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, Callable, Dict, List, Tuple

#: Executes a statement with ``?`` for parameters; returns the id of the new row.
Run = Callable[[str, Tuple[Any, ...]], int]
Row = Dict[str, Any]


def import_library(source: str, run: Run) -> None:
    """Add all movies and shows of a SQLite library to another one, beginning with the last."""
    with closing(sqlite3.connect(source)) as connection:
        connection.row_factory = sqlite3.Row
        _Import(connection, run).run()


class _Import:

    def __init__(self, source: sqlite3.Connection, run: Run) -> None:
        self._source = source
        self._run = run
        self._paths: Dict[str, int] = {}
        self._sets: Dict[str, int] = {}
        self._people: Dict[str, int] = {}

    def run(self) -> None:
        for movie in self._rows('SELECT * FROM movie ORDER BY idMovie DESC'):
            file_id, path_id = self._file(movie['idFile'])
            new = dict(movie, idFile=file_id, idSet=self._set(movie['idSet']), c23=str(path_id), c05='', c09='')
            self._item('movie', 'idMovie', new)
        for show in self._rows('SELECT * FROM tvshow ORDER BY idShow DESC'):
            self._show(show)

    def _show(self, show: Row) -> None:
        new_show = self._item('tvshow', 'idShow', dict(show, c04='', c12=''))
        (path,), = self._plain('SELECT p.strPath FROM path p JOIN tvshowlinkpath l ON l.idPath = p.idPath '
                               'WHERE l.idShow = ?', show['idShow'])
        self._run('INSERT INTO tvshowlinkpath (idShow, idPath) VALUES (?, ?)', (new_show, self._path(path)))
        seasons: Dict[int, int] = {}
        for episode in self._rows('SELECT * FROM episode WHERE idShow = ? ORDER BY idEpisode DESC', show['idShow']):
            number = int(episode['c12'])
            if number not in seasons:
                seasons[number] = self._run('INSERT INTO seasons (idShow, season) VALUES (?, ?)', (new_show, number))
            file_id, path_id = self._file(episode['idFile'])
            self._item('episode', 'idEpisode', dict(episode, idFile=file_id, idShow=new_show, c19=str(path_id), c03='',
                                                    c20='', idSeason=seasons[number]))

    def _item(self, table: str, key: str, row: Row) -> int:
        old = row.pop(key)
        new = self._insert(table, row)
        for person in self._rows("SELECT a.name, l.role, l.cast_order FROM actor_link l JOIN actor a ON a.actor_id = "
                                 "l.actor_id WHERE l.media_id = ? AND l.media_type = ?", old, table):
            if person['name'] not in self._people:
                self._people[person['name']] = self._insert('actor', {'name': person['name']})
            self._insert('actor_link', {'actor_id': self._people[person['name']], 'media_id': new, 'media_type': table,
                                        'role': person['role'], 'cast_order': person['cast_order']})
        for unique in self._rows('SELECT value, type FROM uniqueid WHERE media_id = ? AND media_type = ?', old, table):
            self._insert('uniqueid', dict(unique, media_id=new, media_type=table))
        return new

    def _file(self, old: int) -> Tuple[int, int]:
        (path, url, count, played, added), = self._plain(
            'SELECT p.strPath, f.strFilename, f.playCount, f.lastPlayed, f.dateAdded FROM files f '
            'JOIN path p ON p.idPath = f.idPath WHERE f.idFile = ?', old)
        path_id = self._path(path)
        new = self._insert('files', {'idPath': path_id, 'strFilename': url, 'playCount': count, 'lastPlayed': played,
                                     'dateAdded': added})
        for mark in self._rows('SELECT timeInSeconds, totalTimeInSeconds, player, type FROM bookmark WHERE idFile = ?',
                               old):
            self._insert('bookmark', dict(mark, idFile=new, thumbNailImage='', playerState=''))
        return new, path_id

    def _path(self, path: str) -> int:
        if path not in self._paths:
            self._paths[path] = self._insert('path', {'strPath': path})
        return self._paths[path]

    def _set(self, old: Any) -> Any:
        if not old:
            return None
        (name, text), = self._plain('SELECT strSet, strOverview FROM sets WHERE idSet = ?', old)
        if name not in self._sets:
            self._sets[name] = self._insert('sets', {'strSet': name, 'strOverview': text})
        return self._sets[name]

    def _insert(self, table: str, row: Row) -> int:
        return self._run('INSERT INTO %s (%s) VALUES (%s)' % (table, ', '.join(row), ', '.join('?' * len(row))),
                         tuple(row.values()))

    def _rows(self, sql: str, *parameters: Any) -> List[Row]:
        return [dict(row) for row in self._source.execute(sql, parameters)]

    def _plain(self, sql: str, *parameters: Any) -> List[Any]:
        return [tuple(row) for row in self._source.execute(sql, parameters)]
