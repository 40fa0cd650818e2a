"""The status page, with a remote in the hand."""
from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any, List

import pytest

from resources.lib.kodi.addon import Addon
from resources.lib.kodi.windows import status
from resources.lib.kodi.windows.status import CLOSE, HEAD, HEADING, LINE, LIST, SAVE_LOG, TROUBLE, Row, show_status
from tests.fakes import FakeKodi

BACK = 92
ROWS = [Row('Account', '', HEAD), Row('Signed in as', 'Ann'), Row('Server', '', HEAD), Row('Changes', 'none', TROUBLE)]


class Page:
    """The page on the TV, held open until the test presses something."""

    def __init__(self, kodi: FakeKodi) -> None:
        self.kodi, self.rows, self.looks = kodi, list(ROWS), 0
        self.result: Any = None
        kodi.answer(lambda window: None)
        self.thread = threading.Thread(target=self._show, daemon=True)
        self.thread.start()
        self.window = kodi.window()
        self.list = self.window.getControl(LIST)

    def _show(self) -> None:
        self.result = show_status(Addon(), 'Status', ROWS, self._refreshed)

    def _refreshed(self) -> List[Row]:
        self.looks += 1
        return list(self.rows)

    def shown(self) -> List[Any]:
        return [(item.getLabel(), item.getLabel2(), item.getProperty('kind')) for item in self.list.items]

    def ended(self) -> Any:
        self.thread.join(20)
        assert not self.thread.is_alive() and not [
            one for one in threading.enumerate() if one.name == 'pkc-status-clock']
        return self.result


@pytest.fixture
def page(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(status, 'CLOCK_S', 0.01)
    return Page(fake_kodi)


def test_labels_values_and_headings_are_shown(page: Page) -> None:
    assert page.window.getControl(HEADING).getLabel() == 'Status'
    assert page.shown() == [('Account', '', HEAD), ('Signed in as', 'Ann', LINE), ('Server', '', HEAD),
                            ('Changes', 'none', TROUBLE)]
    page.kodi.press(BACK)
    assert page.ended() is False


def test_what_changes_is_shown_without_moving_the_focus(page: Page) -> None:
    page.list.selectItem(3)
    items = list(page.list.items)
    page.rows = [*ROWS[:3], Row('Changes', 'since noon', LINE)]
    page.kodi.wait_for(lambda: page.shown()[3] == ('Changes', 'since noon', LINE))
    assert page.list.items == items and page.list.position == 3
    page.rows = ROWS[:2]
    page.kodi.wait_for(lambda: page.shown() == [('Account', '', HEAD), ('Signed in as', 'Ann', LINE)])
    page.kodi.wait_for(lambda: page.list.position == 1)
    page.kodi.press(BACK)
    assert page.ended() is False


@pytest.mark.parametrize(('button', 'wanted'), [(CLOSE, False), (SAVE_LOG, True)])
def test_the_buttons_close_it(page: Page, button: int, wanted: bool) -> None:
    page.kodi.click(button)
    assert page.ended() is wanted


def test_kodis_end_closes_it(page: Page) -> None:
    page.kodi.abort.set()
    assert page.ended() is False


def test_a_skin_that_is_loaded_anew_does_not_leave_us_waiting(page: Page) -> None:
    page.kodi.wait_for(lambda: page.looks)
    page.kodi.conditions.discard('Window.IsActive(script-plexkodiconnect-status.xml)')
    assert page.ended() is False


def test_it_uses_only_textures_of_its_own(page: Page) -> None:
    text = page.window.xml.read_text(encoding='utf-8')
    names = re.findall(r'<texture\w*[^>]*>([^<$]+)</texture', text)
    assert names and all(Path(Addon().media(name)).is_file() for name in names)
    page.kodi.press(BACK)
    page.ended()
