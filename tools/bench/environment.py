"""A simulated Plex, empty databases of Kodi, and syncs in separate processes."""
from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

from resources.lib.library_sync.kinds import VIDEO
from resources.lib.library_sync.options import DELTA, MOST_PARALLEL, SWEEP
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tools import kodischema
from tools.simprocess import ROOT, SimProcess

WORKERS = MOST_PARALLEL
_BATCH = 100


class Run(NamedTuple):
    """One sync: wall and processor seconds, growth of memory in MB, and the report."""

    wall: float
    cpu: float
    memory: float
    items: int
    requests: int
    megabytes: float
    report: Dict[str, Any]


class BenchEnvironment:
    """``with BenchEnvironment(movies, shows) as environment``; a show has 4 seasons of ``episodes`` episodes each."""

    def __init__(self, movies: int, shows: int, latency: float = 0.0, episodes: int = 10) -> None:
        self._sim = SimProcess('--movies', str(movies), '--shows', str(shows), '--seasons', '4', '--episodes',
                               str(episodes))
        self._latency = latency
        self._folder = Path(tempfile.mkdtemp(prefix='pkc-bench-'))
        self._count = 0
        #: The bodies of all metadata answers of the warm-up.
        self.bodies: List[bytes] = []

    def __enter__(self) -> BenchEnvironment:
        self._sim.__enter__()
        self._warm()
        self._sim.tell('config', latency=self._latency)
        return self

    def __exit__(self, *exc: object) -> None:
        self._sim.__exit__(*exc)
        shutil.rmtree(str(self._folder), ignore_errors=True)

    @property
    def sim(self) -> SimProcess:
        """The simulated Plex."""
        return self._sim

    def client(self) -> PMSClient:
        """A client of the server with the owner's token."""
        return PMSClient(PlexSession(ClientIdentity('bench', '4.0.0')), self._sim.state['pms_url'],
                         self._sim.state['owner_token'])

    def _warm(self) -> None:
        """Have the server render all items once, so that its rendering is not measured."""
        client = self.client()
        for section in client.sections():
            for kind in VIDEO.of_library(section.plex_type):
                keys = [row.rating_key for page in client.sweep(section.key, kind.plex) for row in page.rows]
                for start in range(0, len(keys), _BATCH):
                    self.bodies.append(client.items_body(keys[start:start + _BATCH]))

    def ask_once(self) -> None:
        """Have the server count all items once after a change, so that its search is not measured."""
        client = self.client()
        for section in client.sections():
            for kind in VIDEO.of_library(section.plex_type):
                list(client.changed(section.key, kind.plex, int(time.time())))
                for question in ({}, {'unwatched': 0}):
                    client.count(section.key, kind.plex, **question)
                client.started_count(section.key, kind.plex)

    def library(self) -> Path:
        """Make a folder with an empty library."""
        self._count += 1
        place = self._folder / str(self._count)
        place.mkdir()
        kodischema.create(str(place))
        return place

    def sync(self, place: Path, mode: str = SWEEP, workers: int = WORKERS, **places: Any) -> Run:
        """Sync into this library and measure. Ends the benchmark if the sync fails. ``places`` are further entries for
        :mod:`.child`.
        """
        state = self._sim.state
        wanted = {'pms_url': state['pms_url'], 'token': state['owner_token'], 'workers': workers, 'mode': mode,
                  'machine_identifier': state['machine_identifier'], 'video_db': str(place / 'MyVideos121.db'),
                  'state_db': str(place / 'state.db'), **places}
        out = subprocess.run([sys.executable, '-m', 'tools.bench.child', json.dumps(wanted)], cwd=str(ROOT),
                             stdout=subprocess.PIPE, check=True)
        found: Dict[str, Any] = json.loads(out.stdout)
        if found['error'] or not (found['complete'] or mode == DELTA):
            raise SystemExit('the sync failed: %s' % (found['error'] or 'not complete'))
        return Run(found['wall'], found['cpu'], found['memory'], found['total'], found['requests'],
                   found['received'] / 1e6, found)

    def sync_beside_a_writer(self, place: Path) -> float:
        """Sync while another process writes too, as Kodi does; returns that process's longest wait in seconds."""
        rival = subprocess.Popen([sys.executable, '-m', 'tools.bench.rival', str(place / 'MyVideos121.db')],
                                 cwd=str(ROOT), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.sync(place)
        return float(rival.communicate()[0])


def rows_of(place: Path) -> Dict[str, List[Any]]:
    """All rows of a library, by table."""
    with closing(sqlite3.connect(str(place / 'MyVideos121.db'))) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute('SELECT * FROM "%s"' % name).fetchall() for name in names}
