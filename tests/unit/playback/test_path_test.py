"""Whether a folder is the right one, and finding it."""
from __future__ import annotations

from typing import List, Set, Tuple

import pytest

from resources.lib.playback import path_test
from resources.lib.playback.path_test import Tried
from resources.lib.playback.reach import Shares
from resources.lib.playback.share_paths import Mapping

LOCATION = '/volume1/Films'
FILES = ['/volume1/Films/gone.mkv', '/volume1/Films/A/a.mkv']


class FakeFiles:
    """What Kodi can see."""

    def __init__(self) -> None:
        self.there: Set[str] = set()
        self.looks: List[str] = []

    def exists(self, path: str) -> bool:
        self.looks.append(path)
        return any(one == path or path.endswith('/') and one.startswith(path) for one in self.there)

    def listed(self, folder: str) -> Tuple[List[str], List[str]]:
        raise AssertionError('nobody needs that')


@pytest.fixture
def files() -> FakeFiles:
    return FakeFiles()


def tried(files: FakeFiles, samples: List[str]) -> Tried:
    return path_test.try_folder(Shares(files), Mapping(LOCATION, 'smb://nas/Films/'), samples)


def test_it_says_which_file_it_tried_and_what_came_back(files: FakeFiles) -> None:
    assert tried(files, FILES) == Tried('smb://nas/Films/A/a.mkv', path_test.FOLDER_MISSING)
    files.there = {'smb://nas/Films/other.mkv'}
    assert tried(files, FILES) == Tried('smb://nas/Films/A/a.mkv', path_test.FILE_MISSING)
    assert tried(files, []) == Tried('smb://nas/Films/', path_test.NO_FILE)
    files.there = {'smb://nas/Films/A/a.mkv'}
    assert tried(files, FILES) == Tried('smb://nas/Films/A/a.mkv', path_test.FOUND)


def test_a_share_that_does_not_answer_is_said_to_be_silent(files: FakeFiles) -> None:
    shares = Shares(files)
    shares.rest('smb://nas')
    found = path_test.try_folder(shares, Mapping(LOCATION, 'smb://nas/Films/'), FILES)
    assert found == Tried('smb://nas/Films/gone.mkv', path_test.SILENT) and not files.looks


def test_the_search_believes_only_a_file_that_is_there(files: FakeFiles) -> None:
    sources = ['smb://old/Films/', 'nfs://nas/volume1/']
    files.there = {'smb://old/Films/something.mkv', 'nfs://nas/volume1/Films/A/a.mkv'}
    assert path_test.search(Shares(files), LOCATION, sources, FILES) == 'nfs://nas/volume1/Films/'
    files.there.clear()
    assert path_test.search(Shares(files), LOCATION, sources, FILES) == ''


def test_the_search_ends_in_time_and_after_so_many_looks(files: FakeFiles) -> None:
    many = ['smb://nas/source%d/' % number for number in range(500)]
    path_test.search(Shares(files), LOCATION, many, FILES)
    assert len(files.looks) <= 60 * 3
    files.looks.clear()
    clock = iter([0.0, 10.0, 31.0])
    path_test.search(Shares(files), LOCATION, many, FILES, lambda: next(clock))
    assert 0 < len(files.looks) <= 3
