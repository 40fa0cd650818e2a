"""Two servers whose common items have one row in Kodi's library, and the judge of these rows."""
from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any, Collection, Dict, Iterable, List, Optional, Set, Tuple

from resources.lib import item_url
from resources.lib.library_sync.report import SyncReport
from tests.support.sync_environment import SyncEnvironment, dump
from tools import kodischema
from tools.plexsim import Library, SimConfig

OTHER = 'b' * 40
#: Columns of the dump (:func:`library_queries`) with the watch state and rating, by table.
_WATCHED = {'movie': (16, 20, 21, 23, 24), 'episode': (11, 13, 14, 16, 17)}
#: A set's texts are those of the server that came first.
_LEFT_OUT = {'movie': (19,), 'episode': ()}
#: dateAdded.
_ADDED = {'movie': 22, 'episode': 15}
_LINKS = ('genre', 'studio', 'country', 'tag', 'director', 'writer', 'actor', 'rating', 'uniqueid')


def make_common(mine: Library, theirs: Library, films: int = 12, shows: int = 1) -> None:
    """Give films of the second library, and shows with what is in them, the guids of films of the first."""
    for one, other in zip(list(mine.items('movie'))[:films], list(theirs.items('movie'))[:films]):
        _same(mine, theirs, one, other)
    for one, other in zip(list(mine.items('show'))[:shows], list(theirs.items('show'))[:shows]):
        _same(mine, theirs, one, other)
        for kind in ('season', 'episode'):
            there = {_place(item): item for item in mine.items(kind) if item.root() is one}
            for item in theirs.items(kind):
                if item.root() is other and _place(item) in there:
                    _same(mine, theirs, there[_place(item)], item)


def _same(mine: Library, theirs: Library, one: Any, other: Any) -> None:
    number = 'plex://%s/%024x' % (one.type, int(one.rating_key))
    if not str(one.fields.get('guid', '')).startswith('plex://'):
        mine.update(one.rating_key, guid=number)
    theirs.update(other.rating_key, guid=one.fields['guid'], title=one.title)


def _place(item: Any) -> Tuple[int, int]:
    parent = item.parent.fields.get('index', 0) if item.type == 'episode' else 0
    return parent, item.fields.get('index', 0)


class Judge:
    """Knows what is at the servers: ``libraries`` by machineIdentifier."""

    def __init__(self, libraries: Dict[str, Library]) -> None:
        self.libraries = libraries

    def assert_truth(self, rows: Dict[str, List[Any]], apart: Dict[str, List[Any]],
                     kept_dates: Collection[str] = ()) -> None:
        """Each guid is there once, and each row is what its server says, but for the watch state; that is of the copy
        that was viewed last. ``apart``: the rows of first syncs without that. ``kept_dates`` are those of rows that
        went.
        """
        rows = dict(rows)
        rows['movie'] = [row for row in rows['movie'] if '&media=' not in row[0]]  # versions of Kodi 21
        for name in ('movie', 'episode'):
            there = {row[0]: row for row in rows[name]}
            assert len(there) == len(rows[name])
            expected = {row[0]: row for row in apart[name]}
            left_out = _WATCHED[name] + _LEFT_OUT[name] + ((12,) if name == 'episode' else ())
            for url, row in there.items():
                assert _without(row, (*left_out, _ADDED[name])) == _without(expected[url], (*left_out, _ADDED[name]))
                assert row[_ADDED[name]] in (expected[url][_ADDED[name]], *kept_dates)
                assert tuple(row[at] or 0 for at in _WATCHED[name][:2]) == self._watched(url), url
            guids = [self._guid(url) for url in there]
            assert {guid for guid in guids if guid.startswith('plex://')} == self._guids(name)
            assert len(guids) == len(set(guids))
        self._assert_shows(rows)
        urls = {row[0] for name in ('movie', 'episode') for row in rows[name]} | {row[0] for row in rows['tvshow']}
        for name in _LINKS:
            of_rows = [row for row in rows[name] if row[0] in ('movie', 'episode', 'tvshow')]
            assert {row[1] for row in of_rows} <= urls
            assert of_rows == [row for row in apart[name] if row[0] in ('movie', 'episode', 'tvshow')
                               and row[1] in urls], name

    def _assert_shows(self, rows: Dict[str, List[Any]]) -> None:
        guids = [self._guid(row[0]) for row in rows['tvshow']]
        assert len(guids) == len(set(guids)) and set(guids) >= self._guids('show')
        titles = {self._guid(row[0]): row[1] for row in rows['tvshow']}
        for row in rows['episode']:
            show = self._item(row[0]).root()
            assert row[12] == titles[show.fields['guid']]
        seasons = [(row[0], row[1]) for row in rows['season']]
        assert len(seasons) == len(set(seasons))

    def _item(self, url: str) -> Any:
        ref = item_url.parse(url)
        assert ref is not None
        return self.libraries[ref.machine_identifier].need(ref.rating_key)

    def _guid(self, url: str) -> str:
        return str(self._item(url).fields['guid'])

    def _guids(self, kind: str) -> Set[str]:
        return {str(item.fields['guid']) for library in self.libraries.values() for item in library.items(kind)
                if str(item.fields['guid']).startswith('plex://')}

    def _watched(self, url: str) -> Tuple[Any, ...]:
        own = self._item(url)
        ref = item_url.parse(url)
        assert ref is not None
        copies = [self._truth(ref.machine_identifier, own)]
        copies += [self._truth(machine, item) for machine, library in self.libraries.items()
                   if machine != ref.machine_identifier
                   for item in library.items(own.type) if item.fields['guid'] == own.fields['guid']]
        last = max(copies, key=_viewed)  # of equal ones the first: the row's own
        rating = copies[0].get('userRating') or max((one.get('userRating', 0) for one in copies), default=0)
        views = last.get('viewCount', 0) and (copies[0].get('viewCount', 0) or last['viewCount'])
        return (min(10, max(1, int(rating + 0.5))) if rating else 0, views)

    def _truth(self, machine: str, item: Any) -> Dict[str, Any]:
        return self.libraries[machine].truth(item.rating_key)


class TwoServers(Judge):
    """``mine`` and ``theirs`` write into the same databases; ``one_row``: common items have one row."""

    def __init__(self, folder: Path, libraries: List[Library], version: int = 121) -> None:
        self.folder = folder
        self.mine = SyncEnvironment(folder, libraries[0], version)
        (folder / 'other').mkdir()
        self.theirs = SyncEnvironment(folder / 'other', libraries[1], version, SimConfig(
            latency=0.0, machine_identifier=OTHER, clock=self.mine.sim.clock))
        self.theirs.video_db, self.theirs.state_db = self.mine.video_db, self.mine.state_db
        super().__init__({self.mine.machine: self.mine.library, OTHER: self.theirs.library})
        self.version = version
        self.one_row = True
        self.order = [self.mine.machine, OTHER]

    def close(self) -> None:
        self.mine.close()
        self.theirs.close()

    def sync(self, *envs: SyncEnvironment, **options: Any) -> List[SyncReport]:
        """Sync both, or some, one after the other."""
        return [env.sync(one_row=tuple(self.order) if self.one_row else (), **options)
                for env in envs or (self.mine, self.theirs)]

    def settled(self) -> None:
        """Sync until what is lost has been seen twice, and a row that one gave up is written by the other."""
        for _ in range(3):
            for report in self.sync():
                assert report.complete, report
        reports = self.sync()
        assert [(one.added, one.changed, one.removed, one.watched) for one in reports] == [(0, 0, 0, 0)] * 2

    def fresh(self, name: str, one_row: bool, *envs: SyncEnvironment) -> Dict[str, List[Any]]:
        """What first syncs of both, or of some, into an empty database make."""
        before = self.mine.video_db, self.mine.state_db, self.one_row
        folder = self.folder / name
        folder.mkdir()
        try:
            self._use(kodischema.create(str(folder), self.version), str(folder / 'state.db'))
            self.one_row = one_row
            for report in self.sync(*envs):
                assert report.complete and not report.skipped
            return self.dump()
        finally:
            self._use(*before[:2])
            self.one_row = before[2]

    def _use(self, video_db: str, state_db: str) -> None:
        for env in (self.mine, self.theirs):
            env.video_db, env.state_db = video_db, state_db

    def dump(self) -> Dict[str, List[Any]]:
        """The library's rows, without what stays of items that are gone: pictures of people, empty sets."""
        return rows_of(self.mine.video_db)


    def assert_all(self, name: str) -> None:
        """That the rows are the truth. ``name`` is that of a folder."""
        self.assert_truth(self.dump(), self.fresh(name, False), kept_dates(self.mine.state_db))


def kept_dates(state_db: str) -> Set[str]:
    """The dates that items keep of rows that went."""
    with contextlib.closing(sqlite3.connect(state_db)) as connection:
        return {row[0] for row in connection.execute('SELECT date_added FROM kept_date')}


def without_dates(rows: Dict[str, List[Any]]) -> Dict[str, List[Any]]:
    """The rows but for when they were added."""
    columns = {**_ADDED, 'files': 3}
    return {name: sorted((_without(row, (columns[name],)) for row in found), key=repr) if name in columns else found
            for name, found in rows.items()}


def rows_of(video_db: str) -> Dict[str, List[Any]]:
    """The library's rows, without what stays of items that are gone: pictures of people, empty sets."""
    found = dump(video_db)
    for name in ('art', 'sets'):
        found.pop(name)
    return found


def _viewed(truth: Dict[str, Any]) -> int:
    return int(truth.get('lastViewedAt') or 0)


def _without(row: Iterable[Any], columns: Tuple[int, ...]) -> Tuple[Any, ...]:
    return tuple(value for number, value in enumerate(row) if number not in columns)


def only(items: Iterable[Any], title: str) -> Any:
    """The item with a title."""
    found: Optional[Any] = next((item for item in items if item.title == title), None)
    assert found is not None
    return found
