"""When Kodi's rows are compared with ours; what becomes of differences is tested over the whole service."""
from __future__ import annotations

from pathlib import Path

import pytest

from resources.lib import state_db
from resources.lib.service.shared import Databases
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
