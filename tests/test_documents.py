"""What the documents say of the tests is true."""
from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_each_test_that_the_table_of_defects_names_exists() -> None:
    text = (ROOT / 'docs/defects.md').read_text(encoding='utf-8')
    named = set(re.findall(r'`(?:tests/[\w/]+/)?(test_\w+)`', text))
    files = set(re.findall(r'`((?:tests|docs)/[\w/]+\.\w+)`', text))
    there = {name for path in (ROOT / 'tests').rglob('test_*.py')
             for name in re.findall(r'^def (test_\w+)', path.read_text(encoding='utf-8'), re.MULTILINE)}
    assert named and files
    assert sorted(named - there) == []
    assert [name for name in files if not (ROOT / name).exists()] == []
