"""What a step of the tour needs: to go somewhere, to wait for it, and to take the picture."""
from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Callable, Dict, List
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from tools import translations
from tools.kodilab import KodiLab, LabError
from tools.stage import PLUGIN, ROOT, Stage

CHOOSE = 'script-plexkodiconnect-choose.xml'
SIGN_IN = 'script-plexkodiconnect-signin.xml'
GUIDE, STATUS = 'script-plexkodiconnect-guide.xml', 'script-plexkodiconnect-status.xml'
SKIP, NEXT = 'script-plexkodiconnect-skip.xml', 'script-plexkodiconnect-next.xml'
#: Kodi's windows by number.
SELECT, CONTEXT, SETTINGS, TEXT_VIEW, KEYBOARD, NUMBERS = 12000, 10106, 10140, 10147, 10103, 10109
#: Seconds for what a user waits for on a busy machine, and for the pictures of a list to be drawn.
PATIENCE, DRAWING = 60.0, 8.0
#: Seconds that a busy machine may take to draw anything at all after a key.
_REST = 0.7
#: Seconds after which a command is sent once more: Kodi takes them by UDP. A window of ours that is slow complains.
_AGAIN = 15.0
#: Looks after which a window that is not there has gone.
_LOOKS = 3
#: Seconds in which Kodi puts a film away: its home screen would be in danger meanwhile (docs/kodi.md).
_AFTER_FILM = 4.0
_HOME = 'Window.IsActive(home) + !System.HasActiveModalDialog'


class Guide:
    """Leads through Kodi. ``folder``: where the pictures go; ``language``: such as de_de."""

    def __init__(self, stage: Stage, folder: Path, language: str) -> None:
        self.stage = stage
        self.folder = folder
        self.language = language
        self.step = ''
        self.taken: List[Path] = []
        source = translations.read(translations.SOURCE)
        self._texts: Dict[int, str] = {entry.number: entry.english for entry in source}
        if language != translations.SOURCE:
            self._texts.update({entry.number: entry.text for entry in translations.read(language)})

    @property
    def lab(self) -> KodiLab:
        """The Kodi."""
        return self.stage.lab

    def text(self, number: int) -> str:
        """A text of the add-on in the language of the tour."""
        return self._texts[number].replace('\\"', '"')

    # ---- pictures ----------------------------------------------------------------------------------------------

    def shoot(self, detail: str = '', settle: float = DRAWING) -> Path:
        """Take a picture when the screen does not change any more, at most ``settle`` seconds later.

        It is named like the step, with ``detail`` if the step takes several.
        """
        name = '-'.join(part for part in (self.step, detail) if part)
        path = self.folder / (re.sub(r'[^\w-]+', '_', name) + '.png')
        if settle:
            time.sleep(_REST)
        if settle >= DRAWING:  # a poster that is being loaded looks like one that is missing
            self.lab.screenshot(path, settle=settle)
            time.sleep(_REST)
        self.taken.append(self.lab.screenshot(path, settle=settle))
        return path

    # ---- waiting -----------------------------------------------------------------------------------------------

    def until(self, condition: str, what: str = '') -> None:
        """Wait for a condition as skins write it."""
        self.lab.wait_for(lambda: self.lab.condition(condition), PATIENCE, what or condition)

    def window(self, name: str | int) -> None:
        """Wait for a window of ours or of Kodi."""
        self.until('Window.IsVisible(%s)' % name)

    # ---- going somewhere ---------------------------------------------------------------------------------------

    def open_path(self, path: str) -> None:
        """Open a list in the Videos window, and wait for its entries."""
        before = self.lab.labels('Container.FolderPath')['Container.FolderPath']
        self.insist('ActivateWindow(Videos,"%s",return)' % path, lambda: self._listed(before, path), path)

    def _listed(self, before: str, path: str) -> bool:
        shown = self.lab.labels('Container.FolderPath', 'Container.NumItems')
        arrived = shown['Container.FolderPath'].rstrip('/') == path.rstrip('/') or (
            shown['Container.FolderPath'] != before and path.startswith('library:'))
        return arrived and shown['Container.NumItems'] not in ('', '0') and self.lab.condition(
            '!Container.IsUpdating + !Window.IsVisible(busydialog)')

    def open_list(self, path: str, view: int = 0) -> None:
        """Open a list of the plugin; ``view``: the number of a view of the skin (500: wall, 50: list)."""
        self.open_path(PLUGIN + path)
        if view:
            self.insist('Container.SetViewMode(%d)' % view,
                        lambda: self.lab.condition('Control.IsVisible(%d)' % view), 'the view')

    def run(self, route: str, window: str | int) -> None:
        """Run a route of the plugin that opens a window; it does nothing while another window of ours is open."""
        self.insist('RunPlugin(%s/%s)' % (PLUGIN, route),
                    lambda: self.lab.condition('Window.IsVisible(%s)' % window), route)

    def insist(self, command: str, done: Callable[[], bool], what: str) -> None:
        """Run a command of Kodi until it has done what it should."""
        sent = [0.0]

        def check() -> bool:
            if done():
                return True
            if time.monotonic() - sent[0] > _AGAIN:
                sent[0] = time.monotonic()
                self.lab.builtin(command)
            return False
        self.lab.wait_for(check, PATIENCE, what)

    def press(self, key: str) -> None:
        """Press a key of the remote, and wait until it has shown itself; there may be nothing in that direction."""
        pressed: List[str] = []

        def once() -> bool:
            pressed.append(key)
            return len(pressed) > 1
        self.lab.go_to(once, key, key)

    def choose(self, label: str) -> None:
        """Go down to the entry with this label, and press OK."""
        self.lab.go_to(lambda: self.lab.current_control().strip('[]') == label, 'the entry "%s"' % label)
        self.lab.input('Select')

    def label(self, control: int) -> str:
        """What a label of the window on top says; 1 is the heading of Kodi's own dialogs."""
        return next(iter(self.lab.labels('Control.GetLabel(%d)' % control).values()))

    def first(self, path: str, kind: str = 'file') -> Dict[str, Any]:
        """The first entry of a list of the plugin that is a file (a film) or a directory."""
        for row in self.stage.directory(path):
            if row['filetype'] == kind:
                return row
        raise LabError('nothing of this kind in ' + path)

    def inside(self, path: str) -> str:
        """The path of the first folder of a list."""
        return str(self.first(path, 'directory')['file'])[len(PLUGIN):]

    def leave(self, window: str | int) -> None:
        """Press Back until a window stays away: one that leads to another of its kind comes again a moment later."""
        away = [0]

        def gone() -> bool:
            if not self.lab.condition('Window.IsVisible(%s)' % window):
                away[0] += 1
                return away[0] == _LOOKS
            away[0] = 0
            self.lab.input('Back')
            return False
        self.lab.wait_for(gone, PATIENCE, 'the end of the dialog', interval=0.7)

    def back_home(self) -> None:
        """Leave whatever is on the screen, so that the next step finds the home screen."""
        player = self.lab.active_player()
        if player:
            self.lab.rpc('Player.Stop', playerid=player.id)
            self.lab.wait_for(lambda: not self.lab.active_player(), PATIENCE, 'the end of the film')
            time.sleep(_AFTER_FILM)
        for _ in range(int(PATIENCE / 2)):
            self.lab.builtin('Dialog.Close(all,true)')
            self.lab.builtin('ActivateWindow(home)')
            try:
                self.lab.wait_for(lambda: self.lab.condition(_HOME), 2, 'the home screen')
                return
            except LabError:
                if not self.lab.running:
                    raise
        raise LabError('Kodi does not come back to its home screen')


def setting_categories() -> List[Element]:
    """The categories of the settings, in their order."""
    root = ElementTree.fromstring((ROOT / 'resources' / 'settings.xml').read_bytes())
    return list(root.iter('category'))


Step = Callable[[Guide], None]
