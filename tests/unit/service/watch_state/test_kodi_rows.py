"""When Kodi's rows are compared with ours; what becomes of differences is tested over the whole service."""
from __future__ import annotations

import threading
from pathlib import Path

import pytest

from resources.lib import state_db
from resources.lib.service.shared import Databases
from resources.lib.service.watch_state import kodi_rows
from resources.lib.service.watch_state.kodi_rows import KodiRows


def test_a_first_sync_is_not_read_in_its_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading would hold up its commits, and what differs then is only not written yet."""
    databases = Databases(str(tmp_path))
    state_db.prepare(databases.state_path)
    opened = []
    monkeypatch.setattr(databases, 'video_path', lambda: opened.append(1))
    rows = KodiRows(databases, lambda *_: None, lambda _machine, _: False)
    with databases.writing:
        assert rows.look() <= 1.0 and not opened
    rows.look()
    assert opened


def test_after_a_sync_has_written_the_rows_are_looked_at_at_once(tmp_path: Path,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """And not when the next look would be, which is put off as long as it writes."""
    databases = Databases(str(tmp_path))
    state_db.prepare(databases.state_path)
    rows = KodiRows(databases, lambda *_: None, lambda _machine, _: False)
    looked, looked_again = threading.Event(), threading.Event()

    def look() -> float:
        (looked_again if looked.is_set() else looked).set()
        return 600.0
    monkeypatch.setattr(kodi_rows, '_INTERVAL', 0.01)
    monkeypatch.setattr(rows, 'look', look)
    with databases.writing:
        rows.start()
        assert looked.wait(20.0) and not looked_again.wait(0.2)
    assert looked_again.wait(20.0)
    rows.stop()
