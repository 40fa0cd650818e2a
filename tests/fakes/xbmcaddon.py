"""The module ``xbmcaddon``."""
from __future__ import annotations

from typing import Any

from tests.fakes import addon_files
from tests.fakes.state import kodi


class Addon:
    """An add-on. As in Kodi, an object keeps the settings of its creation, except for those that it writes itself."""

    def __init__(self, id: str = addon_files.ADDON_ID) -> None:
        if id != kodi().addon_info['id']:
            raise RuntimeError("Unknown addon id '%s'." % id)
        self._values = kodi().read_settings()

    def getAddonInfo(self, id: str) -> str:
        """A value of addon.xml."""
        return kodi().addon_info[id]

    def getLocalizedString(self, id: int) -> str:
        """A text; '' when there is none."""
        return kodi().text(id)

    def getSetting(self, id: str) -> str:
        """A setting of any type as a string; '' for an unknown one."""
        return self._values.get(id, '')

    def getSettingBool(self, id: str) -> bool:
        """A boolean setting."""
        return self._typed(id, 'boolean') == 'true'

    def getSettingInt(self, id: str) -> int:
        """An integer setting."""
        return int(self._typed(id, 'integer'))

    def getSettingString(self, id: str) -> str:
        """A string setting."""
        return self._typed(id, 'string')

    def setSetting(self, id: str, value: str) -> None:
        """Store a setting."""
        if not isinstance(value, str):
            raise TypeError('argument "value" for method "setSetting" must be unicode or str')
        self._store(id, value)

    def setSettingBool(self, id: str, value: bool) -> bool:
        """Store a boolean."""
        self._typed(id, 'boolean')
        return self._store(id, 'true' if value else 'false')

    def setSettingInt(self, id: str, value: int) -> bool:
        """Store an integer."""
        self._typed(id, 'integer')
        return self._store(id, str(value))

    def setSettingString(self, id: str, value: str) -> bool:
        """Store a string."""
        self._typed(id, 'string')
        return self._store(id, value)

    def openSettings(self) -> None:
        """Show the settings."""
        kodi().opened_settings += 1

    def _typed(self, id: str, kind: str) -> Any:
        definition = kodi().definitions.get(id)
        if definition is None or definition.kind != kind:
            raise TypeError('Invalid setting type')
        return self._values[id]

    def _store(self, id: str, value: str) -> bool:
        self._values[id] = value
        kodi().write_settings(self._values)
        return True
