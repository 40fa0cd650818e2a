"""Kodi's own checker has nothing to say against any add-on of our repository."""
from __future__ import annotations

from pathlib import Path

import pytest

from tools import addon_check

OURS = 'plugin.video.plexkodiconnect'


@pytest.fixture(scope='module')
def unpacked(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return addon_check.unpack(repo, tmp_path_factory.mktemp('addons'))


@pytest.mark.parametrize('branch', addon_check.BRANCHES)
def test_no_add_on_has_a_problem_or_a_warning(unpacked: Path, branch: str) -> None:
    assert len(list(unpacked.iterdir())) > 10
    assert addon_check.check(unpacked, branch) == []


def test_what_is_wrong_is_found(unpacked: Path, tmp_path: Path) -> None:
    for name, content in (('addon.xml', (unpacked / OURS / 'addon.xml').read_text(encoding='utf-8')),
                          ('notes.xyz', ''), ('resources/media/icon.png', 'no picture')):
        path = tmp_path / OURS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding='utf-8')
    found = addon_check.check(tmp_path, 'nexus')
    assert {finding.addon for finding in found} == {OURS} and {finding.level for finding in found} == {'ERROR', 'WARN'}
    told = '\n'.join(finding.message for finding in found)
    assert 'script.module.requests is not available' in told and 'notes.xyz' in told and 'is the file corrupted' in told
