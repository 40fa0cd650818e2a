"""A family before one Kodi: switching users, and who watches after a start, with the installed service running."""
from __future__ import annotations

import sqlite3
from typing import Any, Iterator, List

import pytest

from resources.lib.kodi import settings
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import errors as error_texts
from tests.fakes import FakeKodi
from tests.support.plugin_and_service import PluginAndService
from tools import plexsim
from tools.plexsim import OWNER, Library

PIN, WRONG = '8431', '9999'
OWNER_PIN = '1111'


class Family:
    """The owner (with a PIN), a kid without one, and Ben with one. Each has watched something else."""

    def __init__(self, installed: PluginAndService) -> None:
        self.installed, self.kodi, self.sim = installed, installed.kodi, installed.sim
        self.kid = self.sim.accounts.add_user('Kid', restricted=True)
        self.ben = self.sim.accounts.add_user('Ben', pin=PIN)
        self.sim.accounts.users[OWNER].pin = OWNER_PIN
        for number, user in enumerate((OWNER, self.kid.id, self.ben.id), 1):
            self.sim.library.scrobble(str(number), user=user)
        self.service: Any = None

    def sign_in(self, who: int = 0) -> None:
        """The installation: yes, I want to sign in; user number ``who`` is watching."""
        self.kodi.answer(True, who)
        self.service = self.installed.start()
        self.installed.link_code()
        self.installed.synced()
        self.installed.flows_done()

    def restart(self, *answers: Any) -> None:
        self.installed.stop()
        self.kodi.dialogs.clear()
        self.kodi.notifications.clear()
        self.kodi.answers.clear()
        self.kodi.answer(*answers)
        self.service = self.installed.start()
        self.installed.flows_done()

    def switch(self, *answers: Any) -> None:
        self.kodi.dialogs.clear()
        self.kodi.answers.clear()
        self.kodi.answer(*answers)
        self.installed.call('switch_user', handle=-1)
        self.installed.flows_done()

    def watched(self) -> List[str]:
        with sqlite3.connect(str(self.installed.video_db), timeout=60.0) as database:
            return [row[0] for row in database.execute('SELECT c00 FROM movie_view WHERE playCount > 0 ORDER BY c00')]

    @property
    def watching(self) -> str:
        return str(self.service.shared.auth.status().user_name)

    def asked(self) -> List[str]:
        return [kind for kind, _ in self.kodi.dialogs]

    def plays(self) -> bool:
        """Whether something can be played now."""
        self.installed.call('continue_watching', handle=5)
        return bool(self.kodi.listings[5].succeeded)


@pytest.fixture
def family(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Family]:
    library = Library.empty()
    for title in ('Alpha', 'Beta', 'Gamma'):
        library.add_movie(title)
    with plexsim.PlexSim(library, plexsim.SimConfig()) as sim:
        made = Family(PluginAndService(fake_kodi, sim, monkeypatch))
        try:
            yield made
        finally:
            made.installed.stop()


def wanted(start_user: str = '', pin: bool = False) -> None:
    """What is set for the start of Kodi."""
    if start_user:
        settings.set_start_user(start_user, 'shown')
    settings._write(settings.ADDON_ID, start_protected='true' if pin else 'false')


# ---- switching ---------------------------------------------------------------------------------------------------

def test_switch_says_what_it_means_and_the_library_becomes_the_other_users(family: Family) -> None:
    family.sign_in()
    assert family.watched() == ['Alpha']
    family.switch(1, True)
    assert family.asked() == ['select', 'yesno']
    question = family.kodi.dialogs[1][1]
    assert 'Kid' in repr(question) and 'Owner' in repr(question)
    family.installed.synced()
    assert family.watching == 'Kid'
    assert family.watched() == ['Beta']


def test_nobodys_marks_are_lost_by_switching_to_and_fro(family: Family) -> None:
    family.sign_in()
    for answers, expected in (((1, True), 'Beta'), ((2, True, PIN), 'Gamma'), ((0, True, OWNER_PIN), 'Alpha')):
        family.switch(*answers)
        family.installed.synced()
        assert family.watched() == [expected]
    views = [family.sim.library.truth(str(key), user).get('viewCount', 0)
             for user in (OWNER, family.kid.id, family.ben.id) for key in (1, 2, 3)]
    assert views == [1, 0, 0, 0, 1, 0, 0, 0, 1], 'at the server nothing has changed'


def test_whoever_says_no_stays(family: Family) -> None:
    family.sign_in()
    family.switch(1, False)
    assert family.asked() == ['select', 'yesno', 'select']
    assert family.watching == 'Owner'
    assert not family.installed.report()


def test_kid_does_not_become_the_owner_without_the_owners_pin(family: Family) -> None:
    family.sign_in(1)
    family.switch(0, True, WRONG, True, '')
    assert family.asked() == ['select', 'yesno', 'input', 'ok', 'input', 'select']
    assert family.watching == 'Kid'
    family.switch(0, True, OWNER_PIN)
    assert family.watching == 'Owner'


def test_account_without_a_home_hears_so(family: Family) -> None:
    for user in (family.kid, family.ben):
        user.in_home = False
    family.kodi.answer(True)
    family.service = family.installed.start()
    family.installed.link_code()
    family.installed.synced()
    family.installed.flows_done()
    family.switch()
    assert family.kodi.dialogs[0][1][1] == family.kodi.text(account_texts.NO_OTHER_USERS)


# ---- the start of Kodi -------------------------------------------------------------------------------------------

def test_normally_the_last_user_goes_on_and_nobody_is_asked(family: Family) -> None:
    family.sign_in(1)
    family.restart()
    assert family.asked() == [] and family.watching == 'Kid' and family.plays()


def test_asked_at_start_the_answer_counts(family: Family) -> None:
    family.sign_in()
    wanted(settings.START_ASK)
    family.restart(1)
    assert family.asked() == ['select'] and family.watching == 'Kid'
    family.installed.synced()
    assert family.watched() == ['Beta'] and family.plays()


def test_question_that_is_closed_opens_nothing_of_a_protected_user(family: Family) -> None:
    family.sign_in()
    wanted(settings.START_ASK)
    family.restart()
    assert family.asked() == ['select']
    asked = len(family.sim.requests.find('/library'))
    family.kodi.answer(1)
    assert not family.plays(), 'but it asks again'
    family.installed.flows_done()
    assert len(family.sim.requests.find('/library')) >= asked
    assert family.watching == 'Kid' and family.plays()


def test_question_that_is_closed_goes_on_with_a_user_who_has_no_pin(family: Family) -> None:
    family.sign_in(1)
    wanted(settings.START_ASK)
    family.restart()
    assert family.watching == 'Kid' and family.plays()


def test_always_the_same_user_after_a_start(family: Family) -> None:
    family.sign_in()
    wanted(str(family.kid.id))
    family.restart()
    assert family.asked() == [] and family.watching == 'Kid'
    family.installed.synced()
    assert family.watched() == ['Beta']


def test_pin_at_start_keeps_everything_shut_until_it_is_right(family: Family) -> None:
    family.sign_in()
    wanted(pin=True)
    family.restart(WRONG, True, '')
    assert family.asked() == ['input', 'ok', 'input', 'select']
    family.sim.reset_stats()
    family.kodi.answer(OWNER_PIN)
    assert not family.plays()
    family.installed.flows_done()
    assert family.watching == 'Owner' and family.plays()


def test_pin_at_start_is_not_asked_of_a_user_without_one(family: Family) -> None:
    family.sign_in(1)
    wanted(pin=True)
    family.restart()
    assert family.asked() == [] and family.plays()


def test_without_plex_tv_only_a_wanted_pin_keeps_it_shut(family: Family) -> None:
    family.sign_in(1)
    wanted(str(family.ben.id))
    family.sim.faults.add('.*', 'drop', server='plextv')
    family.restart()
    assert family.watching == 'Kid' and family.plays()
    family.sim.faults.clear()
    family.switch(0, True, OWNER_PIN)
    wanted(settings.START_LAST, pin=True)
    family.sim.faults.add('.*', 'drop', server='plextv')
    family.restart()
    assert family.kodi.notifications[-1][1] == family.kodi.text(error_texts.PLEX_TV_UNREACHABLE)
    assert not family.plays()


def test_who_watches_after_a_start_is_chosen_by_name(family: Family) -> None:
    family.sign_in()
    family.kodi.dialogs.clear()
    family.kodi.answer(3)
    family.installed.call('choose_start_user', handle=-1)
    family.installed.flows_done()
    (_, (_, labels, preselected)), = family.kodi.dialogs
    assert labels[2:] == ['Owner', 'Kid', 'Ben'] and preselected == 0
    assert settings.load().start_user == str(family.kid.id)
    assert family.kodi.read_settings()['start_user_name'] == 'Kid'


def test_pins_are_kept_nowhere(family: Family) -> None:
    family.sign_in()
    family.switch(2, True, PIN)
    family.installed.stop()
    for path in family.kodi.profile.rglob('*'):
        if path.is_file():
            assert PIN.encode() not in path.read_bytes() or path.suffix == '.db', path.name
    assert PIN not in '\n'.join(line for _, line in family.kodi.log)
