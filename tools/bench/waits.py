"""How long Kodi takes for its simplest answer meanwhile, and the row for a first sync in Kodi."""
from __future__ import annotations

import contextlib
import statistics
import threading
import time
from typing import Any, Dict, Iterator, List

from tools.bench.table import Line
from tools.kodilab import KodiLab


def sync_line(report: Dict[str, Any]) -> Line:
    items = report['added'] + report['changed'] + report['unchanged']
    seconds = float(report['seconds'])
    return Line('first sync, 20 ms, %d items' % items, '%.2f s' % seconds, '', '', str(report['requests']),
                '%.1f' % (report['received'] / 1e6), '1.4 s', 'yes' if seconds <= 1.4 else 'no, %.1f times' % (
                    seconds / 1.4))


@contextlib.contextmanager
def pinging(lab: KodiLab) -> Iterator[List[float]]:
    """The seconds that Kodi takes for its simplest JSON-RPC answer, requested every 20 ms."""
    waits: List[float] = []
    ended = threading.Event()

    def ping() -> None:
        while not ended.wait(0.02):
            begun = time.monotonic()
            lab.rpc('Application.GetProperties', properties=['volume'])
            waits.append(time.monotonic() - begun)

    thread = threading.Thread(target=ping)
    thread.start()
    try:
        yield waits
    finally:
        ended.set()
        thread.join()


def wait_line(name: str, waits: List[float]) -> Line:
    ordered = sorted(waits)
    last = ordered[int(len(ordered) * 0.99)]
    return Line('JSON-RPC %s, %d calls' % (name, len(ordered)), '%.0f ms' % (1000 * statistics.median(ordered)),
                'p99 %.0f ms, most %.0f ms' % (1000 * last, 1000 * ordered[-1]), '', '', '', '', '')
