# ruff: noqa: N803  (Kodi's names)
"""Windows from XML: their controls are those of the real file; a test queues their events."""
from __future__ import annotations

import queue
import re
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any, Dict, List, Tuple

from tests.fakes.state import kodi

_TEXT = re.compile(r'\$ADDON\[(?P<addon>\S+) (?P<id>\d+)\]')

_CONDITION = re.compile(r'(?P<not>!?)String\.IsEmpty\(Window\.Property\((?P<name>\w+)\)\)\Z')


class Action:
    """A key or button."""

    def __init__(self, action_id: int) -> None:
        self._id = action_id

    def getId(self) -> int:
        """Kodi's id of the action."""
        return self._id


class Control:
    """A control of the window."""

    def __init__(self, node: ElementTree.Element) -> None:
        self.kind = node.get('type', '')
        self.label = _TEXT.sub(lambda found: kodi().text(int(found.group('id'))), node.findtext('label') or '')
        self.condition = node.findtext('visible') or 'true'
        self.hidden = False
        self.image = node.findtext('texture') or ''
        self.items: List[Any] = []
        self.position = 0
        self.percent = 0.0

    def setLabel(self, label: str = '', **_: Any) -> None:
        """Change the text."""
        assert self.kind in ('label', 'button', 'fadelabel'), 'no label on a %s' % self.kind
        self.label = label

    def setText(self, text: str) -> None:
        """Change the text of a box."""
        assert self.kind == 'textbox', 'no text in a %s' % self.kind
        self.label = text

    def setPercent(self, percent: float) -> None:
        """Change how full a bar is."""
        assert self.kind == 'progress' and isinstance(percent, float), 'no percentage of a %s' % self.kind
        self.percent = percent

    def getLabel(self) -> str:
        """The text."""
        return self.label

    def setVisible(self, visible: bool) -> None:
        """Hide the control, or show it if its own condition in the XML is true."""
        self.hidden = not visible

    def addItems(self, items: List[Any]) -> None:
        """Fill a list."""
        assert self.kind == 'list', 'no items in a %s' % self.kind
        self.items.extend(items)

    def reset(self) -> None:
        """Empty a list."""
        assert self.kind == 'list', 'no items in a %s' % self.kind
        self.items, self.position = [], 0

    def selectItem(self, selectedItem: int) -> None:
        """Move to an entry."""
        assert 0 <= selectedItem < len(self.items), 'no entry %d' % selectedItem
        self.position = selectedItem

    def getSelectedPosition(self) -> int:
        """The entry that has the focus."""
        return self.position

    def setImage(self, imageFilename: str, useCache: bool = True) -> None:
        """Change the picture; the file must exist."""
        assert self.kind == 'image', 'no picture on a %s' % self.kind
        assert imageFilename.startswith('http://127.0.0.1:') or Path(imageFilename).is_file(), imageFilename
        self.image = imageFilename


class WindowXML:
    """A window. ``doModal`` handles events in the thread that created it, as in Kodi, until the window is closed."""

    def __init__(self, xmlFilename: str, scriptPath: str, defaultSkin: str = 'Default', defaultRes: str = '720p',
                 *_: Any) -> None:
        self.xml = Path(scriptPath, 'resources', 'skins', defaultSkin, defaultRes, xmlFilename)
        self.events: queue.Queue[Tuple[str, int]] = queue.Queue()
        self._thread = threading.get_ident()
        self.ready = threading.Event()
        self.controls: Dict[int, Control] = {}
        self.properties: Dict[str, str] = {}
        root = ElementTree.parse(str(self.xml)).getroot()
        for node in root.iter('control'):
            if node.get('id'):
                self.controls[int(node.get('id', ''))] = Control(node)

    def getControl(self, controlId: int) -> Control:
        """A control by its id."""
        if controlId not in self.controls:
            raise RuntimeError('Non-Existent Control %d' % controlId)
        return self.controls[controlId]

    def setProperty(self, key: str, value: str) -> None:
        """Set a property of this window."""
        self.properties[key.lower()] = value

    def getProperty(self, key: str) -> str:
        """A property; '' when there is none."""
        return self.properties.get(key.lower(), '')

    def shows(self, control_id: int) -> bool:
        """Whether a control is visible, by its own condition only. For tests; Kodi has no such method."""
        control = self.getControl(control_id)
        found = _CONDITION.match(control.condition)
        if found:
            met = (self.getProperty(found.group('name')) == '') != bool(found.group('not'))
        else:
            met = control.condition == 'true'
        return met and not control.hidden

    def setFocusId(self, controlId: int) -> None:
        """Move the focus."""
        self.getControl(controlId)

    def doModal(self) -> None:
        """Show the window until it is closed. The next queued answer is an entry to choose; without one, go back."""
        assert self._thread == threading.get_ident(), 'Kodi calls a window back in the thread that made it'
        kodi().windows.append(self)
        kodi().conditions.add('Window.IsActive(%s)' % self.xml.name)
        self.onInit()
        self.ready.set()
        for number, control in self.controls.items():
            if control.kind == 'list':
                self._answer(number, control)
        while True:
            kind, number = self.events.get(timeout=60)
            if kind == 'close':
                break
            self.onAction(Action(number)) if kind == 'action' else self.onClick(number)
        kodi().windows.remove(self)
        kodi().conditions.discard('Window.IsActive(%s)' % self.xml.name)

    def _answer(self, number: int, control: Control) -> None:
        """Choose an entry of a list; recorded like one of Kodi's dialogs."""
        heading = next(one.label for one in self.controls.values() if one.kind == 'label')
        labels = [item.getLabel() for item in control.items]
        answer = kodi().ask('select', (heading, labels, control.position), -1)
        if callable(answer):
            answer(self)
        elif answer < 0:
            self.events.put(('action', 92))
        else:
            control.selectItem(answer)
            self.events.put(('click', number))

    def close(self) -> None:
        """Close the window, from any thread."""
        self.events.put(('close', 0))

    def onInit(self) -> None:
        """To override."""

    def onAction(self, action: Action) -> None:
        """Close the window on back, as Kodi does unless this is overridden."""
        if action.getId() in (10, 92):
            self.close()

    def onClick(self, controlId: int) -> None:
        """To override."""

    def onFocus(self, controlId: int) -> None:
        """To override."""


class WindowXMLDialog(WindowXML):
    """A window over others."""
