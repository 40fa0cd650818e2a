"""The home screen shows the first library without a restart, and no dialog is torn from the user's hands for it."""
from __future__ import annotations

import threading

from resources.lib.kodi.home import HomeScreen
from tests.fakes import FakeKodi

HOME, DIALOG, MOVIES = 'Window.IsActive(home)', 'System.HasActiveModalDialog', 'Library.HasContent(movies)'


def first_library(kodi: FakeKodi) -> HomeScreen:
    kodi.conditions.add(HOME)
    home = HomeScreen()
    home.before_sync()
    kodi.conditions.add(MOVIES)
    return home


def test_first_films_appear_on_the_home_screen(fake_kodi: FakeKodi) -> None:
    assert first_library(fake_kodi).library_changed()
    assert fake_kodi.builtins == ['ReloadSkin()']


def test_later_changes_reload_nothing(fake_kodi: FakeKodi) -> None:
    fake_kodi.conditions |= {HOME, MOVIES}
    home = HomeScreen()
    home.before_sync()
    assert not home.library_changed()
    assert fake_kodi.builtins == []


def test_a_dialog_that_is_open_is_not_closed_but_waited_for(fake_kodi: FakeKodi) -> None:
    home = first_library(fake_kodi)
    fake_kodi.conditions.add(DIALOG)
    waiting = threading.Thread(target=home.library_changed)
    waiting.start()
    waiting.join(0.2)
    assert fake_kodi.builtins == []
    fake_kodi.conditions.discard(DIALOG)
    waiting.join(20)
    assert fake_kodi.builtins == ['ReloadSkin()']


def test_a_dialog_that_stays_open_keeps_its_screen(fake_kodi: FakeKodi) -> None:
    home = first_library(fake_kodi)
    fake_kodi.conditions.add(DIALOG)
    assert not home.library_changed(dialog_patience_s=0.2)
    assert fake_kodi.builtins == []
