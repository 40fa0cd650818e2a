"""For all tests: their folders are in memory, where there is room for them, and no test knows another one's secrets."""
from __future__ import annotations

import os
import shutil

import pytest

from resources.lib import plex_watchdog
from resources.lib.library_sync import batch_writer, later_people
from resources.lib.redaction import REDACTOR, Redactor
from tools.plexsim.http.port import Port
from tools.ports import free_port

_MEMORY = '/dev/shm'
#: Bytes that must be free there; the homes of a dozen real Kodis need half of them.
_ENOUGH = 2 << 30


def _use_memory() -> None:
    """Have pytest make its folders in memory: SQLite waits for the disk at each commit, a thousand times in all."""
    if os.environ.get('KODI_SUITE') or os.environ.get('KODI_UPGRADE'):
        return  # a Kodi of another system sees nothing but /tmp
    try:
        enough = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH
    except OSError:
        return
    if enough:
        os.environ.setdefault('PYTEST_DEBUG_TEMPROOT', _MEMORY)  # also for the workers of pytest-xdist


_use_memory()
# The thread that watches a session's reads ends soon after the last one: Python waits for it at its end.
plex_watchdog._TICK = 0.2
# Between two transactions others get their turn: hundreds of first syncs have a handful of them each, and no others.
batch_writer.GAP = later_people.GAP = 0.001
_listen = Port.listen


async def _listen_at_own_port(self: Port, number: int) -> str:
    """Have a simulated server that may take any port take one that nobody else gets while it is away."""
    return await _listen(self, number or free_port())


Port.listen = _listen_at_own_port  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_known_secrets() -> None:
    """Begin as a new interpreter does. After a hundred sign-ins each line of the log would take 40 ms."""
    vars(REDACTOR).update(vars(Redactor()))
