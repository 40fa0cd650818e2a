"""Version, folders and texts of the add-on; version, platform and device name of Kodi."""
from __future__ import annotations

import os

from kodi_six import xbmc, xbmcaddon, xbmcvfs

from ..item_url import ADDON_ID

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Sequence, Tuple

# Android first: Kodi calls it Linux as well.
_PLATFORMS: Tuple[Tuple[str, str], ...] = (
    ('Android', 'Android'), ('TVOS', 'tvOS'), ('IOS', 'iOS'), ('OSX', 'macOS'), ('UWP', 'Windows'),
    ('Windows', 'Windows'), ('WebOS', 'webOS'), ('Linux', 'Linux'))
_OLDEST_KODI = 19


class Addon:
    """The add-on as Kodi knows it. Each property is read only on use, since the plugin must start fast."""

    def __init__(self, addon_id: str = ADDON_ID) -> None:
        self.id = addon_id
        self._addon = xbmcaddon.Addon(addon_id)

    @property
    def version(self) -> str:
        """The add-on's version, as in addon.xml."""
        return self._addon.getAddonInfo('version')

    @property
    def name(self) -> str:
        """The add-on's name, as in addon.xml."""
        return self._addon.getAddonInfo('name')

    @property
    def icon(self) -> str:
        """Path of the add-on's icon."""
        return self._addon.getAddonInfo('icon')

    @property
    def path(self) -> str:
        """The folder that the add-on is installed in, as a real path without a slash at the end."""
        return xbmcvfs.translatePath(self._addon.getAddonInfo('path')).rstrip('/\\')

    @property
    def profile_dir(self) -> str:
        """Our data folder (``addon_data/<id>``) as a real path; created if missing, for this user only (0700)."""
        path = xbmcvfs.translatePath(self._addon.getAddonInfo('profile')).rstrip('/\\')
        make_private_dir(path)
        return path

    def media(self, name: str) -> str:
        """Real path of one of our own pictures (``resources/skins/Default/media``)."""
        return os.path.join(self.path, 'resources', 'skins', 'Default', 'media', *name.split('/'))

    def open_settings(self) -> None:
        """Show the add-on's settings until the user closes them."""
        self._addon.openSettings()

    def text(self, text_id: int, *values: Any) -> str:
        """A text in Kodi's language; ``values`` fill its placeholders. See :mod:`texts` for the ids."""
        text = self._addon.getLocalizedString(text_id)
        return text % values if values else text


def make_private_dir(path: str) -> None:
    """Create a folder that only this user can read, as far as the file system has permissions."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    try:
        os.chmod(path, 0o700)
    except OSError:
        pass  # a file system without permissions, such as Android's sdcard


def kodi_major() -> int:
    """Kodi's major version: 19, 20, …"""
    major = xbmc.getInfoLabel('System.BuildVersion').partition('.')[0]
    return int(major) if major.isdigit() else _OLDEST_KODI


def kodi_version() -> str:
    """Kodi's version without the build's date, such as ``20.1``."""
    return xbmc.getInfoLabel('System.BuildVersion').split(' ')[0] or str(_OLDEST_KODI)


def device_name() -> str:
    """The name that the user gave this Kodi (Settings > Services > General)."""
    return xbmc.getInfoLabel('System.FriendlyName') or 'Kodi'


def platform_name() -> str:
    """The operating system's name, as Plex shows it among an account's devices."""
    for condition, plex_name in _PLATFORMS:
        if xbmc.getCondVisibility('System.Platform.' + condition):
            return plex_name
    return 'Linux'


def special_dir(path: str) -> str:
    """The real path of a ``special://…`` folder."""
    return xbmcvfs.translatePath(path).rstrip('/\\')


def kodi_text(text_id: int) -> str:
    """One of Kodi's own texts, in Kodi's language."""
    return xbmc.getLocalizedString(text_id)


def advanced_settings_files() -> Sequence[str]:
    """The real paths of Kodi's ``advancedsettings.xml``: the one of the installation, then that of the profile, or of
    the first profile where this one has none.
    """
    places = ('special://profile/', 'special://masterprofile/')
    paths = [xbmcvfs.translatePath(place + 'advancedsettings.xml') for place in places]
    own = paths[0] if os.path.exists(paths[0]) else paths[1]
    return xbmcvfs.translatePath('special://xbmc/system/advancedsettings.xml'), own


def video_database_dir() -> str:
    """The folder of Kodi's databases (``special://database``) as a real path."""
    return xbmcvfs.translatePath('special://database').rstrip('/\\')
