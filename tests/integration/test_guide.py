"""The first steps with the installed service: from the offer to a full library, and a home screen that shows it."""
from __future__ import annotations

import sqlite3
import threading
from typing import Any, Iterator, List

import pytest

from resources.lib.kodi import settings
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import start as texts
from resources.lib.kodi.windows import guide
from tests.fakes import FakeKodi
from tests.support.plugin_and_service import PluginAndService
from tools import plexsim
from tools.plexsim import Library

FILMS, SERIES, DONE = 0, 1, 2
OFF = 2
WINDOW = 'Window.IsActive(script-plexkodiconnect-guide.xml)'
HOME, MOVIES = 'Window.IsActive(home)', 'Library.HasContent(movies)'


class NewBox:
    """A Kodi in which the add-on has just been installed."""

    def __init__(self, installed: PluginAndService, monkeypatch: pytest.MonkeyPatch) -> None:
        self.installed, self.kodi, self.sim = installed, installed.kodi, installed.sim
        self._monkeypatch = monkeypatch

    def begin(self, *answers: Any) -> None:
        self.kodi.answer(*answers)
        self.installed.start()
        self.installed.link_code()

    def stays(self) -> None:
        """The last window stays until somebody closes it."""
        self._monkeypatch.setattr(guide, '_STAY_S', 1000.0)

    def last_window(self) -> Any:
        self.kodi.wait_for(lambda: WINDOW in self.kodi.conditions, 30)
        return self.kodi.window()

    def reads(self, text_id: int) -> None:
        heading = self.kodi.text(text_id)
        self.kodi.wait_for(lambda: self.last_window().getControl(guide.HEADING).getLabel() == heading, 60)

    def asked(self) -> List[str]:
        return [str(arguments[1] if kind == 'yesno' else arguments[0]) for kind, arguments in self.kodi.dialogs]

    def text(self, text_id: int) -> str:
        return self.kodi.text(text_id)

    def count(self, view: str) -> int:
        with sqlite3.connect(str(self.installed.video_db), timeout=60.0) as database:
            return int(database.execute('SELECT count(*) FROM ' + view).fetchone()[0])


@pytest.fixture
def box(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewBox]:
    library = Library.generate(seed=2, movies=12, shows=2, seasons=1, episodes=3, oddities=False)
    with plexsim.PlexSim(library, plexsim.SimConfig()) as sim:
        made = NewBox(PluginAndService(fake_kodi, sim, monkeypatch), monkeypatch)
        try:
            yield made
        finally:
            made.installed.stop()


def test_a_family_is_led_to_its_library(box: NewBox) -> None:
    box.stays()
    box.sim.accounts.add_user('Kid', restricted=True)
    box.begin(True, 0, DONE)
    box.reads(texts.GUIDE_READY)
    window = box.last_window()
    assert '12' in window.getControl(guide.LINE).getLabel() and '2' in window.getControl(guide.LINE).getLabel()
    assert window.getControl(guide.TEXT).label == box.text(texts.GUIDE_NEXT)
    assert box.asked() == [box.text(text_id) for text_id in (
        account_texts.SIGN_IN_OFFER, account_texts.CHOOSE_USER, texts.GUIDE_LIBRARIES)]
    assert (box.count('movie_view'), box.count('tvshow_view')) == (12, 2)
    box.kodi.click(guide.BUTTON)
    box.installed.flows_done()
    assert settings.load().offered_sign_in


def test_the_library_fills_while_the_user_still_chooses(box: NewBox) -> None:
    """The list of libraries is open: everything is there before it is left."""
    done = threading.Event()

    original = box.kodi.ask

    def ask(kind: str, arguments: Any, closed: Any) -> Any:
        if kind == 'select' and arguments[0] == box.text(texts.GUIDE_LIBRARIES):
            box.kodi.dialogs.append((kind, arguments))
            box.kodi.wait_for(lambda: box.count('movie_view') == 12 and box.count('tvshow_view') == 2, 60)
            done.set()
            return DONE
        return original(kind, arguments, closed)
    box.kodi.ask = ask  # type: ignore[method-assign]
    box.begin(True)
    box.installed.flows_done()
    assert done.is_set()


def test_a_library_that_is_taken_out_is_not_left_half_filled(box: NewBox) -> None:
    box.begin(True, SERIES, OFF, DONE)
    box.installed.flows_done()
    box.kodi.wait_for(lambda: (box.count('movie_view'), box.count('tvshow_view')) == (12, 0), 60)
    assert 'yesno' not in [kind for kind, _ in box.kodi.dialogs[1:]]


def test_who_goes_on_in_the_background_gets_everything(box: NewBox) -> None:
    box.stays()
    box.sim.faults.add('/library/metadata/[0-9,]+$', 'delay', value=600)
    box.begin(True, DONE)
    box.reads(texts.GUIDE_FILLING)
    box.kodi.click(guide.BUTTON)
    box.installed.flows_done()
    box.sim.faults.clear()
    box.kodi.wait_for(lambda: (box.count('movie_view'), box.count('tvshow_view')) == (12, 2), 60)


def test_it_does_not_come_again(box: NewBox) -> None:
    box.begin(True, DONE)
    box.installed.flows_done()
    box.installed.synced()
    box.installed.stop()
    box.kodi.dialogs.clear()
    box.installed.start()
    box.installed.synced()
    assert box.kodi.dialogs == [] and WINDOW not in box.kodi.conditions


def test_it_can_be_gone_through_again_from_the_settings(box: NewBox) -> None:
    box.begin(True, DONE)
    box.installed.flows_done()
    box.stays()
    box.kodi.dialogs.clear()
    box.kodi.answers.clear()
    box.kodi.answer(False, DONE)
    box.installed.call('set_up', handle=-1)
    box.reads(texts.GUIDE_READY)
    user = box.installed.service.shared.auth.status().user_name
    assert box.asked() == [box.text(texts.SIGNED_IN_ALREADY) % user, box.text(texts.GUIDE_LIBRARIES)]
    box.kodi.press(92)
    box.installed.flows_done()


def test_the_home_screen_is_loaded_after_the_guide_and_not_under_it(box: NewBox) -> None:
    """Loading the skin anew would take the window off the screen while somebody reads it."""
    box.stays()
    box.kodi.conditions.add(HOME)
    box.begin(True, DONE)
    box.reads(texts.GUIDE_READY)
    box.kodi.conditions.add(MOVIES)
    box.kodi.wait_for(lambda: any(name == 'VideoLibrary.Scan' for name, _ in box.kodi.rpc_calls), 30)
    assert 'ReloadSkin()' not in box.kodi.builtins
    box.kodi.click(guide.BUTTON)
    box.kodi.wait_for(lambda: 'ReloadSkin()' in box.kodi.builtins, 30)
    box.installed.flows_done()


def test_a_server_that_goes_away_in_the_middle_is_told_and_made_up_for(box: NewBox) -> None:
    box.stays()
    box.sim.faults.add('/library/sections/.*', 503)
    box.begin(True, DONE)
    box.reads(texts.GUIDE_AWAY)
    assert box.count('movie_view') == 0
    box.sim.faults.clear()
    box.installed.call('sync', handle=-1)
    box.reads(texts.GUIDE_READY)
    box.kodi.click(guide.BUTTON)
    box.installed.flows_done()
    assert box.count('movie_view') == 12


def test_kodis_end_in_the_middle_is_no_answer_and_no_hang(box: NewBox) -> None:
    box.stays()
    box.begin(True, DONE)
    box.last_window()
    box.installed.stop()
    assert box.installed.service is not None and WINDOW not in box.kodi.conditions
