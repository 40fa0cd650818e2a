"""Every text is there in English and German, is used, and has an id in the range of its subject.

Other languages, and what all translations have to keep: ``test_translations.py``.
"""
from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ElementTree
from types import ModuleType
from typing import Dict, Set

import pytest

from resources.lib.kodi import texts
from resources.lib.plugin.routes import ROUTES
from tests.fakes import addon_files

RANGES = texts.SUBJECTS
IDS: Dict[str, int] = {name: value for subject in RANGES for name, value in vars(subject).items() if name.isupper()}
ENGLISH, GERMAN = addon_files.strings('en_gb'), addon_files.strings('de_de')
#: First ids of texts that only XML names: settings, windows, settings of pictures, servers and music, categories.
ONLY_IN_XML = (30000, 30200, 30220, 30240, 30260, 30280, 32280)
PLACEHOLDER = re.compile(r'%[sd]')
LIB = addon_files.ROOT / 'resources' / 'lib'


def _settings() -> ElementTree.Element:
    return ElementTree.parse(str(addon_files.ROOT / 'resources/settings.xml')).getroot()


def _named_in_xml() -> Set[int]:
    root = _settings()
    numbers = [node.get(name) for node in root.iter() for name in ('label', 'help')]
    numbers += [node.text for node in root.iter('heading')]
    found = {int(number) for number in numbers if number}
    for path in (addon_files.ROOT / 'resources/skins').rglob('*.xml'):
        found |= {int(one) for one in re.findall(r'\$ADDON\[\S+ (\d+)\]', path.read_text(encoding='utf-8'))}
    return found


def _named_in_code() -> Set[str]:
    """Constants, and names in lower case as the service's answers and errors have them."""
    found: Set[str] = set()
    for path in LIB.rglob('*.py'):
        if path.parent.name == 'texts':
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.Attribute) and node.attr.isupper():
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.islower():
                found.add(node.value.upper())
    return found


@pytest.mark.parametrize('subject', list(RANGES), ids=lambda subject: subject.__name__.rpartition('.')[2])
def test_the_ids_of_a_subject_are_a_range_without_gaps_or_doubles(subject: ModuleType) -> None:
    ids = sorted(value for name, value in vars(subject).items() if name.isupper())
    first = RANGES[subject]
    assert ids == list(range(first, first + len(ids)))


def test_what_only_xml_names_is_a_range_without_gaps_too() -> None:
    rest = sorted(set(ENGLISH) - set(IDS.values()))
    assert rest[0] >= ONLY_IN_XML[0]
    for first, end in zip(ONLY_IN_XML, (*ONLY_IN_XML[1:], 100000)):
        ids = [one for one in rest if first <= one < end]
        assert ids == list(range(first, first + len(ids)))


@pytest.mark.parametrize('language', [ENGLISH, GERMAN], ids=['English', 'German'])
def test_each_text_is_there_and_no_other(language: Dict[int, str]) -> None:
    assert set(language) == set(IDS.values()) | _named_in_xml()
    assert all(language.values())


def test_the_entry_of_the_context_menu_needs_no_text() -> None:
    """Kodi loads it before the texts of an add-on just installed: a number would hide it until a restart."""
    addon = ElementTree.parse(str(addon_files.ROOT / 'addon.xml')).getroot()
    labels = [label.text or '' for item in addon.iter('item') for label in item.iter('label')]
    assert labels and not any(label.isdigit() for label in labels)


def test_each_constant_is_used() -> None:
    assert set(IDS) - _named_in_code() == set()


def test_names_are_unique_over_all_subjects() -> None:
    names = [name for subject in RANGES for name in vars(subject) if name.isupper()]
    assert len(names) == len(set(names)) and set(texts.SUBJECTS) == set(RANGES)


def test_each_name_that_the_service_answers_with_has_a_text() -> None:
    """``ApiError('name')``, ``{'text': 'name'}`` and ``screen.tell('name')`` anywhere in the service."""
    names: Set[str] = set()
    for path in (LIB / 'service').rglob('*.py'):
        source = path.read_text(encoding='utf-8')
        names |= set(re.findall(r"ApiError\('(\w+)'", source)) | set(re.findall(r"'text': '(\w+)'", source))
        names |= set(re.findall(r"\.tell\('(\w+)'", source))
    assert {'not_signed_in', 'sync_not_running', 'signed_out'} <= names
    names -= {'error', 'unknown_list'}  # the plugin shows the start page for an unknown list
    assert {name for name in names if texts.by_name(name) == texts.errors.ERROR} == set()


def test_an_error_of_the_service_is_found_by_its_name() -> None:
    assert texts.by_name('not_signed_in') == texts.errors.NOT_SIGNED_IN
    assert texts.by_name('sync_started') == texts.library.SYNC_STARTED


@pytest.mark.parametrize('name', ['', 'no_such_text', 'by_name', '__name__'])
def test_an_unknown_error_is_still_told(name: str) -> None:
    assert texts.by_name(name) == texts.errors.ERROR


def test_buttons_of_the_settings_open_our_routes() -> None:
    base = 'RunPlugin(plugin://plugin.video.plexkodiconnect/'
    buttons = [node.findtext('data') or '' for node in _settings().iter('setting') if node.get('type') == 'action']
    assert buttons and all(button.startswith(base) for button in buttons)
    assert {button[len(base):-1] for button in buttons} == {
        route.path for route in ROUTES if route.module in ('actions', 'status')}
