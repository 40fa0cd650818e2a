"""The answers that Kodi's subtitle dialog expects of an add-on of the type ``xbmc.subtitle.module``."""
from __future__ import annotations

import os

from kodi_six import xbmc, xbmcgui, xbmcplugin, xbmcvfs

from ..item_url import ADDON_ID, BASE

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Iterable, List, Mapping

#: Our folder among Kodi's temporary files. What is in it Kodi has copied already.
_FOLDER = 'special://temp/%s/' % ADDON_ID
#: Kodi's own code, which is none of ISO 639.
_BRAZIL, _BRAZILIAN = 'pb', 'pt-BR'
#: Kodi's name for none.
_UNKNOWN = 'Unknown'


def codes(names: Iterable[str]) -> List[str]:
    """The codes (two letters, for Brazil's Portuguese ``pt-BR``) of Kodi's English names, without doubles.

    Names that are no languages (``Unknown``, ``forced_only``) are left out.
    """
    found: List[str] = []
    for name in names:
        code = str(xbmc.convertLanguage(name, xbmc.ISO_639_1)).lower() if name else ''
        code = _BRAZILIAN if code == _BRAZIL else code
        if code and code not in found:
            found.append(code)
    return found


def name_of(code: str) -> str:
    """Kodi's English name of a language, by which it names the file that it makes."""
    return str(xbmc.convertLanguage(_kodis(code), xbmc.ENGLISH_NAME)) or code or _UNKNOWN


def give_rows(handle: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """Show what was found. A row has ``id``, ``language`` (a code), ``line``, ``stars`` (0 to 5), ``exact`` and
    ``hearing_impaired``; choosing it calls the add-on with ``action=download&id=…``.
    """
    for row in rows:
        item = xbmcgui.ListItem(name_of(row['language']), row['line'], offscreen=True)
        item.setArt({'icon': str(row['stars']), 'thumb': _kodis(row['language'])})
        item.setProperty('sync', 'true' if row['exact'] else 'false')
        item.setProperty('hearing_imp', 'true' if row['hearing_impaired'] else 'false')
        xbmcplugin.addDirectoryItem(handle, '%s?action=download&id=%s' % (BASE, row['id']), item, False)
    xbmcplugin.endOfDirectory(handle, True, False, False)


def give_file(handle: int, url: str, name: str) -> bool:
    """Fetch a subtitle and hand it over as a file; whether that went well."""
    xbmcvfs.mkdirs(_FOLDER)
    for old in xbmcvfs.listdir(_FOLDER)[1]:
        xbmcvfs.delete(_FOLDER + old)
    path = os.path.join(xbmcvfs.translatePath(_FOLDER), name)
    fetched = bool(xbmcvfs.copy(url, path))
    if fetched:
        xbmcplugin.addDirectoryItem(handle, path, xbmcgui.ListItem(name, offscreen=True), False)
    xbmcplugin.endOfDirectory(handle, fetched, False, False)
    return fetched


def _kodis(code: str) -> str:
    """Kodi's code of two letters; of other countries only the language counts."""
    if code == _BRAZILIAN:
        return _BRAZIL
    word = code.partition('-')[0]
    return str(xbmc.convertLanguage(word, xbmc.ISO_639_1)) or word if word else ''
