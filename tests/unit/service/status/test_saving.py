"""Saving the log for a report: where it goes, what is in it, and what happens when it cannot be written."""
from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, List, Tuple

import pytest

from resources.lib.kodi import files
from resources.lib.kodi.texts import status as texts
from resources.lib.service.status import log_report, saving
from resources.lib.service.status.saving import LogSaver, in_lines
from resources.lib.service.status_board import StatusLine
from tests.fakes import FakeKodi
from tests.support.shared import make_shared

PAGE = {'Account': [StatusLine('Signed in as', 'Käthe'), StatusLine('Changes', 'none', True)]}
OWN, OTHER = 0, 1
LINE = '2026-11-28 18:00:01.123 T:77 info <general>: line %d, all is well\n'


class User:
    """Somebody who saves the log."""

    def __init__(self, kodi: FakeKodi, folder: Path) -> None:
        self.kodi, self.folder = kodi, folder
        self.logs = Path(kodi.real_path('special://logpath'))
        self.logs.mkdir(exist_ok=True)
        auth: Any = SimpleNamespace(names=lambda: {'Käthe', 'Attic'})
        self.shared = make_shared(auth)

    def log(self, content: str, name: str = 'kodi.log') -> None:
        (self.logs / name).write_bytes(content.encode('utf-8'))

    def saves(self, *answers: Any) -> List[Tuple[str, Any]]:
        """The dialogs."""
        self.kodi.dialogs.clear()
        self.kodi.answer(*answers)
        LogSaver(self.shared).save(PAGE)
        return self.kodi.dialogs

    def told(self) -> str:
        kind, (_, message) = self.kodi.dialogs[-1]
        assert kind == 'ok'
        return str(message)

    def saved(self) -> str:
        """The content of the only report."""
        path, = self.folder.glob('plexkodiconnect-log-*.txt')
        assert self.told() == self.kodi.text(texts.SAVE_LOG_DONE) % in_lines(str(path))
        return path.read_text(encoding='utf-8')


@pytest.fixture
def user(fake_kodi: FakeKodi, tmp_path: Path) -> User:
    folder = tmp_path / 'chosen'
    folder.mkdir()
    return User(fake_kodi, folder)


def test_the_status_and_both_logs_are_in_one_file(user: User) -> None:
    user.log('now\n' + LINE % 1)
    user.log('before\n', 'kodi.old.log')
    user.saves(OTHER, str(user.folder))
    assert user.saved() == ('Account\n    Signed in as: <user>\n    Changes: none (!)\n\n==== kodi.log ====\nnow\n'
                            + LINE % 1 + '\n==== kodi.old.log ====\nbefore\n')


def test_kodis_own_folder_takes_one_press(user: User) -> None:
    user.log('now\n')
    user.folder = user.kodi.profile
    (kind, (_, rows, preselected)), _ = user.saves(OWN)
    assert kind == 'select' and rows[preselected] == (user.kodi.text(texts.SAVE_LOG_HERE), str(user.kodi.profile))
    assert 'now' in user.saved()


@pytest.mark.parametrize('answers', [(), (OTHER,), (OTHER, '')])
def test_giving_up_writes_nothing_and_says_nothing(user: User, answers: Tuple[Any, ...]) -> None:
    user.log('now\n')
    assert 'ok' not in [kind for kind, _ in user.saves(*answers)]
    assert not list(user.folder.iterdir())


def test_without_a_log_the_user_is_told(user: User) -> None:
    user.saves()
    assert user.told() == user.kodi.text(texts.NO_LOG)


def test_a_folder_that_takes_nothing_is_named(user: User) -> None:
    user.log('now\n')
    gone = str(user.folder / 'gone')
    user.saves(OTHER, gone)
    assert user.told() == user.kodi.text(texts.SAVE_LOG_REFUSED) % in_lines(gone)


def test_a_full_disk_is_told_and_half_a_file_removed(user: User) -> None:
    user.log(''.join(LINE % number for number in range(5000)))
    user.kodi.disk_space = 150_000
    user.saves(OTHER, str(user.folder))
    assert user.told() == user.kodi.text(texts.SAVE_LOG_BROKE_OFF) % in_lines(str(user.folder))
    assert not list(user.folder.iterdir())


def test_a_file_that_arrived_in_part_only_is_no_report(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share that takes everything and keeps half of it."""
    user.log('now\n' * 100)
    monkeypatch.setattr('tests.fakes.xbmcvfs.Stat.st_size', lambda self: 10)
    user.saves(OTHER, str(user.folder))
    assert user.told() == user.kodi.text(texts.SAVE_LOG_BROKE_OFF) % in_lines(str(user.folder))
    assert not list(user.folder.iterdir())


def test_it_can_be_cancelled(user: User) -> None:
    user.log(''.join(LINE % number for number in range(5000)))
    dialogs = user.saves(OTHER, str(user.folder), 'cancel')
    assert 'ok' not in [kind for kind, _ in dialogs] and not list(user.folder.iterdir())
    assert not user.kodi.progress[-1].open


def test_kodis_end_cancels_it(user: User) -> None:
    user.log(''.join(LINE % number for number in range(5000)))
    user.shared.stopping.cancel()
    user.saves(OTHER, str(user.folder))
    assert not list(user.folder.iterdir())


def test_a_long_log_is_saved_with_progress_and_from_its_end(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_report, 'MOST_BYTES', 200_000)
    monkeypatch.setattr(saving, '_PIECE', 10_000)
    monkeypatch.setattr('resources.lib.kodi.dialogs._UPDATES_PER_SECOND', 1e9)
    user.log(''.join(LINE % number for number in range(5000)))
    user.log('before\n', 'kodi.old.log')
    user.saves(OTHER, str(user.folder))
    lines = user.saved().splitlines()
    assert lines[-1] == (LINE % 4999).rstrip() and lines[6].startswith('2026-11-28') and len(lines) < 3400
    assert 'before' not in lines, 'no room for the older one'
    percents = [percent for percent, _ in user.kodi.progress[-1].updates]
    assert percents == sorted(percents) and len(percents) > 10 and percents[-1] > 90


def test_a_log_that_grows_meanwhile_is_taken_from_its_beginning(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kodi goes on writing, also of this very action."""
    user.log('the first line\n' + LINE % 1)
    asked = files.size

    def size(path: str) -> int:
        before = asked(path)
        if path.endswith('kodi.log'):
            user.log('the first line\n' + LINE % 1 + LINE % 2)
        return before
    monkeypatch.setattr(files, 'size', size)
    user.saves(OTHER, str(user.folder))
    assert '==== kodi.log ====\nthe first line\n' + LINE % 1 in user.saved()


def test_memory_does_not_grow_with_the_log_nor_with_a_line() -> None:
    def pieces() -> Any:
        for _ in range(400):
            yield b'x' * 65536
        yield b' end\nnext\n'
    assert list(log_report.lines(pieces(), True)) == [' [cut]', 'next']
    assert max(map(len, log_report.lines([b'word ' * 5000 + b'\n'], True))) < log_report.LONGEST_LINE + 10


def test_a_cut_never_leaves_half_a_secret() -> None:
    token = b'aBcD3fGh1jKlMn0pQr5t'
    line = b'w ' * ((log_report.LONGEST_LINE - 10) // 2) + token + b' more' * 10 + b'\n'
    found, = log_report.lines([line], True)
    assert 'aBcD3' not in found and found.endswith('w [cut]')


@pytest.mark.parametrize('size', [1, 2, 3, 7, 64])
def test_lines_do_not_depend_on_how_the_log_is_read(size: int) -> None:
    raw = 'half\nKäthe\r\n\nlast'.encode()
    pieces = [raw[at:at + size] for at in range(0, len(raw), size)]
    assert list(log_report.lines(pieces, True)) == ['half', 'Käthe', '', 'last']
    assert list(log_report.lines(pieces, False)) == ['Käthe', '', 'last']


def test_bytes_that_are_no_text_do_not_stop_it(user: User) -> None:
    (user.logs / 'kodi.log').write_bytes(b'a \xff\xfe b\n')
    user.saves(OTHER, str(user.folder))
    assert 'a \ufffd\ufffd b' in user.saved()


def test_a_windows_folder_has_its_own_separator() -> None:
    from resources.lib.kodi.files import joined
    assert joined('C:\\logs', 'a') == 'C:\\logs\\a' and joined('smb://nas/x/', 'a') == 'smb://nas/x/a'
    assert joined('/tmp/x', 'a') == '/tmp/x/a' and os.path.join('/tmp/x', 'a') == '/tmp/x/a'


@pytest.mark.parametrize(('path', 'shown'), [
    ('/storage/.kodi/userdata/x.txt', '/storage/.kodi/userdata/x.txt'),
    ('/home/anna/.kodi/userdata/plexkodiconnect-log-2026-11-28-182003.txt',
     '/home/anna/.kodi/userdata/[CR]plexkodiconnect-log-2026-11-28-182003.txt'),
    ('smb://nas/' + 'a' * 50 + '/b', 'smb://nas/[CR]' + 'a' * 50 + '/[CR]b'),
    ('C:\\Users\\anna', 'C:\\Users\\anna')])
def test_a_long_path_is_shown_whole(path: str, shown: str) -> None:
    assert in_lines(path) == shown
