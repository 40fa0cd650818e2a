"""The reports of the last syncs, as the user reads them."""
from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict, List

import pytest

from resources.lib.kodi.addon import Addon
from resources.lib.library_sync.report import SyncReport
from resources.lib.service import profile_file
from resources.lib.service.library import report_text
from resources.lib.service.library.history import FILE_NAME, LAST_FILE_NAME, SyncHistory
from tests.fakes import FakeKodi

RUN: Dict[str, Any] = {
    'added': 5, 'changed': 1, 'watched': 2, 'removed': 3, 'unchanged': 400, 'requests': 54, 'received': 27500000,
    'seconds': 4.73, 'finished': '2026-11-24 02:00', 'reason': 'full_check', 'skipped': {'unreadable': 7},
    'error': 'the server is busy'}


def test_a_report_tells_what_was_done_and_what_was_left_out(fake_kodi: FakeKodi) -> None:
    words = report_text.words(RUN, Addon().text)
    for part in ('2026-11-24 02:00 (full check), 4.7 seconds', 'Added: 5', 'Removed: 3', '54 (27.5 MB)',
                 '7 (unreadable)', 'the server is busy'):
        assert part in words


def test_numbers_have_the_decimal_sign_of_the_users_language(fake_kodi: FakeKodi) -> None:
    fake_kodi.language = 'de_de'
    words = report_text.words(RUN, Addon().text)
    assert '4,7 Sekunden' in words and '54 (27,5 MB)' in words


def test_what_a_full_check_wrote_anew_though_it_was_the_same_is_unchanged(fake_kodi: FakeKodi) -> None:
    words = report_text.words(dict(RUN, changed=0, rewritten=30), Addon().text)
    assert 'Changed: 0' in words and 'Unchanged: 430' in words


def test_the_history_begins_with_the_newest_and_tells_of_each_what_it_left_out(fake_kodi: FakeKodi) -> None:
    older = dict(RUN, finished='2026-11-23 02:00', reason='timer', error='', cancelled=True)
    lines = report_text.history([RUN, older], Addon().text).split('[CR]')
    assert lines[0].startswith('2026-11-24 02:00')
    begin = lines.index('[B]Before that[/B]')
    assert lines[begin + 1:] == ['2026-11-23 02:00 (by timer), 4.7 seconds: 5 added, 3 changed, 3 removed',
                                 '    Left out: 7 (unreadable)', '    cancelled']


@pytest.mark.parametrize(('more', 'words'), [
    ({'error': ''}, '2026-11-24 02:00: 5 added, 3 changed, 3 removed'),
    ({}, '2026-11-24 02:00: Ended early: the server is busy'),
    ({'error': '', 'added': 0, 'changed': 0, 'watched': 0, 'removed': 0, 'complete': True},
     '2026-11-24 02:00: Library is up to date'),
    ({'error': '', 'added': 0, 'changed': 0, 'watched': 0, 'removed': 0, 'complete': False},
     '2026-11-24 02:00: 0 added, 0 changed, 0 removed'),
    ({'error': '', 'cancelled': True}, '2026-11-24 02:00: cancelled')])
def test_the_settings_show_the_last_run_in_a_line(fake_kodi: FakeKodi, more: Dict[str, Any], words: str) -> None:
    assert report_text.summary(dict(RUN, **more), Addon().text) == words


def test_the_moment_has_the_form_of_kodis_region(fake_kodi: FakeKodi) -> None:
    fake_kodi.region.update(dateshort='%d.%m.%Y', time='%H:%M:%S')
    run = dict(RUN, finished_at=time.mktime((2026, 11, 24, 2, 0, 0, 0, 0, -1)))
    assert report_text.summary(run, Addon().text).startswith('24.11.2026 02:00: ')


@pytest.mark.parametrize('run', [{}, {'added': 'x', 'seconds': None, 'skipped': [], 'reason': 7}])
def test_a_run_with_gaps_is_still_shown(fake_kodi: FakeKodi, run: Dict[str, Any]) -> None:
    assert 'Added: 0' in report_text.history([run, run], Addon().text)


# ---- the file ------------------------------------------------------------------------------------------------------

def test_the_last_twenty_runs_are_kept_newest_first(tmp_path: Path) -> None:
    history = SyncHistory(str(tmp_path))
    for count in range(25):
        history.add('timer', SyncReport(added=count, finished_at=1e9))
    assert [run['added'] for run in history.runs()] == list(range(24, 4, -1))
    assert profile_file.read(str(tmp_path / LAST_FILE_NAME))['added'] == 24
    assert sorted(path.name for path in tmp_path.iterdir()) == [LAST_FILE_NAME, FILE_NAME]


@pytest.mark.parametrize('content', ['', 'no json', '{}', '[7, "x"]'])
def test_a_damaged_history_begins_anew(tmp_path: Path, content: str) -> None:
    history = SyncHistory(str(tmp_path))
    (tmp_path / FILE_NAME).write_text(content)
    assert history.runs() == []
    history.add('user', SyncReport(error='x'))
    assert [run['reason'] for run in history.runs()] == ['user']


def test_without_a_sync_there_is_no_report(tmp_path: Path, fake_kodi: FakeKodi) -> None:
    assert report_text.history(SyncHistory(str(tmp_path)).runs(), Addon().text) == ''


def test_a_full_disk_leaves_the_old_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = SyncHistory(str(tmp_path))
    history.add('user', SyncReport(added=1))
    before: List[Dict[str, Any]] = history.runs()

    def full(_descriptor: int) -> None:
        raise OSError(28, 'no space left')
    monkeypatch.setattr('os.fsync', full)
    history.add('timer', SyncReport(added=2))
    assert history.runs() == before
