"""Kodi's Python modules as they behave, for tests and for ``make demo`` when there is no real Kodi.

``install(profile)`` puts ``xbmc``, ``xbmcaddon``, ``xbmcgui``, ``xbmcplugin``, ``xbmcvfs`` and ``kodi_six`` into
``sys.modules`` and returns a :class:`FakeKodi`: what the add-on did is read from it, what the user or the player do is
told to it. Settings, texts and add-on facts are the real ones, from our own files. Installing again starts afresh;
the modules stay the same objects, so what imported them before goes on working.
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
    """Be what ``import xbmc`` and ``from kodi_six import xbmc`` find. Must come before any import of the add-on."""
    package = types.ModuleType('kodi_six')
    package.__path__ = []
    sys.modules['kodi_six'] = package
    for name, module in _MODULES.items():
        sys.modules[name] = module
        sys.modules['kodi_six.' + name] = module
        setattr(package, name, module)


def install(tmp_profile: Union[str, Path], version: int = 20, language: str = 'en_gb') -> FakeKodi:
    """A fresh Kodi whose ``special://profile`` is ``tmp_profile``. ``version`` is Kodi's major version."""
    activate()
    state.current = FakeKodi(Path(tmp_profile), version, language)
    xbmc.set_version(version)
    return state.current


def uninstall() -> None:
    """End this Kodi: windows close, waits return. The modules stay, so that nothing finds Kodistubs by accident."""
    if state.current is not None:
        state.current.request_abort()
        state.current = None
