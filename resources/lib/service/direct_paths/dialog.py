"""Direct paths, chosen in lists that a remote can handle: each folder of a library, where Kodi finds it, and a test."""
from __future__ import annotations

import re
from typing import Callable, Dict, List, Optional, Tuple

from ...kodi import dialogs
from ...kodi import settings as kodi_settings
from ...kodi.texts import direct_paths as texts
from ...kodi.texts import library as library_texts
from ...playback import path_test, reach, share_paths
from ...playback.path_test import Tried
from ...redaction import hide
from ..shared import Shared
from .folders import Folders, Location

_OUTCOMES = {path_test.FOUND: texts.FILE_FOUND, path_test.FILE_MISSING: texts.FILE_NOT_FOUND,
             path_test.FOLDER_MISSING: texts.FOLDER_NOT_FOUND, path_test.NO_FILE: texts.NO_FILE_KNOWN}
_WELL = (path_test.FOUND, path_test.NO_FILE)


class DirectPathsDialog:
    """One visit. What is chosen is stored at once."""

    def __init__(self, shared: Shared, folders: Folders) -> None:
        self._shared = shared
        self._folders = folders
        self._heading = self._text(texts.DIRECT_PATHS)

    def show(self) -> None:
        """The list of folders, until the user leaves it."""
        locations = self._folders.locations
        if not locations:
            dialogs.ok(self._heading, self._text(library_texts.NO_LIBRARIES))
            return
        more: List[Tuple[int, int, Optional[Callable[[], None]]]] = [
            (texts.FIND_FOLDERS, texts.FIND_FOLDERS_HOW, self._search_all),
            (texts.TEST_FOLDERS, 0, self._test_all), (library_texts.DONE, 0, None)]
        index: Optional[int] = 0
        while not self._shared.stopping.cancelled:
            rows = [(_name(one), self._folders.mapped().get(one.path) or self._text(texts.NOT_MAPPED))
                    for one in locations]
            rows += [(self._text(label), self._text(detail) if detail else '') for label, detail, _ in more]
            index = dialogs.select_detailed(self._heading, rows, index or 0)
            if index is None:
                break
            if index < len(locations):
                self._edit(locations[index])
                continue
            act = more[index - len(locations)][2]
            if act is None:
                break
            act()
        self._offer_to_switch_on()

    # ---- one folder ----------------------------------------------------------------------------------------------

    def _edit(self, location: Location) -> None:
        current = self._folders.mapped().get(location.path, '')
        found = '' if current else self._searched([location])[location.path] or _windows_share(location)
        choices: List[Tuple[Tuple[str, str], Callable[[], None]]] = []
        if found:
            choices.append(((self._text(texts.TAKE_FOLDER), found), lambda: self._use(location, found)))
        choices += [((self._text(texts.BROWSE_FOLDER), ''), lambda: self._browse(location)),
                    ((self._text(texts.TYPE_FOLDER), current), lambda: self._type(location, current))]
        if current:
            choices += [((self._text(texts.TEST_FOLDER), current), lambda: self._test([location])),
                        ((self._text(texts.REMOVE_FOLDER), ''), lambda: self._put(location, ''))]
        chosen = dialogs.select_detailed(_name(location), [row for row, _ in choices])
        if chosen is not None:
            choices[chosen][1]()

    def _browse(self, location: Location) -> None:
        folder = dialogs.browse_folder(_name(location), 'video')
        if folder:
            self._use(location, folder)

    def _type(self, location: Location, current: str) -> None:
        typed = dialogs.text_input(_name(location), current or 'smb://')
        if typed:
            self._use(location, typed)

    def _use(self, location: Location, chosen: str) -> None:
        """Test a folder, and store it; one that does not pass only if the user insists."""
        folder = share_paths.folder(chosen)
        if not folder:
            dialogs.ok(self._heading, self._text(texts.NOT_A_FOLDER))
            return
        _hide_password(chosen)
        if share_paths.without_user(chosen) != chosen:
            dialogs.ok(self._heading, self._text(texts.USER_LEFT_OUT))
        tried = self._folders.test(location, folder)
        if tried.outcome in _WELL:
            dialogs.ok(self._heading, self._report(tried))
        elif not dialogs.yesno(self._text(texts.KEEP_FOLDER), '%s\n%s' % (  # Estuary scrolls away more than four lines
                self._outcome(tried), self._text(texts.TRIED_FILE, tried.path))):
            return
        self._put(location, folder)

    def _put(self, location: Location, folder: str) -> None:
        if not self._folders.put(location, folder):
            self._shared.screen.tell('disk_full', True)

    # ---- several folders -----------------------------------------------------------------------------------------

    def _test_all(self) -> None:
        mapped = self._folders.mapped()
        self._test([one for one in self._folders.locations if one.path in mapped])

    def _test(self, locations: List[Location]) -> None:
        mapped = self._folders.mapped()
        reports = ['%s\n%s' % (_name(one), self._report(self._folders.test(one, mapped[one.path])))
                   for one in locations]
        dialogs.text_view(self._heading, '\n\n'.join(reports) or self._text(texts.NOT_MAPPED))

    def _search_all(self) -> None:
        mapped = self._folders.mapped()
        wanted = [one for one in self._folders.locations if one.path not in mapped]
        found = self._searched(wanted)
        for location in wanted:
            if found[location.path]:
                self._put(location, found[location.path])
        missing = [_name(one) for one in wanted if not found[one.path]]
        if missing:
            dialogs.ok(self._heading, self._text(texts.NO_FOLDER_FOUND, '; '.join(missing)))

    def _searched(self, locations: List[Location]) -> Dict[str, str]:
        """What the search found, by the server's folders."""
        with dialogs.BackgroundProgress(self._heading, self._text(texts.SEARCHING_FOLDERS), bool(locations)):
            return {one.path: self._folders.search(one) for one in locations}

    # ---- words ---------------------------------------------------------------------------------------------------

    def _report(self, tried: Tried) -> str:
        return '%s\n%s' % (self._text(texts.TRIED_FILE, tried.path), self._outcome(tried))

    def _outcome(self, tried: Tried) -> str:
        if tried.outcome == path_test.SILENT:
            return self._text(texts.FOLDER_SILENT, int(reach.PATIENCE))
        return self._text(_OUTCOMES[tried.outcome])

    def _offer_to_switch_on(self) -> None:
        if self._folders.mapped() and not self._shared.settings.current.direct_paths and dialogs.yesno(
                self._heading, self._text(texts.SWITCH_ON_DIRECT_PATHS), prefer_yes=True):
            kodi_settings.set_direct_paths(True)

    def _text(self, text_id: int, *values: object) -> str:
        return self._shared.addon.text(text_id, *values)


def _name(location: Location) -> str:
    return '%s: %s' % (location.section.title, location.path)


def _windows_share(location: Location) -> str:
    """The share that the server itself uses, where that is one. It is not looked at before the user says so."""
    return share_paths.folder(location.path) if location.path.startswith('\\\\') else ''


def _hide_password(typed: str) -> None:
    """A password that was typed along with an address is a secret from now on."""
    found = re.match(r'[a-z+]+://[^/:@]*:([^/@]+)@', typed, re.IGNORECASE)
    if found:
        hide(found.group(1))
