"""Files of nodes come and go; those of Kodi and of the user stay."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Dict

import pytest

from resources.lib.service.nodes.files import NodeFiles

OURS = {'library/video/plex_1/index.xml': '<node/>', 'library/video/plex_1/all.xml': '<node>1</node>',
        'playlists/video/plex_1.xsp': '<smartplaylist/>'}


class Folder:
    def __init__(self, root: Path) -> None:
        self.profile, self.system = root / 'profile', root / 'system'
        (self.system / 'movies').mkdir(parents=True)
        self.profile.mkdir()
        (self.system / 'files.xml').write_text('files')
        (self.system / 'movies' / 'index.xml').write_text('films')
        self.files = NodeFiles(str(self.profile), 'library/video', str(self.system), str(root / 'nodes.json'))

    def there(self) -> Dict[str, str]:
        return {str(path.relative_to(self.profile)): path.read_text() for path in sorted(self.profile.rglob('*'))
                if path.is_file()}

    def nodes(self) -> Dict[str, str]:
        return {path: text for path, text in self.there().items() if path.startswith('library/')}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_kodis_own_nodes_stand_beside_ours_and_go_with_them(folder: Folder) -> None:
    assert folder.files.update(OURS)
    assert folder.there() == dict(OURS, **{'library/video/files.xml': 'files',
                                           'library/video/movies/index.xml': 'films'})
    assert folder.files.update({}) and folder.there() == {} and not (folder.profile / 'library' / 'video').exists()


def test_nothing_is_written_when_nothing_changed(folder: Folder) -> None:
    folder.files.update(OURS)
    before = {path: os.stat(folder.profile / path).st_mtime_ns for path in folder.there()}
    assert not folder.files.update(OURS)
    assert {path: os.stat(folder.profile / path).st_mtime_ns for path in folder.there()} == before


def test_what_changed_is_written_and_what_is_not_wanted_goes(folder: Folder) -> None:
    folder.files.update(OURS)
    (folder.system / 'files.xml').write_text('newer Kodi')
    wanted = {'library/video/plex_1/index.xml': '<node>new</node>'}
    assert folder.files.update(wanted)
    assert folder.nodes() == dict(wanted, **{'library/video/files.xml': 'newer Kodi',
                                             'library/video/movies/index.xml': 'films'})


def test_nodes_that_the_user_has_already_stay_alone(folder: Folder) -> None:
    own = folder.profile / 'library' / 'video' / 'mine.xml'
    own.parent.mkdir(parents=True)
    own.write_text('mine')
    folder.files.update(OURS)
    assert 'library/video/files.xml' not in folder.there(), "the user has left Kodi's out"
    folder.files.update({})
    assert folder.there() == {'library/video/mine.xml': 'mine'}


def test_what_the_user_changed_is_kept(folder: Folder) -> None:
    folder.files.update(OURS)
    (folder.profile / 'library' / 'video' / 'plex_1' / 'all.xml').write_text('changed')
    folder.files.update(dict(OURS, **{'library/video/plex_1/all.xml': 'newer'}))
    assert folder.there()['library/video/plex_1/all.xml'] == 'changed'


def test_kodis_own_nodes_stay_when_the_user_has_put_something_beside_them(folder: Folder) -> None:
    folder.files.update(OURS)
    (folder.profile / 'library' / 'video' / 'mine.xml').write_text('mine')
    folder.files.update({})
    assert set(folder.nodes()) == {'library/video/mine.xml', 'library/video/files.xml',
                                   'library/video/movies/index.xml'}


def test_a_file_of_somebody_else_in_our_place_is_not_overwritten(folder: Folder) -> None:
    path = folder.profile / 'playlists' / 'video' / 'plex_1.xsp'
    path.parent.mkdir(parents=True)
    path.write_text('his')
    folder.files.update(OURS)
    assert path.read_text() == 'his'


@pytest.mark.parametrize('content', ['', '[]', '{"written": []}', '{'])
def test_a_damaged_manifest_costs_nothing_of_the_users(folder: Folder, tmp_path: Path, content: str) -> None:
    folder.files.update(OURS)
    (tmp_path / 'nodes.json').write_text(content)
    folder.files.update(OURS)
    assert set(OURS) <= set(folder.there())
