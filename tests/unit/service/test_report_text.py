"""The report of the last sync, as the user reads it."""
from __future__ import annotations

from pathlib import Path

import pytest

from resources.lib.kodi.addon import Addon
from resources.lib.service import report_text
from tests.fakes import FakeKodi


def test_a_report_tells_what_was_done_and_what_was_left_out(fake_kodi: FakeKodi) -> None:
    words = report_text.words({'added': 5, 'changed': 1, 'watched': 2, 'removed': 3, 'unchanged': 400, 'requests': 54,
                               'received': 27500000, 'seconds': 4.73, 'finished': '2026-11-24 02:00',
                               'skipped': {'unreadable': 7}, 'error': 'the server is busy'}, Addon().text)
    for part in ('2026-11-24 02:00, 4.7 seconds', 'Added: 5', 'Removed: 3', '54 (27.5 MB)', '7 (unreadable)',
                 'the server is busy'):
        assert part in words


@pytest.mark.parametrize('content', ['', 'no json', '[]'])
def test_a_damaged_report_is_no_report(tmp_path: Path, fake_kodi: FakeKodi, content: str) -> None:
    path = tmp_path / 'last_sync.json'
    assert report_text.read(str(path), Addon().text) == ''
    path.write_text(content)
    assert report_text.read(str(path), Addon().text) == ''
