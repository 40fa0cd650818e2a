"""One measured sync in its own process: ``python -m tools.bench.child '{...}'`` prints a JSON line."""
from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any, Dict

from resources.lib import state_db
from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import DatabaseLocations, Options
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.sql import engines
from resources.lib.sql.location import Server, ServerDatabase


def main() -> None:
    """Run the sync that the JSON in the first argument describes, and print the figures."""
    wanted: Dict[str, Any] = json.loads(sys.argv[1])
    client = PMSClient(PlexSession(ClientIdentity('bench', '4.0.0')), wanted['pms_url'], wanted['token'])
    client.identity()  # opens the connection, which a signed-in service already has
    sync = LibrarySync(client, wanted['machine_identifier'], _locations(wanted),
                       Options(workers=wanted['workers'], mode=wanted['mode']))
    memory, wall, cpu = _peak(), time.perf_counter(), time.process_time()
    report = sync.run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps(dict(report.as_dict(), wall=wall, cpu=cpu, memory=_peak() - memory, total=report.total)))


def _locations(wanted: Dict[str, Any]) -> DatabaseLocations:
    """Files, or with ``server`` a library on a database server, which is signed in to once before the measurement."""
    if not wanted.get('server'):
        return DatabaseLocations(wanted['video_db'], wanted['state_db'])
    video = ServerDatabase(Server(**wanted['server']), wanted['video_db'], 'MyVideos')
    engines.open_reader(video, 1.0).close()
    return DatabaseLocations(video, state_db.beside(wanted['state_db'], video))


def _peak() -> float:
    """The peak memory of this process in MB; ``ru_maxrss`` would include the parent's."""
    found = re.search(r'VmHWM:\s+(\d+) kB', Path('/proc/self/status').read_text(encoding='ascii'))
    return int(found.group(1)) / 1024.0 if found else 0.0


if __name__ == '__main__':
    main()
