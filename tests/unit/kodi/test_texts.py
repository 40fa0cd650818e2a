from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Dict

import pytest

from resources.lib.kodi import texts
from tests.fakes import FakeKodi, addon_files

IDS: Dict[str, int] = {name: value for name, value in vars(texts).items() if name.isupper()}
ENGLISH, GERMAN = addon_files.strings('en_gb'), addon_files.strings('de_de')
PLACEHOLDER = re.compile(r'%[sd]')


def test_no_text_id_is_used_twice() -> None:
    assert len(set(IDS.values())) == len(IDS)


@pytest.mark.parametrize('language', [ENGLISH, GERMAN], ids=['English', 'German'])
def test_each_text_is_there_and_no_other(language: Dict[int, str]) -> None:
    assert set(language) == set(IDS.values())
    assert all(language.values())


def test_german_has_the_same_placeholders_in_the_same_order() -> None:
    for number, text in ENGLISH.items():
        assert PLACEHOLDER.findall(text) == PLACEHOLDER.findall(GERMAN[number]), text


def test_german_is_translated() -> None:
    text = (addon_files.ROOT / 'resources/language/resource.language.de_de/strings.po').read_text(encoding='utf-8')
    assert not re.search(r'^msgctxt.*\nmsgid.*\nmsgstr ""$', text, re.M)


def test_labels_of_the_settings_are_texts() -> None:
    root = ElementTree.parse(str(addon_files.ROOT / 'resources/settings.xml')).getroot()
    numbers = [node.get(name) for node in root.iter() for name in ('label', 'help')]
    numbers += [node.text for node in root.iter('heading')]
    used = {int(number) for number in numbers if number}
    assert used
    assert used <= set(ENGLISH)


def test_texts_of_the_windows_exist() -> None:
    for path in (addon_files.ROOT / 'resources/skins').rglob('*.xml'):
        used = {int(number) for number in re.findall(r'\$ADDON\[\S+ (\d+)\]', path.read_text(encoding='utf-8'))}
        assert used <= set(ENGLISH)


def test_an_error_of_the_service_is_found_by_its_name() -> None:
    assert texts.by_name('not_signed_in') == texts.NOT_SIGNED_IN


@pytest.mark.parametrize('name', ['', 'no_such_text', 'by_name', '__name__'])
def test_an_unknown_error_is_still_told(name: str) -> None:
    assert texts.by_name(name) == texts.ERROR


def test_buttons_of_the_settings_open_our_routes(fake_kodi: FakeKodi) -> None:
    root = ElementTree.parse(str(addon_files.ROOT / 'resources/settings.xml')).getroot()
    actions = {node.get('id'): node.findtext('data') for node in root.iter('setting') if node.get('type') == 'action'}
    base = 'RunPlugin(plugin://plugin.video.plexkodiconnect/%s)'
    assert actions == {
        'sign_in': base % 'sign_in', 'sign_out': base % 'sign_out', 'choose_server': base % 'choose_server',
        'choose_libraries': base % 'choose_libraries', 'sync_now': base % 'sync', 'cancel_sync': base % 'cancel_sync',
        'full_check': base % 'full_check', 'sync_report': base % 'sync_report',
        'take_over': base % 'take_over',
        'switch_user': base % 'switch_user', 'choose_start_user': base % 'choose_start_user'}
