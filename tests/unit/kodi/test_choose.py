"""The window for users and servers, with a remote in the hand."""
from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any, List, Optional

import pytest

from resources.lib.kodi.addon import Addon
from resources.lib.kodi.windows import choose as window
from resources.lib.kodi.windows.choose import CANCEL, HEADING, LIST, Entry, choose, initial
from tests.fakes import FakeKodi
from tests.support.waiting import CancelledWhen

BACK, ESCAPE = 92, 10
PEOPLE = [Entry('Ann', 'watching now', 'https://plex.tv/users/1/avatar'), Entry('Kid', 'managed user', '', 'K'),
          Entry('Ben')]


class Screen:
    """The window on the TV, held open until the test presses something."""

    def __init__(self, kodi: FakeKodi, entries: List[Entry], current: int) -> None:
        self.result: Any = 'open'
        self.kodi = kodi
        kodi.answer(lambda window: None)
        self.thread = threading.Thread(target=self._show, args=(entries, current), daemon=True)
        self.thread.start()
        self.window = kodi.window()

    def _show(self, entries: List[Entry], current: int) -> None:
        self.result = choose(Addon(), 'Who is watching?', entries, current, CancelledWhen(self.kodi.abort.is_set))

    def ended(self) -> Optional[int]:
        self.thread.join(20)
        assert not self.thread.is_alive()
        result: Optional[int] = self.result
        return result


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, 'CLOCK_S', 0.02)


def test_everybody_is_shown_with_picture_and_second_line(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, PEOPLE, 1)
    assert screen.window.getControl(HEADING).getLabel() == 'Who is watching?'
    control = screen.window.getControl(LIST)
    assert [item.getLabel() for item in control.items] == ['Ann', 'Kid', 'Ben']
    assert [item.label2 for item in control.items] == ['watching now', 'managed user', '']
    assert [item.getArt('icon') for item in control.items] == [one.picture for one in PEOPLE]
    assert [item.properties['initial'] for item in control.items] == ['', 'K', '']
    assert [item.properties['current'] for item in control.items] == ['', 'true', '']
    assert control.position == 1
    fake_kodi.press(BACK)
    assert screen.ended() is None


@pytest.mark.parametrize('index', [0, 2])
def test_pressing_an_entry_chooses_it(fake_kodi: FakeKodi, index: int) -> None:
    screen = Screen(fake_kodi, PEOPLE, -1)
    screen.window.getControl(LIST).selectItem(index)
    fake_kodi.click(LIST)
    assert screen.ended() == index


@pytest.mark.parametrize('key', [BACK, ESCAPE])
def test_back_chooses_nothing(fake_kodi: FakeKodi, key: int) -> None:
    screen = Screen(fake_kodi, PEOPLE, 0)
    fake_kodi.press(key)
    assert screen.ended() is None


def test_the_button_chooses_nothing(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, PEOPLE, 0)
    fake_kodi.click(CANCEL)
    assert screen.ended() is None


def test_a_window_that_comes_back_is_not_filled_twice(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, PEOPLE, 0)
    screen.window.onInit()
    assert len(screen.window.getControl(LIST).items) == len(PEOPLE)
    fake_kodi.press(BACK)
    screen.ended()


def test_kodis_end_closes_it(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, PEOPLE, 0)
    fake_kodi.abort.set()
    assert screen.ended() is None


def test_a_skin_that_is_loaded_anew_does_not_leave_us_waiting_for_ever(fake_kodi: FakeKodi) -> None:
    active = 'Window.IsActive(script-plexkodiconnect-choose.xml)'
    screen = Screen(fake_kodi, PEOPLE, 0)
    screen.thread.join(0.2)
    assert screen.result == 'open'
    fake_kodi.conditions.discard(active)
    assert screen.ended() is None


def test_it_uses_only_textures_of_its_own(fake_kodi: FakeKodi) -> None:
    screen = Screen(fake_kodi, PEOPLE, 0)
    text = screen.window.xml.read_text(encoding='utf-8')
    names = re.findall(r'<texture\w*[^>]*>([^<$]+)</texture', text) + re.findall(r'diffuse="([^"]+\.png)"', text)
    assert 'pkc-circle.png' in names
    for name in names:
        assert Path(Addon().media(name)).is_file(), name
    fake_kodi.press(BACK)
    screen.ended()


@pytest.mark.parametrize(('name', 'letter'), [('käthe', 'K'), ('Ähre', 'Ä'), (' (ann)', 'A'), ('4you', '4'),
                                              ('ßig', 'S'), ('', ''), ('🎬', ''), ('王', '王')])
def test_an_initial_is_the_first_letter_of_a_name(name: str, letter: str) -> None:
    assert initial(name) == letter


def test_an_initial_lies_below_the_picture(fake_kodi: FakeKodi) -> None:
    """So it is there as long as the picture is not, also without internet."""
    screen = Screen(fake_kodi, PEOPLE, 0)
    text = screen.window.xml.read_text(encoding='utf-8')
    for layout in ('itemlayout', 'focusedlayout'):
        part = text.partition('<' + layout)[2].partition('</' + layout)[0]
        assert 0 < part.index('Property(initial)') < part.index('Art(icon)')
    fake_kodi.press(BACK)
    screen.ended()
