"""The last window of the guide, with a remote in the hand."""
from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from resources.lib.kodi.addon import Addon
from resources.lib.kodi.texts import start as texts
from resources.lib.kodi.windows import guide
from resources.lib.kodi.windows.guide import BAR, BUTTON, HEADING, LINE, TEXT, show_guide
from resources.lib.kodi.windows.guide_view import GuideView
from tests.fakes import FakeKodi
from tests.support.waiting import CancelledWhen

BACK, UP = 92, 3
RUNNING = GuideView('Filling', 'Films: 5 of 10', 'No need to wait.', 50)
LOOKING = GuideView('Filling', 'Looking…', 'No need to wait.')
READY = GuideView('Ready', '10 films', 'What next.', over=True)


class Screen:
    """The window on the TV; ``view`` is what it has to show."""

    def __init__(self, kodi: FakeKodi, view: GuideView) -> None:
        self.kodi, self.view = kodi, view
        self.thread = threading.Thread(target=self._show, daemon=True)
        self.thread.start()
        self.window = kodi.window()

    def _show(self) -> None:
        show_guide(Addon(), lambda: self.view, CancelledWhen(self.kodi.abort.is_set))

    def shows(self, heading: str) -> None:
        self.kodi.wait_for(lambda: self.window.getControl(HEADING).getLabel() == heading)

    def button(self) -> str:
        return str(self.window.getControl(BUTTON).getLabel())

    def ended(self) -> None:
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, 'CLOCK_S', 0.01)


def test_it_follows_the_sync_to_its_end(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, LOOKING)
    screen.shows('Filling')
    control = screen.window.getControl
    assert control(BAR).hidden and screen.button() == fake_kodi.text(texts.GUIDE_IN_BACKGROUND)
    screen.view = RUNNING
    fake_kodi.wait_for(lambda: control(BAR).percent == 50.0 and not control(BAR).hidden)
    assert control(LINE).getLabel() == 'Films: 5 of 10' and control(TEXT).getLabel() == 'No need to wait.'
    screen.view = READY
    screen.shows('Ready')
    fake_kodi.wait_for(lambda: screen.button() == fake_kodi.text(texts.GUIDE_CLOSES_IN) % 20)
    assert control(BAR).hidden
    fake_kodi.click(BUTTON)
    screen.ended()


def test_it_closes_by_itself_when_nobody_is_there(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, '_STAY_S', 0.1)
    Screen(fake_kodi, READY).ended()


def test_it_stays_for_who_presses_something(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(fake_kodi, RUNNING)
    fake_kodi.press(UP)
    fake_kodi.wait_for(lambda: screen.window.touched)
    monkeypatch.setattr(guide, '_STAY_S', 0.0)
    screen.view = READY
    fake_kodi.wait_for(lambda: screen.button() == fake_kodi.text(texts.GUIDE_CLOSE))
    assert screen.thread.is_alive()
    fake_kodi.press(BACK)
    screen.ended()


def test_back_leaves_the_rest_to_the_background(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, RUNNING)
    fake_kodi.press(BACK)
    screen.ended()


def test_kodis_end_closes_it(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, RUNNING)
    fake_kodi.abort.set()
    screen.ended()


def test_a_skin_that_is_loaded_anew_does_not_leave_us_waiting(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, RUNNING)
    screen.shows('Filling')
    fake_kodi.conditions.discard('Window.IsActive(script-plexkodiconnect-guide.xml)')
    screen.ended()


def test_it_uses_only_textures_of_its_own(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, RUNNING)
    text = screen.window.xml.read_text(encoding='utf-8')
    names = re.findall(r'texture\w*[^>]*>([^<$]+\.png)</', text)
    assert 'pkc-round.png' in names and all(Path(Addon().media(name)).is_file() for name in names)
    fake_kodi.press(BACK)
    screen.ended()
