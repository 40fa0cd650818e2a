"""A simulated Plex, an empty video database of Kodi, and syncs between them."""
from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import Any, Dict, List, Optional

from resources.lib.cancellation import Cancellation
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import DatabaseLocations, Options
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.waiting import NoWaiting
from tools import kodischema
from tools.plexsim import Library, PlexSim, SimConfig

PORT = 57310


class SyncEnvironment:
    """``sync()`` runs one sync; ``rows()`` queries Kodi's database."""

    def __init__(self, folder: Path, library: Library, version: int = 121,
                 config: Optional[SimConfig] = None) -> None:
        self.folder = folder
        self.sim = PlexSim(library, config or SimConfig(latency=0.0))
        self.sim.start()
        self.video_db = kodischema.create(str(folder), version)
        self.state_db = str(folder / 'state.db')
        self.session = PlexSession(ClientIdentity('env', '4.0.0'), retries=1, cancellation=NoWaiting())
        self.client = PMSClient(self.session, self.sim.pms_url, self.sim.owner_token)

    @property
    def library(self) -> Library:
        return self.sim.library

    @property
    def machine(self) -> str:
        return self.sim.machine_identifier

    def sync(self, workers: int = 2, cancellation: Optional[Cancellation] = None, **options: Any) -> SyncReport:
        return LibrarySync(self.client, self.machine, DatabaseLocations(self.video_db, self.state_db),
                           Options(workers=workers, local_port=PORT, **options), None, cancellation).run()

    def rows(self, sql: str, *parameters: Any) -> List[Any]:
        connection = sqlite3.connect(self.video_db, timeout=60.0)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def execute(self, sql: str, *parameters: Any) -> None:
        connection = sqlite3.connect(self.video_db, timeout=60.0)
        try:
            connection.execute(sql, parameters)
            connection.commit()
        finally:
            connection.close()

    def fingerprint(self) -> Dict[str, str]:
        """Hashes of the database files, by name."""
        return {path: hashlib.sha256(Path(path).read_bytes()).hexdigest()
                for path in (self.video_db, self.state_db) if os.path.exists(path)}

    def close(self) -> None:
        self.session.close()
        self.sim.stop()


def dump(video_db: str) -> Dict[str, List[Any]]:
    """The library's content independent of the order of insertion: names instead of ids."""
    connection = sqlite3.connect(video_db, timeout=60.0)
    try:
        return {name: sorted(connection.execute(sql).fetchall(), key=repr) for name, sql in library_queries().items()}
    finally:
        connection.close()


def library_queries() -> Dict[str, str]:
    """Queries for all that is in the library, by what they are about."""
    queries = {
        'movie': 'SELECT strFilename, strPath, c00, c01, c03, c06, c07, c10, c11, c12, c14, c15, c16, c18, c19, c21, '
                 'userrating, premiered, strSet, strSetOverview, playCount, lastPlayed, dateAdded, '
                 'resumeTimeInSeconds, totalTimeInSeconds, rating, rating_type, uniqueid_value, uniqueid_type '
                 'FROM movie_view',
        'tvshow': 'SELECT strPath, c00, c01, c05, c08, c09, c13, c14, c15, userrating, duration, rating, rating_type, '
                  'uniqueid_value, uniqueid_type, totalCount, watchedcount FROM tvshow_view',
        'season': 'SELECT strPath, season, name, userrating, episodes, playCount FROM season_view',
        'episode': 'SELECT strFilename, strPath, c00, c01, c04, c05, c09, c10, c12, c13, c14, userrating, strTitle, '
                   'playCount, lastPlayed, dateAdded, resumeTimeInSeconds, totalTimeInSeconds, rating, rating_type, '
                   'uniqueid_value, uniqueid_type FROM episode_view',
        'streams': 'SELECT f.strFilename, s.iStreamType, s.strVideoCodec, s.fVideoAspect, s.iVideoWidth, '
                   's.iVideoHeight, s.strAudioCodec, s.iAudioChannels, s.strAudioLanguage, s.strSubtitleLanguage, '
                   's.iVideoDuration FROM streamdetails s JOIN files f ON f.idFile = s.idFile',
        'paths': 'SELECT strPath, strContent, strScraper, noUpdate FROM path',
        'files': 'SELECT strFilename, playCount, lastPlayed, dateAdded FROM files',
        'sets': 'SELECT strSet, strOverview FROM sets',
    }
    items = ("(SELECT 'movie' t, m.idMovie i, f.strFilename u FROM movie m JOIN files f ON f.idFile = m.idFile "
             "UNION ALL SELECT 'episode', e.idEpisode, f.strFilename FROM episode e "
             "JOIN files f ON f.idFile = e.idFile "
             "UNION ALL SELECT 'tvshow', l.idShow, p.strPath FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath "
             "UNION ALL SELECT 'season', s.idSeason, p.strPath || s.season FROM seasons s "
             "JOIN tvshowlinkpath l ON l.idShow = s.idShow JOIN path p ON p.idPath = l.idPath "
             "UNION ALL SELECT 'set', idSet, strSet FROM sets UNION ALL SELECT 'actor', actor_id, name FROM actor)")
    for table in ('genre', 'studio', 'country', 'tag'):
        queries[table] = ('SELECT i.t, i.u, n.name FROM %s_link l JOIN %s n ON n.%s_id = l.%s_id JOIN %s i '
                          'ON i.t = l.media_type AND i.i = l.media_id' % (table, table, table, table, items))
    for table in ('director', 'writer'):
        queries[table] = ('SELECT i.t, i.u, n.name FROM %s_link l JOIN actor n ON n.actor_id = l.actor_id JOIN %s i '
                          'ON i.t = l.media_type AND i.i = l.media_id' % (table, items))
    queries['actor'] = ('SELECT i.t, i.u, n.name, l.role, l.cast_order FROM actor_link l JOIN actor n '
                        'ON n.actor_id = l.actor_id JOIN %s i ON i.t = l.media_type AND i.i = l.media_id' % items)
    queries['art'] = ('SELECT i.t, i.u, a.type, a.url FROM art a JOIN %s i ON i.t = a.media_type '
                      'AND i.i = a.media_id' % items)
    queries['rating'] = ('SELECT i.t, i.u, r.rating_type, r.rating FROM rating r JOIN %s i ON i.t = r.media_type '
                         'AND i.i = r.media_id' % items)
    queries['uniqueid'] = ('SELECT i.t, i.u, r.type, r.value FROM uniqueid r JOIN %s i ON i.t = r.media_type '
                           'AND i.i = r.media_id' % items)
    return queries


def counts(video_db: str) -> Dict[str, int]:
    """The number of rows by table."""
    connection = sqlite3.connect(video_db, timeout=60.0)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: connection.execute('SELECT count(*) FROM %s' % table).fetchone()[0] for table in tables}
    finally:
        connection.close()
