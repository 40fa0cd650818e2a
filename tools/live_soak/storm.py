"""A scan at the server that changes every item: how many syncs, requests and transactions that is, and who waits."""
from __future__ import annotations

import subprocess
import sys
import time
from typing import Callable

from tests.support.live_environment import LiveEnvironment
from tools.plexsim import Library


def library(films: int) -> Library:
    """Films and nothing else."""
    return Library.generate(seed=5, movies=films, shows=0, collections=0)


def _commits(path: str) -> int:
    """SQLite's count of transactions that changed a file: bytes 24 to 27 of its header (not counted in WAL mode)."""
    with open(path, 'rb') as database:
        return int.from_bytes(database.read(28)[24:], 'big')


def storm(env: LiveEnvironment, say: Callable[[str], None]) -> bool:
    """Change each film once, as fast as the simulated server can; true if Kodi has all of it in the end."""
    films = list(env.sync_env.library.items('movie'))
    env.sim.reset_stats()
    env.sync_env.library.set_section(films[0].section.id, refreshing=True)
    rival = subprocess.Popen([sys.executable, '-m', 'tools.bench.rival', env.sync_env.video_db], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    commits = _commits(str(env.running.shared.databases.state_path))
    began = time.monotonic()
    for film in films:
        env.sync_env.library.update(film.rating_key, summary='Scanned')
    told = time.monotonic() - began
    env.sync_env.library.set_section(films[0].section.id, refreshing=False)
    env.sim.events.activity('ended', 'library.update.section', 'scan', {'librarySectionID': str(films[0].section.id)})
    left = [len(films)]

    def done() -> bool:
        left[0], = env.sync_env.rows("SELECT count(*) FROM movie WHERE c01 <> 'Scanned'")[0]
        return not left[0]
    while not done() and time.monotonic() - began < 600.0:
        time.sleep(0.2)
    took = time.monotonic() - began
    longest, _ = rival.communicate()
    requests = env.sim.requests
    say('%d events in %.1f s; all in Kodi after %.1f s, %d missing' % (len(films), told, took, left[0]))
    say('%d transactions that changed our database, and with it Kodi\'s' % (
        _commits(str(env.running.shared.databases.state_path)) - commits))
    say('%d requests, %d looks, %d batches of items' % (
        len(requests.find('.*')), len(requests.find('/library/sections$')), len(requests.find('/library/metadata/'))))
    say('longest wait of another writer: %.0f ms' % (float(longest) * 1000.0))
    return not left[0]
