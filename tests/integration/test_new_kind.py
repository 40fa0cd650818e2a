"""A kind of items that the sync has never heard of: a declaration, a mapper and a writer are all that it takes."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import pytest

from resources.lib import item_url
from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db import details
from resources.lib.kodi_db.item_writer import ItemWriter, joined, people
from resources.lib.kodi_db.records import FileRecord, ItemAddress, Shared, Written
from resources.lib.kodi_db.tables import DETAILS, ItemTable
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync import mapping, purge
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.kinds import EPISODE, SEASON, SHOW, Kind, Kinds
from resources.lib.library_sync.mapping import Context, ExistingRow
from resources.lib.library_sync.options import DELTA, DatabaseLocations, Options
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_kinds import WATCHED_STAMPS, PlexType
from resources.lib.plex_model import PlexItem
from tests.support.foreign_rows import tables
from tests.support.sync_environment import PORT, SyncEnvironment
from tools.plexsim import Library

TABLE = ItemTable('musicvideo', 'musicvideo', 'idMVideo', ('idMVideo', 'idFile', 'userrating', 'premiered') + DETAILS,
                  file_column='idFile', url_column='c13', path_column='c14', content='musicvideos',
                  text_columns=(('genre', 'c11'), ('director', 'c05')))


class MusicVideoRecord(NamedTuple):
    kodi_id: int
    file_id: int
    shared: Shared
    file: FileRecord
    address: ItemAddress


class MusicVideoWriter(ItemWriter[MusicVideoRecord]):
    table = TABLE

    def write(self, records: Sequence[MusicVideoRecord]) -> List[Written]:
        paths = [self._shared.paths.of(record.address, TABLE.content) for record in records]
        file_ids = self._shared.files.write([(path, record.file_id, record.file)
                                             for path, record in zip(paths, records)])
        owners: Dict[int, int] = dict(self._database.rows_in(
            'SELECT idFile, idMVideo FROM musicvideo WHERE idFile IN (%s)', file_ids))
        written = []
        for record, path, file_id in zip(records, paths, file_ids):
            row = {'idFile': file_id, 'c00': record.shared.title, 'c05': people(record.shared.directors),
                   'c11': joined(record.shared.genres), 'c13': record.file.url, 'c14': str(path),
                   'userrating': record.shared.user_rating}
            kodi_id = owners.get(file_id, 0)
            if kodi_id:
                self._database.update_rows('musicvideo', 'idMVideo', [dict(row, idMVideo=kodi_id)])
            else:
                kodi_id = self._database.insert_row('musicvideo', row)
            written.append(Written(kodi_id, file_id))
        self._shared.write('musicvideo', {row.kodi_id: record.shared for row, record in zip(written, records)},
                           sorted(owners.values()))
        return written


def _address(machine_identifier: str, rating_key: str, _parent_key: str) -> ItemAddress:
    path = item_url.items_path('movie', machine_identifier)
    return ItemAddress(path, path, item_url.item_url('movie', machine_identifier, rating_key))


def _record(item: PlexItem, context: Context, row: ExistingRow) -> MusicVideoRecord:
    """Kodi takes no ratings away with a music video, so it gets none."""
    address = _address(context.machine_identifier, item.rating_key, '')
    shared = mapping.shared(item, context, ('imdb',), mapping.all_art(item, context), ())
    return MusicVideoRecord(row.kodi_id, row.file_id, shared._replace(ratings=()),
                            mapping.file_record(item, address, row), address)


#: The simulated Plex has no music videos; its movies play their part.
MUSIC_VIDEO = Kind(PlexType('movie', 1, WATCHED_STAMPS), 'movie', TABLE, _record, MusicVideoWriter, watch_state=True,
                   in_collections=True, address=_address)
KINDS = Kinds(SHOW, SEASON, EPISODE, MUSIC_VIDEO)


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    library = Library.generate(seed=7, movies=60, shows=2, seasons=1, episodes=3, collections=2)
    made = SyncEnvironment(tmp_path, library)
    yield made
    made.close()


def _engine(env: SyncEnvironment, **options: Any) -> LibrarySync:
    return LibrarySync(env.client, env.machine, DatabaseLocations(env.video_db, env.state_db, KINDS),
                       Options(workers=2, local_port=PORT, **options))


def _sync(env: SyncEnvironment, **options: Any) -> SyncReport:
    report = _engine(env, **options).run()
    assert report.complete or options.get('mode') == DELTA
    return report


def _videos(env: SyncEnvironment) -> List[Tuple[Any, ...]]:
    return env.rows('SELECT v.idMVideo, v.c00, f.strFilename, f.playCount FROM musicvideo v '
                    'JOIN files f ON f.idFile = v.idFile ORDER BY v.idMVideo')


def test_its_items_come_change_and_go(env: SyncEnvironment) -> None:
    assert _sync(env).added == 60 + 2 + 2 + 6
    assert len(_videos(env)) == 60 and env.rows('SELECT count(*) FROM movie') == [(0,)]
    first = next(iter(env.library.items('movie'))).rating_key
    env.library.update(first, title='Renamed')
    env.library.scrobble(first)
    report = _sync(env, mode=DELTA)
    assert (report.changed, report.removed) == (1, 0)
    assert [(row[1], row[3]) for row in _videos(env) if row[2].endswith('=%s' % first)] == [('Renamed', 1)]
    env.library.unscrobble(first)
    _sync(env)
    assert [row[3] for row in _videos(env) if row[2].endswith('=%s' % first)] == [None]
    env.library.delete(first)
    assert _sync(env).removed == 1 and len(_videos(env)) == 59
    before = env.fingerprint()
    _sync(env)
    assert env.fingerprint() == before


def test_its_rows_are_known_again_and_those_that_kodi_lost_return(env: SyncEnvironment) -> None:
    _sync(env)
    before = _videos(env)
    os.remove(env.state_db)
    assert _sync(env).added == 2  # seasons have no address
    assert _videos(env) == before
    env.execute('DELETE FROM musicvideo WHERE idMVideo = ?', before[0][0])
    assert _sync(env).added == 1
    assert sorted(row[2] for row in _videos(env)) == sorted(row[2] for row in before)


def test_one_of_them_is_written_anew_and_lists_know_it(env: SyncEnvironment) -> None:
    _sync(env)
    kodi_id = _videos(env)[0][0]
    title = _videos(env)[0][1]
    env.execute("UPDATE musicvideo SET c00 = 'wrong' WHERE idMVideo = ?", kodi_id)
    assert _engine(env).repair(MUSIC_VIDEO.name, kodi_id).changed == 1
    assert _videos(env)[0][1] == title
    known = details.read(env.video_db, TABLE, [kodi_id])[kodi_id]
    assert known.info['genre'] and known.art['poster'] and known.unique_ids['plex']


def test_signing_out_takes_them_along(env: SyncEnvironment) -> None:
    before = tables(env.video_db)
    _sync(env)
    with SyncDatabases(DatabaseLocations(env.video_db, env.state_db)) as databases:
        purge.remove_all(LibraryWriter(databases.video), databases.state, Cancellation(), KINDS)
    assert tables(env.video_db) == before
