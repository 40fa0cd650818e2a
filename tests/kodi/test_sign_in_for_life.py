"""A family's Kodi over months, in a real Kodi: sign in, choose, switch, restart, refresh, be removed, sign out."""
from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Callable, Iterator, List

import pytest

from tests.kodi.conftest import kodi_root
from tests.support.kodi_environment import content
from tools.kodilab import KodiLab
from tools.stage import ADDON, ENVIRONMENT, PLUGIN, Stage, build_repository

CHOOSE = 'Window.IsActive(script-plexkodiconnect-choose.xml)'
NUMBERS = 'Window.IsActive(numericinput)'
PIN = '8431'
WEEK = 7 * 86400


class Family:
    """Kodi with the add-on, and a Home of three. Each has watched another film."""

    def __init__(self, stage: Stage, pictures: Path) -> None:
        self.stage, self.lab, self.pictures = stage, stage.lab, pictures
        self.kid = stage.tell('add_user', title='Kid', restricted=True)['id']
        self.ben = stage.tell('add_user', title='Ben', pin=PIN)['id']
        for key, user in (('1', 1), ('2', self.kid), ('3', self.ben)):
            stage.tell('mutate', op='scrobble', args={'rating_key': key, 'user': user})

    def window(self, condition: str, picture: str = '') -> None:
        self.lab.wait_for(lambda: self.lab.condition(condition), 20, 'the window: ' + condition)
        if picture:
            time.sleep(1.0)  # windows fade in
            self.lab.screenshot(self.pictures / picture)

    def open_list(self, route: str) -> None:
        self.open_dialog(route, lambda: self.lab.condition(CHOOSE))

    def open_dialog(self, route: str, opened: Callable[[], bool]) -> None:
        """Only one dialog of ours is on screen at a time, so what began before may have to end first."""
        for _ in range(10):
            self.lab.builtin('RunPlugin(%s/%s)' % (PLUGIN, route))
            for _ in range(20):
                if opened():
                    return
                time.sleep(0.1)
        pytest.fail('%s opens nothing' % route)

    def choose(self, steps: int, picture: str = '') -> None:
        """With the remote: so many entries down (the list begins at the active one), then OK."""
        self.window(CHOOSE, picture)
        for _ in range(abs(steps)):
            before = self.lab.focus()
            self.lab.go_to(lambda: self.lab.current_control() not in ('', before), 'the next entry',  # noqa: B023
                           'Down' if steps > 0 else 'Up')
        self.lab.focus()
        self.lab.input('Select')
        self.lab.wait_for(lambda: not self.lab.condition(CHOOSE), 20, 'the end of the list')

    def switch(self, steps: int, name: str, pin: str = '') -> None:
        before = self.stage.report().get('finished_at', 0)
        self.open_list('switch_user')
        self.choose(steps, 'users-before-%s.png' % name)
        self.lab.wait_for(self.lab.dialog_open, 20, 'what a switch means')
        self.lab.screenshot(self.pictures / ('switch-to-%s.png' % name))
        self.lab.answer_yes()
        if pin:
            self.window(NUMBERS)
            for digit in pin:
                self.lab.action('number' + digit)
            self.lab.screenshot(self.pictures / ('pin-of-%s.png' % name))
            self.lab.action('enter')
        self.stage.wait_synced(60, before)

    def watched(self) -> List[str]:
        movies = self.lab.rpc('VideoLibrary.GetMovies', properties=['playcount', 'uniqueid'])['movies']
        return sorted(movie['uniqueid']['plex'] for movie in movies if movie['playcount'])

    def renewals(self) -> int:
        return len(self.stage.ask('requests', path='auth/token'))

    def files(self) -> List[str]:
        return sorted(name for name in os.listdir(self.stage.addon_data()) if name.startswith('device_key'))


@pytest.fixture
def family(kodi_present: None, tmp_path: Path) -> Iterator[Family]:
    pictures = Path(os.environ.get('KODI_PICTURES', str(tmp_path)))
    pictures.mkdir(parents=True, exist_ok=True)
    lab = KodiLab(tmp_path / 'home', name='life', env=ENVIRONMENT, debug=True, kodi=kodi_root())
    with lab:
        stage = Stage(lab)
        stage.start_sim('--movies', '12', '--shows', '1', '--no-oddities')
        made = Family(stage, pictures)
        lab.start()
        stage.install(build_repository(tmp_path / 'repository'))
        yield made
        (pictures / 'kodi.log').write_text(lab.log_text(), encoding='utf-8')


def files_with(folder: Path, words: List[str]) -> List[str]:
    return sorted(path.name for path in folder.rglob('*')
                  if path.is_file() and any(word.encode() in content(path) for word in words))


def restart_add_on(lab: KodiLab) -> None:
    for enabled in (False, True):
        lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=enabled)


def test_a_family_signs_in_once_and_for_long(family: Family) -> None:
    lab, stage = family.lab, family.stage
    lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
    lab.answer_yes()
    code = stage.waiting_code()
    family.window('Window.IsActive(script-plexkodiconnect-signin.xml)', 'sign-in.png')
    stage.link(code)
    family.choose(0, 'users.png')
    stage.leave_guide()
    stage.wait_synced(60)
    assert family.watched() == ['1']
    assert family.files() == ['device_key.pass', 'device_key.pem']
    assert b'ENCRYPTED' in (stage.addon_data() / 'device_key.pem').read_bytes()

    # A skin that is loaded anew takes the window away; the next one must come all the same.
    family.open_list('choose_server')
    lab.builtin('ReloadSkin()')
    lab.wait_for(lambda: not lab.condition(CHOOSE), 20, 'the new skin')
    time.sleep(3.0)
    family.open_list('choose_server')
    family.window(CHOOSE, 'servers.png')
    lab.input('Back')
    lab.wait_for(lambda: not lab.condition(CHOOSE), 20, 'the end of the list')

    family.switch(1, 'kid')
    assert family.watched() == ['2']
    family.switch(1, 'ben', PIN)
    assert family.watched() == ['3']

    # A restart and nearly a week: still Ben, renewed, nobody asked.
    before, synced = family.renewals(), stage.report()['finished_at']
    stage.tell('clock', advance=WEEK - 3600)
    lab.restart()
    stage.wait_synced(60, synced)
    lab.wait_for(lambda: family.renewals() > before, 30, 'the renewal after the start')
    assert not lab.dialog_open() and not lab.condition(CHOOSE)
    assert family.watched() == ['3']

    # What an add-on's update does: another interpreter of the same process has to read the key and sign.
    before = family.renewals()
    restart_add_on(lab)
    lab.wait_for(lambda: family.renewals() > before, 30, 'the renewal after the update')
    assert 'device tokens are signed with ecdsa' in lab.log_text(), 'cryptography imports once per process, if at all'

    # Months with the box off: the JWT has long run out, the device renews it all the same.
    before = family.renewals()
    lab.stop()
    stage.tell('clock', advance=20 * WEEK)
    lab.start()
    lab.wait_for(lambda: family.renewals() > before, 30, 'the renewal after months')
    assert not lab.dialog_open()

    # Somebody removes the device at plex.tv: asked once, with the focus on the button that mends it.
    credentials = json.loads((stage.addon_data() / 'credentials.json').read_text(encoding='utf-8'))
    stage.tell('revoke', client=credentials['client_identifier'])
    stage.tell('clock', advance=WEEK)
    restart_add_on(lab)
    lab.wait_for(lab.dialog_open, 30, 'the offer to sign in again')
    time.sleep(1.0)
    lab.screenshot(family.pictures / 'revoked.png')
    if not lab.labels('System.BuildVersion')['System.BuildVersion'].startswith('19'):
        lab.input('Select')
    else:
        lab.answer_yes()
    family.window('Window.IsActive(script-plexkodiconnect-signin.xml)', 'sign-in-again.png')
    stage.link(stage.waiting_code())
    family.choose(-2, 'users-again.png')
    assert family.files() == ['device_key.pass', 'device_key.pem']

    # What is secret stands in our own files and nowhere else: not in databases, settings or the log at debug level.
    secrets = [token['token'] for user in stage.ask('users') for token in user['tokens']]
    lab.wait_for(lambda: files_with(lab.profile.userdata, secrets) == ['credentials.json'], 10,
                 'tokens in credentials.json only (beside it stands, for a moment, the one that takes its place)')
    assert [secret for secret in secrets if secret in lab.log_text()] == []

    family.open_dialog('sign_out', lab.dialog_open)
    question = lab.dialog_says()
    lab.answer_yes()
    lab.next_dialog(question)  # about the items
    lab.answer_no()
    lab.wait_for(lambda: not family.files(), 20, 'the end of the key')
    secrets = [PIN] + [token['token'] for user in stage.ask('users') for token in user['tokens']]
    lab.wait_for(lambda: not files_with(stage.addon_data(), secrets), 10, 'the end of all tokens')
    assert [secret for secret in secrets[1:] if secret in lab.log_text()] == []
