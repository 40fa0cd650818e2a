"""Reading addon.xml, settings.xml and strings.po as Kodi does, once in each process. Callers change nothing of it."""
from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from pathlib import Path
from typing import Dict, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ADDON_ID = 'plugin.video.plexkodiconnect'


class SettingDefinition(NamedTuple):
    """A setting of settings.xml."""

    kind: str
    default: str


@lru_cache(maxsize=None)
def addon_info() -> Dict[str, str]:
    """The values of ``getAddonInfo``, from addon.xml."""
    info = {'id': ADDON_ID, 'name': 'PlexKodiConnect', 'version': '4.0.0', 'path': str(ROOT) + '/',
            'type': 'xbmc.service', 'icon': str(ROOT / 'icon.png'),
            'profile': 'special://profile/addon_data/%s/' % ADDON_ID}
    path = ROOT / 'addon.xml'
    if path.exists():
        root = ElementTree.parse(str(path)).getroot()
        info.update(id=root.get('id', ''), name=root.get('name', ''), version=root.get('version', ''))
        icon = root.find('.//assets/icon')
        if icon is not None and icon.text:
            info['icon'] = str(ROOT / icon.text)
    return info


@lru_cache(maxsize=None)
def setting_definitions() -> Dict[str, SettingDefinition]:
    """All settings with type and default, from settings.xml."""
    root = ElementTree.parse(str(ROOT / 'resources' / 'settings.xml')).getroot()
    return {node.get('id', ''): SettingDefinition(node.get('type', ''), node.findtext('default') or '')
            for node in root.iter('setting')}


@lru_cache(maxsize=None)
def strings(language: str) -> Dict[int, str]:
    """Texts by id; the English one if there is no translation."""
    path = ROOT / 'resources' / 'language' / ('resource.language.' + language) / 'strings.po'
    found = {}
    for block in re.split(r'\n\s*\n', path.read_text(encoding='utf-8')):
        number = re.search(r'^msgctxt "#(\d+)"$', block, re.M)
        if number:
            found[int(number.group(1))] = _po_text(block, 'msgstr') or _po_text(block, 'msgid')
    return found


def _po_text(block: str, keyword: str) -> str:
    match = re.search(r'^%s ((?:".*"\n?)+)' % keyword, block, re.M)
    return ''.join(_unquoted(line) for line in match.group(1).splitlines()) if match else ''


def _unquoted(line: str) -> str:
    return re.sub(r'\\(.)', lambda found: {'n': '\n', 't': '\t'}.get(found[1], found[1]), line.strip()[1:-1])
