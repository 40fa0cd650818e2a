"""A process that runs syncs, each of which may be killed at any moment.

``python -m tests.support.sync_process`` reads one JSON object from standard input, imports everything, and then forks a
child that runs one sync for each further line, which has its options. It prints the child's pid at once and its exit
status afterwards.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Union

from resources.lib import state_db
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import DatabaseLocations, Options
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.sql.location import Server, ServerDatabase
from resources.lib.state_db import lease

if TYPE_CHECKING:  # the process itself needs no simulated Plex, which takes longer to import than all the rest
    from tests.support.shared_library import SharedLibraryEnvironment
    from tests.support.sync_environment import SyncEnvironment


class SyncProcess:
    """Controls such a process. ``start()`` begins a sync, ``wait()`` returns its exit status (negative: a signal).

    ``expires``: seconds after which it takes over from another device that sleeps.
    """

    def __init__(self, env: Union[SyncEnvironment, SharedLibraryEnvironment], folder: str, expires: int = 120) -> None:
        self._process = subprocess.Popen([sys.executable, '-m', 'tests.support.sync_process'], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, cwd=folder)
        places = [env.video_db, env.state_db] if isinstance(env.state_db, str) else [
            env.state_db.box, *asdict(env.video_db).values()]
        from tests.support.sync_environment import PORT
        self._write_line(json.dumps({'url': env.sim.pms_url, 'token': env.sim.owner_token, 'machine': env.machine,
                                     'places': places, 'expires': expires, 'port': PORT}))
        self._read_line()

    def start(self, **options: Any) -> int:
        """Begin a sync with these fields of :class:`Options`; returns the pid of its process."""
        self._write_line(json.dumps(options))
        return int(self._read_line())

    def wait(self) -> int:
        """Wait for the end of the sync; returns its exit status."""
        return int(self._read_line())

    def close(self) -> None:
        """End the process."""
        self._process.communicate('', timeout=30)

    def _write_line(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + '\n')
        self._process.stdin.flush()

    def _read_line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


def _locations(places: Any) -> DatabaseLocations:
    if len(places) == 2:
        return DatabaseLocations(*places)
    box, server, name, group = places
    video_db = ServerDatabase(Server(**server), name, group)
    return DatabaseLocations(video_db, state_db.beside(box, video_db))


def _sync(given: Any, more: Any) -> int:
    lease._EXPIRES = given['expires']
    session = PlexSession(ClientIdentity('killed', '4.0.0'), retries=1)
    client = PMSClient(session, given['url'], given['token'])
    options = Options(workers=2, local_port=given['port'], **more)
    report = LibrarySync(client, given['machine'], _locations(given['places']), options).run()
    return 0 if report.complete else 1


def _main() -> None:
    given = json.loads(sys.stdin.readline())
    print('ready', flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os._exit(_sync(given, json.loads(line)))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


if __name__ == '__main__':
    _main()
