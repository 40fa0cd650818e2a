"""A simulated Plex, and a library of Kodi's on a real MariaDB server."""
from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, List, Optional

import pymysql

from resources.lib import state_db
from resources.lib.cancellation import Cancellation
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import DatabaseLocations, Options
from resources.lib.library_sync.report import SyncReport
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.sql.location import ServerDatabase
from tests.support.sync_environment import PORT, library_queries
from tests.support.waiting import NoWaiting
from tools import kodischema
from tools.mariadb import MariaDbServer
from tools.plexsim import Library, PlexSim, SimConfig


class SharedLibraryEnvironment:
    """``sync()`` runs one sync; ``rows()`` queries Kodi's database, as the administrator of the server."""

    def __init__(self, folder: Path, library: Library, server: MariaDbServer, version: int = 121) -> None:
        self.server = server
        self.sim = PlexSim(library, SimConfig(latency=0.0))
        self.sim.start()
        self.name = kodischema.create_on_server(server, version)
        self.video_db = ServerDatabase(server.location, self.name, 'MyVideos')
        self.state_db = state_db.beside(str(folder / 'state-shared.db'), self.video_db)
        self.session = PlexSession(ClientIdentity('env', '4.0.0'), retries=1, cancellation=NoWaiting())
        self.client = PMSClient(self.session, self.sim.pms_url, self.sim.owner_token)

    @property
    def library(self) -> Library:
        return self.sim.library

    @property
    def machine(self) -> str:
        return self.sim.machine_identifier

    @property
    def locations(self) -> DatabaseLocations:
        return DatabaseLocations(self.video_db, self.state_db)

    def sync(self, workers: int = 2, cancellation: Optional[Cancellation] = None, **options: Any) -> SyncReport:
        return LibrarySync(self.client, self.machine, self.locations,
                           Options(workers=workers, local_port=PORT, **options), None, cancellation).run()

    def rows(self, sql: str, *parameters: Any) -> List[Any]:
        return self.server.execute(sql, *parameters, database=self.name)

    def content(self) -> Dict[str, Any]:
        """The server's checksums of all tables of both databases, but of who synchronised last."""
        tables = self.server.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema LIKE 'MyVideos%%' AND table_name <> 'lease'")
        return dict(self.server.execute('CHECKSUM TABLE ' + ', '.join('`%s`.`%s`' % table for table in tables)))

    def dump(self) -> Dict[str, List[Any]]:
        """As :func:`tests.support.sync_environment.dump`."""
        charset = self.rows("SELECT character_set_name FROM information_schema.columns WHERE table_schema = DATABASE() "
                            "AND table_name = 'movie' AND column_name = 'c00'")[0][0]
        connection = pymysql.connect(unix_socket=self.server.socket, user='root', database=self.name,
                                     charset='utf8mb4', sql_mode='PIPES_AS_CONCAT')
        try:
            with connection.cursor() as cursor:
                cursor.execute('SET collation_connection = %s_general_ci, character_set_connection = %s' % (
                    charset, charset))
                found = {}
                for name, sql in library_queries().items():
                    cursor.execute(sql)
                    found[name] = alike(cursor.fetchall())
                return found
        finally:
            connection.close()

    def close(self) -> None:
        self.session.close()
        self.sim.stop()


def alike(rows: Any) -> List[Any]:
    """Rows of any engine for comparison: sorted, with numbers of one kind, as exact as a column of type FLOAT."""
    return sorted((tuple(_alike(value) for value in row) for row in rows), key=repr)


def _alike(value: Any) -> Any:
    if isinstance(value, (float, Decimal)):
        value = float('%.6g' % float(value))
        return int(value) if value == int(value) else value
    return value
