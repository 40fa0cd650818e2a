# ruff: noqa: N803  (Kodi's names)
"""The module ``xbmcgui``."""
from __future__ import annotations

from typing import Any, Dict, List, Optional

from tests.fakes import infotag, xbmc
from tests.fakes.state import kodi
from tests.fakes.windows import Action, WindowXML, WindowXMLDialog

__all__ = ['Action', 'WindowXML', 'WindowXMLDialog', 'Dialog', 'DialogProgress', 'DialogProgressBG', 'ListItem',
           'Window', 'getCurrentWindowId']

NOTIFICATION_INFO, NOTIFICATION_WARNING, NOTIFICATION_ERROR = 'info', 'warning', 'error'
INPUT_ALPHANUM, INPUT_NUMERIC, INPUT_DATE, INPUT_TIME, INPUT_IPADDRESS, INPUT_PASSWORD = range(6)
PASSWORD_VERIFY, ALPHANUM_HIDE_INPUT = 1, 2
DLG_YESNO_NO_BTN, DLG_YESNO_YES_BTN, DLG_YESNO_CUSTOM_BTN = 10, 11, 12
ACTION_NAV_BACK, ACTION_PREVIOUS_MENU, ACTION_PARENT_DIR, ACTION_STOP = 92, 10, 9, 13


class ListItem:
    """A list item. Setters check types as Kodi's bindings do."""

    def __init__(self, label: str = '', label2: str = '', path: str = '', offscreen: bool = False) -> None:
        self.label, self.label2, self.path, self.offscreen = label, label2, path, offscreen
        self.art: Dict[str, str] = {}
        self.properties: Dict[str, str] = {}
        self.info: Dict[str, Any] = {}
        self.cast: List[Dict[str, Any]] = []
        self.uniqueids: Dict[str, str] = {}
        self.streams: List[Any] = []
        self.subtitles: List[str] = []
        self.mime, self.content_lookup = '', True
        self.tag: Any = xbmc.InfoTagVideo()

    def getLabel(self) -> str:
        """The label."""
        return self.label

    def setLabel(self, label: str) -> None:
        """Change the label."""
        self.label = label

    def getLabel2(self) -> str:
        """The second label."""
        return self.label2

    def setLabel2(self, label: str) -> None:
        """Change the second label."""
        self.label2 = label

    def getPath(self) -> str:
        """The path."""
        return self.path

    def setArt(self, dictionary: Dict[str, str]) -> None:
        """Pictures by kind."""
        if not all(isinstance(part, str) for pair in dictionary.items() for part in pair):
            raise TypeError('setArt takes texts')
        self.art.update(dictionary)

    def getArt(self, key: str) -> str:
        """A picture; '' when there is none."""
        return self.art.get(key, '')

    def setProperty(self, key: str, value: str) -> None:
        """Set a property; two of them are the resume point."""
        if not isinstance(value, str):
            raise TypeError('argument "value" for method "setProperty" must be unicode or str')
        self._check_deprecated('setProperty(%s)' % key, key.lower() in ('resumetime', 'totaltime'))
        self.properties[key] = value

    def setProperties(self, dictionary: Dict[str, str]) -> None:
        """Set several properties."""
        for key, value in dictionary.items():
            self.setProperty(key, value)

    def getProperty(self, key: str) -> str:
        """A property; '' when there is none."""
        return self.properties.get(key, '')

    def getVideoInfoTag(self) -> Any:
        """The info tag of the video."""
        return self.tag

    def getMusicInfoTag(self) -> Any:
        """The info tag of the music; Kodi 19 has none that can be written."""
        return infotag.InfoTagMusic()

    def setInfo(self, type: str, infoLabels: Dict[str, Any]) -> None:
        """Kodi 19's way."""
        self._check_deprecated('setInfo')
        self.info.update(infoLabels)
        self.tag.values.update(infoLabels)

    def setCast(self, actors: List[Dict[str, Any]]) -> None:
        """Kodi 19's way."""
        self._check_deprecated('setCast')
        self.cast = list(actors)

    def setUniqueIDs(self, values: Dict[str, str], defaultrating: str = '') -> None:
        """Kodi 19's way."""
        self._check_deprecated('setUniqueIDs')
        self.uniqueids = dict(values)

    def addStreamInfo(self, cType: str, dictionary: Dict[str, Any]) -> None:
        """Kodi 19's way."""
        self._check_deprecated('addStreamInfo')
        self.streams.append((cType, dict(dictionary)))

    def setSubtitles(self, subtitleFiles: List[str]) -> None:
        """External subtitles."""
        self.subtitles = list(subtitleFiles)

    def setMimeType(self, mimetype: str) -> None:
        """Set the content type of the path."""
        self.mime = mimetype

    def setContentLookup(self, enable: bool) -> None:
        """Set whether Kodi requests the content type of the path."""
        self.content_lookup = enable

    def addContextMenuItems(self, items: List[Any], replaceItems: bool = False) -> None:
        """Entries of the context menu."""
        self.context_menu = list(items)

    @staticmethod
    def _check_deprecated(what: str, applies: bool = True) -> None:
        if applies and kodi().version >= 20:
            kodi().deprecated.append(what)


class Dialog:
    """Dialogs with the answers of ``FakeKodi.answer``; without an answer they are closed."""

    def ok(self, heading: str, message: str) -> bool:
        """A message."""
        return bool(kodi().ask('ok', (heading, message), True))

    def yesno(self, heading: str, message: str, nolabel: str = '', yeslabel: str = '', autoclose: int = 0,
              defaultbutton: int = DLG_YESNO_NO_BTN) -> bool:
        """A question."""
        return bool(kodi().ask('yesno', (heading, message), False))

    def textviewer(self, heading: str, text: str, usemono: bool = False) -> None:
        kodi().ask('textviewer', (heading, text), None)

    def select(self, heading: str, list: List[Any], autoclose: int = 0, preselect: int = -1,
               useDetails: bool = False) -> int:
        """One of several; list items are recorded as (label, second label)."""
        rows = [one if isinstance(one, str) else (one.getLabel(), one.label2) for one in list]
        return int(kodi().ask('select', (heading, rows, preselect), -1))

    def browse(self, type: int, heading: str, shares: str, mask: str = '', useThumbs: bool = False,
               treatAsFolder: bool = False, defaultt: str = '', enableMultiple: bool = False) -> str:
        """A folder (type 0); the default one when it is closed."""
        return str(kodi().ask('browse', (heading, shares), defaultt))

    def multiselect(self, heading: str, options: List[Any], autoclose: int = 0, preselect: Optional[List[int]] = None,
                    useDetails: bool = False) -> Optional[List[int]]:
        """Any of several; None when it is closed."""
        found: Optional[List[int]] = kodi().ask('multiselect', (heading, options, preselect), None)
        return found

    def input(self, heading: str, defaultt: str = '', type: int = INPUT_ALPHANUM, option: int = 0,
              autoclose: int = 0) -> str:
        """A line of text; '' when it is closed."""
        return str(kodi().ask('input', (heading, defaultt), ''))

    def numeric(self, type: int, heading: str, defaultt: str = '', bHiddenInput: bool = False) -> str:
        """Digits; '' when it is closed."""
        return str(kodi().ask('input', (heading, defaultt), ''))

    def notification(self, heading: str, message: str, icon: str = '', time: int = 0, sound: bool = True) -> None:
        """A notification in the corner."""
        kodi().notifications.append((heading, message, icon))


class DialogProgressBG:
    """A progress bar in the corner. ``updates`` are (percent, heading, message)."""

    def __init__(self) -> None:
        self.updates: List[Any] = []
        self.open = False

    def create(self, heading: str, message: str = '') -> None:
        """Show the progress bar."""
        self.open = True
        self.updates.append((0, heading, message))
        kodi().progress.append(self)

    def update(self, percent: int = 0, heading: str = '', message: str = '') -> None:
        """Change the progress bar."""
        if not isinstance(percent, int):
            raise TypeError('an integer is required')
        assert self.open
        self.updates.append((percent, heading, message))

    def isFinished(self) -> bool:
        """Whether it is closed."""
        return not self.open

    def close(self) -> None:
        """Close it."""
        assert self.open, 'closed twice'
        self.open = False


class DialogProgress:
    """A progress window that can be cancelled. ``updates`` are (percent, message)."""

    def __init__(self) -> None:
        self.updates: List[Any] = []
        self.open = False

    def create(self, heading: str, message: str = '') -> None:
        """Show the window."""
        self.open = True
        self.updates.append((0, message))
        kodi().progress.append(self)

    def update(self, percent: int, message: str = '') -> None:
        """Change it."""
        if not isinstance(percent, int):
            raise TypeError('an integer is required')
        assert self.open
        self.updates.append((percent, message))

    def iscanceled(self) -> bool:
        """Whether the user cancelled: the next answer is the word."""
        return bool(kodi().answers and kodi().answers[0] == 'cancel')

    def close(self) -> None:
        """Close it."""
        assert self.open, 'closed twice'
        self.open = False


class Window:
    """A window of Kodi's, for its properties."""

    def __init__(self, existingWindowId: int = -1) -> None:
        self._id = existingWindowId

    def setProperty(self, key: str, value: str) -> None:
        """Set a property."""
        kodi().window_properties[self._id, key.lower()] = value

    def getProperty(self, key: str) -> str:
        """A property; '' when there is none."""
        return kodi().window_properties.get((self._id, key.lower()), '')

    def clearProperty(self, key: str) -> None:
        """Remove a property."""
        kodi().window_properties.pop((self._id, key.lower()), None)


def getCurrentWindowId() -> int:
    """The home window."""
    return 10000
