"""Each setting that the user sees has an effect, an explanation and a default, and what it offers is understood."""
from __future__ import annotations

import ast
import dataclasses
import xml.etree.ElementTree as ElementTree
from typing import Any, Dict, Iterator, List, Set, Tuple

import pytest

from resources.lib.kodi import settings
from tests.fakes import FakeKodi, addon_files

LIB = addon_files.ROOT / 'resources' / 'lib'
ENGLISH, GERMAN = addon_files.strings('en_gb'), addon_files.strings('de_de')
NODES = list(ElementTree.parse(str(addon_files.ROOT / 'resources/settings.xml')).getroot().iter('setting'))
NAMES = [node.get('id', '') for node in NODES]
FIELDS = {field.name: field for field in dataclasses.fields(settings.Settings)}
#: Written by the service for the user to read; they cannot be changed.
SHOWN_ONLY = {'user_name', 'server_name', 'last_sync', 'start_user_name'}
VISIBLE = [node for node in NODES if node.findtext('visible') != 'false']


def read_by_code() -> Set[str]:
    """Fields of the record that a module reads from ``…settings.current``, ``settings.load()`` or a name for one."""
    found: Set[str] = set()
    for path in LIB.rglob('*.py'):
        tree = ast.parse(path.read_text(encoding='utf-8'))
        names = {name for node in ast.walk(tree) for name in _named(node)}
        found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
                  and (_is_record(node.value) or isinstance(node.value, ast.Name) and node.value.id in names)}
    return found


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        pairs: List[Tuple[ast.expr, ast.expr]] = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts))
        yield from (name.id for name, value in pairs if isinstance(name, ast.Name) and _is_record(value))
    elif isinstance(node, ast.arg) and node.annotation is not None and 'Settings' in ast.dump(node.annotation):
        yield node.arg


def _is_record(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == 'current'
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == 'load'


def test_no_setting_is_without_effect() -> None:
    assert set(FIELDS) - read_by_code() == SHOWN_ONLY & set(FIELDS)


def test_what_is_only_shown_cannot_be_changed() -> None:
    fixed = {node.get('id') for node in VISIBLE if node.findtext('enable') == 'false'}
    assert fixed == SHOWN_ONLY


def test_names_are_there_once() -> None:
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize('node', VISIBLE, ids=lambda node: node.get('id'))
def test_it_is_explained_in_both_languages_and_has_a_level(node: ElementTree.Element) -> None:
    for attribute in ('label', 'help'):
        number = int(node.get(attribute) or 0)
        assert ENGLISH.get(number) and GERMAN.get(number), attribute
    assert node.get('label') != node.get('help') and node.findtext('level') in ('0', '1', '2', '3')


@pytest.mark.parametrize('node', NODES, ids=lambda node: node.get('id'))
def test_it_has_a_default_or_is_a_button(node: ElementTree.Element) -> None:
    if node.get('type') == 'action':
        assert (node.findtext('data') or '').startswith('RunPlugin(')
        assert node.find('control/close') is not None, 'a window over the open settings would be hidden'
    else:
        assert node.find('default') is not None


def test_what_depends_on_another_names_one_that_is_there() -> None:
    root = ElementTree.parse(str(addon_files.ROOT / 'resources/settings.xml')).getroot()
    others = {node.get('setting') for kind in ('dependency', 'condition') for node in root.iter(kind)
              if node.find('.//condition') is None}
    assert others and others - set(NAMES) == set()
    assert {node.get('parent') for node in NODES if node.get('parent')} - set(NAMES) == set()


def offered() -> List[Tuple[str, str]]:
    """(name, value) of all that can be chosen, and of the lowest and the highest number that can be typed."""
    found = [(node.get('id', ''), option.text or '') for node in NODES for option in node.iter('option')]
    return found + [(node.get('id', ''), bound.text or '') for node in NODES for kind in ('minimum', 'maximum')
                    for bound in node.iter(kind)]


@pytest.mark.parametrize(('name', 'value'), offered())
def test_what_can_be_chosen_is_understood(fake_kodi: FakeKodi, name: str, value: str) -> None:
    fake_kodi.set_setting(name, value)
    read: Dict[str, Any] = dataclasses.asdict(settings.load())
    assert str(read[name]) == value
