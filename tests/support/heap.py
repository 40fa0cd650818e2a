"""How much memory a Kodi uses, without what its heaps hold in vain, told by a plugin in Kodi's process.

glibc keeps what was freed: in a heap for the whole program and in up to eight more for each processor, which threads
use in turns. All of them together grow for hundreds of calls although no more is in use (docs/kodi.md), so the resident
size says little.
"""
from __future__ import annotations

import re
from pathlib import Path

from tools.bench.memory import parts
from tools.kodilab import KodiLab

ADDON = 'plugin.video.heap'
_ADDON_XML = '''<?xml version="1.0" encoding="UTF-8"?>
<addon id="%s" name="%s" version="1.0.0" provider-name="tests">
 <requires><import addon="xbmc.python" version="3.0.0"/></requires>
 <extension point="xbmc.python.pluginsource" library="main.py"><provides>video</provides></extension>
 <extension point="xbmc.addon.metadata"><platform>all</platform></extension>
</addon>
''' % (ADDON, ADDON)
_MAIN = '''import ctypes
import sys
import xbmcplugin
import xbmcvfs
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(xbmcvfs.translatePath('special://temp/heap.xml').encode(), b'w'))
libc.malloc_info(0, file)
libc.fclose(file)
xbmcplugin.endOfDirectory(int(sys.argv[1]), True)
'''
_FREE = re.compile(r'<total type="(?:fast|rest)" count="\d+" size="(\d+)"/>')
_ALL = re.compile(r'<system type="current" size="(\d+)"/>')


def plugin(folder: Path) -> Path:
    """Make the plugin, for installing it before Kodi starts; returns its folder."""
    place = folder / ADDON
    place.mkdir(parents=True)
    (place / 'addon.xml').write_text(_ADDON_XML, encoding='utf-8')
    (place / 'main.py').write_text(_MAIN, encoding='utf-8')
    return place


def used_mb(lab: KodiLab) -> float:
    """Megabytes in use: in all heaps, and what was mapped beside them, as Python does for its own objects."""
    lab.rpc('Files.GetDirectory', timeout=60, directory='plugin://%s/' % ADDON, media='video')
    told = (lab.profile.kodi / 'temp' / 'heap.xml').read_text(encoding='utf-8')
    totals = told[told.rindex('</heap>'):]  # of each heap before that
    held = sum(int(size) for size in _ALL.findall(totals)) - sum(int(size) for size in _FREE.findall(totals))
    return held / 2 ** 20 + parts(lab.pid)['other anonymous']
