"""What the documents say is true."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from resources.lib.plugin.routes import LIST, ROUTES
from tools.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[1]
ARCHITECTURE = (ROOT / 'docs/architecture.md').read_text(encoding='utf-8')


def _chapter(name: str) -> str:
    return ARCHITECTURE.split('\n## %s\n' % name)[1].split('\n## ')[0]


@pytest.mark.parametrize('document', ['docs/defects.md', 'docs/security.md'])
def test_each_test_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding='utf-8')
    named = set(re.findall(r'`(?:tests/[\w/]+/)?(test_\w+)`', text))
    files = set(re.findall(r'`((?:tests|docs)/[\w/]+\.\w+)`', text))
    there = {name for path in (ROOT / 'tests').rglob('test_*.py')
             for name in re.findall(r'^def (test_\w+)', path.read_text(encoding='utf-8'), re.MULTILINE)}
    assert named and files
    assert sorted(named - there) == []
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_every_target_of_the_fuzz_run_is_documented() -> None:
    text = (ROOT / 'docs/security.md').read_text(encoding='utf-8').partition('## Fuzz')[2]
    named = {name for row in re.findall(r'^\| ([^|]+) \|', text, re.MULTILINE) for name in row.split(', ')}
    assert {target.name for target in TARGETS} == named - {'target', '---'}


def test_all_routes_of_the_plugin_are_documented() -> None:
    """The lists beside them are checked where the service is: ``tests/unit/service/test_documented_calls.py``."""
    documented = set(re.findall(r'`/(\w*)', _chapter('Plugin routes').split('Everything else:')[1]))
    assert documented == {route.path.rstrip('/') for route in ROUTES}


def test_all_options_of_lists_are_documented() -> None:
    assert all(name + '=' in _chapter('Plugin routes') for name, _ in LIST.options)
    skins = (ROOT / 'docs/skins.md').read_text(encoding='utf-8')
    assert all(name + '=' in skins for name, _ in LIST.options if name != 'start')


def test_all_threads_are_documented() -> None:
    named = {name for path in (ROOT / 'resources').rglob('*.py')
             for name in re.findall(r"'(pkc-[a-z-]+)'", path.read_text(encoding='utf-8'))}
    assert named - set(re.findall(r'`(pkc-[a-z-]+)`', _chapter('Threads'))) == set()


@pytest.mark.parametrize('document', ['docs/architecture.md', 'CONTRIBUTING.md'])
def test_files_that_a_document_names_exist(document: str) -> None:
    """A path is given from the root, from ``resources/lib``, or from the room named before it in the same cell."""
    text = (ROOT / document).read_text(encoding='utf-8')
    named = set(re.findall(r'`([\w./]+\.(?:py|md|xml|po|txt)|[\w./]+/)`', text))
    everything = [str(path.relative_to(ROOT)) + ('/' if path.is_dir() else '')
                  for folder in ('resources', 'tests', 'tools', 'docs') for path in (ROOT / folder).rglob('*')]
    everything += [path.name for path in ROOT.iterdir()]
    missing = [name for name in named if '…' not in name and '<' not in name
               and not any(path == name or path.endswith('/' + name) for path in everything)]
    assert named and sorted(missing) == []
