"""How far the pictures have been gone through is kept, and a damaged file is no pass."""
from __future__ import annotations

from pathlib import Path

import pytest

from resources.lib.service.artwork.pass_state import FILE_NAME, PassFile, PassState


def test_a_pass_is_kept_until_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    file = PassFile(str(path))
    assert file.read() is None
    for state in (PassState('mid'), PassState('mid', True, 17, True, 5, 2)):
        file.write(state)
        assert file.read() == state
    file.write(None)
    assert file.read() is None and not path.exists()
    file.write(None)


@pytest.mark.parametrize('content', [
    b'', b'{', b'[]', b'null', b'{"after": 3}', b'{"machine_identifier": 7}', b'{"machine_identifier": null}'])
def test_a_damaged_file_is_no_pass(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert PassFile(str(tmp_path / FILE_NAME)).read() is None


def test_odd_values_are_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"machine_identifier": "mid", "asked": 1, "after": -3, "loaded": "x", "x": 1}')
    assert PassFile(str(tmp_path / FILE_NAME)).read() == PassState('mid')
