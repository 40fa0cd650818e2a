"""What two servers both have, as one row in a library on a real MariaDB server."""
from __future__ import annotations

from pathlib import Path

from resources.lib.cancellation import Cancellation
from resources.lib.kodi_db.writer import LibraryWriter
from resources.lib.library_sync.databases import SyncDatabases
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import DELTA, DatabaseLocations, Options
from resources.lib.library_sync.purge import remove_server
from tests.support.one_row import OTHER, TwoServers, make_common, without_dates
from tests.support.shared_library import SharedLibraryEnvironment, alike
from tests.support.sync_environment import PORT
from tools.mariadb import MariaDbServer
from tools.plexsim import Library


def test_the_rows_are_those_of_sqlite_both_ways(tmp_path: Path, clean_server: MariaDbServer) -> None:
    libraries = [Library.generate(seed=seed, movies=30, shows=2, seasons=2, episodes=3) for seed in (3, 4)]
    make_common(libraries[0], libraries[1])
    both = TwoServers(tmp_path, libraries)
    (tmp_path / 'shared').mkdir()
    shared = SharedLibraryEnvironment(tmp_path / 'shared', libraries[0], clean_server)
    locations = DatabaseLocations(shared.video_db, shared.state_db)

    def sync(one_row: bool, mode: str = 'sweep') -> int:
        options = Options(workers=2, local_port=PORT, mode=mode, one_row=both.order if one_row else ())
        reports = [LibrarySync(env.client, env.machine, locations, options).run()
                   for env in (both.mine, both.theirs)]
        assert all(report.complete for report in reports)
        return sum(report.added + report.changed + report.removed + report.watched for report in reports)

    def same(name: str, one_row: bool) -> None:
        found, wanted = without_dates(shared.dump()), without_dates(both.fresh(name, one_row))
        assert {table: found[table] for table in wanted} == {table: alike(rows) for table, rows in wanted.items()}
    try:
        sync(True)
        same('first', True)
        films, episodes = (list(libraries[1].items(kind)) for kind in ('movie', 'episode'))
        libraries[1].scrobble(films[0].rating_key)
        libraries[1].set_progress(episodes[0].rating_key, 500_000)
        libraries[1].rate(films[1].rating_key, 7)
        assert sync(True, DELTA)
        same('watched', True)
        assert sync(True) == 0
        for one_row in (False, True):
            sync(one_row)
            sync(one_row)
            same('changed %s' % one_row, one_row)
        libraries[0].delete(next(iter(libraries[0].items('movie'))).rating_key)
        sync(True)
        same('deleted', True)
        with SyncDatabases(locations) as opened:
            remove_server(LibraryWriter(opened.video), opened.state, OTHER, Cancellation())
        assert OTHER not in repr(shared.dump())
    finally:
        shared.close()
        both.close()
