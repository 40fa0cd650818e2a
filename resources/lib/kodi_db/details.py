"""Reading the details of a few movies, shows or episodes, for lists outside the library."""
from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from ..sql.location import Location
from ..sql.statements import Statements
from .database import open_reader
from .tables import ItemTable

_SEPARATOR = ' / '
_STREAMS = {
    0: ('video', ('codec', 'aspect', 'width', 'height', 'duration', 'stereomode', 'language', 'hdrtype')),
    1: ('audio', ('codec', 'channels', 'language')),
    2: ('subtitle', ('language',)),
}


class ItemDetails(NamedTuple):
    """An item, with the keys of :mod:`~resources.lib.service.list_item`. Dates are local time. ``cast`` are names,
    roles and URLs of pictures.

    How far it was watched and how it was rated is not among them: that is of the user who watched last.
    """

    info: Dict[str, Any]
    art: Dict[str, str]
    cast: List[Tuple[str, str, str]]
    unique_ids: Dict[str, str]
    streams: Dict[str, List[Dict[str, Any]]]


def read(location: Location, table: ItemTable, kodi_ids: Sequence[int]) -> Dict[int, ItemDetails]:
    """Details of items by their ids; ids without an item are left out.

    Raises :class:`DatabaseError`.
    """
    if not kodi_ids:
        return {}
    with open_reader(location) as database:
        return _Reader(database, table).read(kodi_ids)


def _facts(table: ItemTable, values: Sequence[Any]) -> Dict[str, Any]:
    """Those that are not empty."""
    found: Dict[str, Any] = {}
    for fact, value in zip(table.facts, values):
        try:
            if value is not None and value != '':
                found[fact.name] = fact.type(value)
        except ValueError:
            continue
    return found


class _Reader:

    def __init__(self, database: Statements, table: ItemTable) -> None:
        self._database = database
        self._table = table
        self._type = table.media_type

    def read(self, ids: Sequence[int]) -> Dict[int, ItemDetails]:
        table = self._table
        found: Dict[int, ItemDetails] = {}
        files: Dict[int, int] = {}
        parents: Dict[str, Dict[int, List[int]]] = {parent: {} for parent, _ in table.parents}
        columns = ['k.' + table.id_column] + (['f.idFile', 'f.dateAdded'] if table.file_column else ['NULL', 'NULL'])
        columns += ['k.' + column for _, column in table.parents + table.text_columns]
        columns += [fact.sql for fact in table.facts]
        join = 'JOIN files f ON f.idFile = k.%s ' % table.file_column if table.file_column else ''
        first_text = 3 + len(table.parents)
        first_fact = first_text + len(table.text_columns)
        for row in self._rows('SELECT %s FROM %s k %sWHERE k.%s IN (%%s)' % (
                ', '.join(columns), table.name, join, table.id_column), ids):
            kodi_id, file_id, date_added = row[:3]
            info: Dict[str, Any] = {name: text.split(_SEPARATOR)
                                    for (name, _), text in zip(table.text_columns, row[first_text:]) if text}
            if date_added:
                info['dateadded'] = date_added
            info.update(_facts(table, row[first_fact:]))
            found[kodi_id] = ItemDetails(info, {}, [], {}, {})
            if file_id:
                files[file_id] = kodi_id
            for (parent, _), parent_id in zip(table.parents, row[3:]):
                parents[parent].setdefault(parent_id, []).append(kodi_id)
        self._art(found, '', self._type, {kodi_id: [kodi_id] for kodi_id in found})
        for parent, children in parents.items():
            self._art(found, parent + '.', parent, children)
        self._people(found)
        for media_id, kind, value in self._rows(
                'SELECT media_id, type, value FROM uniqueid WHERE media_type = ? AND media_id IN (%s) '
                'ORDER BY uniqueid_id', list(found), self._type):
            found[media_id].unique_ids.setdefault(kind, value)
        self._streams(found, files)
        return found

    def _rows(self, sql: str, ids: Sequence[int], *before: Any) -> Iterator[Tuple[Any, ...]]:
        return self._database.rows_in(sql, ids, before)

    def _art(self, found: Dict[int, ItemDetails], prefix: str, media_type: str, items: Dict[int, List[int]]) -> None:
        for media_id, kind, url in self._rows('SELECT media_id, type, url FROM art WHERE media_type = ? '
                                              'AND media_id IN (%s)', list(items), media_type):
            for kodi_id in items[media_id]:
                found[kodi_id].art[prefix + kind] = url

    def _people(self, found: Dict[int, ItemDetails]) -> None:
        for media_id, name, role, thumb in self._rows(
                "SELECT l.media_id, a.name, l.role, p.url FROM actor_link l JOIN actor a ON a.actor_id = l.actor_id "
                "LEFT JOIN art p ON p.media_id = a.actor_id AND p.media_type = 'actor' AND p.type = 'thumb' "
                'WHERE l.media_type = ? AND l.media_id IN (%s) ORDER BY l.cast_order', list(found), self._type):
            found[media_id].cast.append((name or '', role or '', thumb or ''))

    def _streams(self, found: Dict[int, ItemDetails], files: Dict[int, int]) -> None:
        hdr = 'strHdrType' if 'strHdrType' in self._database.connection.columns('streamdetails') else 'NULL'
        for row in self._rows(
                'SELECT idFile, iStreamType, strVideoCodec, fVideoAspect, iVideoWidth, iVideoHeight, iVideoDuration, '
                'strStereoMode, strVideoLanguage, %s, strAudioCodec, iAudioChannels, strAudioLanguage, '
                'strSubtitleLanguage FROM streamdetails WHERE idFile IN (%%s)' % hdr, list(files)):
            values = {0: row[2:10], 1: row[10:13], 2: row[13:]}.get(row[1])
            if values:
                kind, keys = _STREAMS[row[1]]
                found[files[row[0]]].streams.setdefault(kind, []).append(
                    {key: value for key, value in zip(keys, values) if value})
