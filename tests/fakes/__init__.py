"""Fakes of Kodi's Python modules that behave like Kodi, for tests and for ``make demo`` without a real Kodi.

``install(profile)`` puts ``xbmc``, ``xbmcaddon``, ``xbmcgui``, ``xbmcplugin``, ``xbmcvfs`` and ``kodi_six`` into
``sys.modules`` and returns a :class:`FakeKodi`, which records what the add-on does, and with which a test acts as the
user or the player. Settings, texts and the add-on's data are those of our own files. Installing again makes a new Kodi;
the modules stay the same objects, so that earlier imports keep working.
"""
from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Union

from tests.fakes import state, xbmc, xbmcaddon, xbmcgui, xbmcplugin, xbmcvfs
from tests.fakes.state import FakeKodi

__all__ = ['FakeKodi', 'activate', 'install', 'uninstall']
_MODULES = {'xbmc': xbmc, 'xbmcaddon': xbmcaddon, 'xbmcgui': xbmcgui, 'xbmcplugin': xbmcplugin, 'xbmcvfs': xbmcvfs}


def activate() -> None:
    """Put the fakes into ``sys.modules``. Call before any module of the add-on is imported."""
    package = types.ModuleType('kodi_six')
    package.__path__ = []
    sys.modules['kodi_six'] = package
    for name, module in _MODULES.items():
        sys.modules[name] = module
        sys.modules['kodi_six.' + name] = module
        setattr(package, name, module)


def install(tmp_profile: Union[str, Path], version: int = 20, language: str = 'en_gb') -> FakeKodi:
    """Make a new Kodi whose ``special://profile`` is ``tmp_profile``. ``version`` is Kodi's major version."""
    activate()
    state.current = FakeKodi(Path(tmp_profile), version, language)
    xbmc.set_version(version)
    return state.current


def uninstall() -> None:
    """End this Kodi: windows close, waits return. The modules stay installed, so that Kodistubs is not found."""
    if state.current is not None:
        state.current.request_abort()
        state.current = None
