"""The first evening in a real Kodi: the guide from the welcome to the full library, the status page, the saved log."""
from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Iterator

import pytest

from tests.kodi.conftest import kodi_root
from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, GUIDE, LIST, PLUGIN, Stage, build_repository

CHOOSE = 'Window.IsActive(script-plexkodiconnect-choose.xml)'
SIGN_IN = 'Window.IsActive(script-plexkodiconnect-signin.xml)'
STATUS = 'Window.IsActive(script-plexkodiconnect-status.xml)'
#: The row of Estuary's home screen with the newest films.
RECENT = 'Integer.IsGreater(Container(5200).NumItems,0)'
MESSAGE = 'Window.IsActive(okdialog)'


class Evening:
    """A new Kodi, a Home of three, and somebody with a remote."""

    def __init__(self, stage: Stage, pictures: Path) -> None:
        self.stage, self.lab, self.pictures = stage, stage.lab, pictures

    def sees(self, condition: str, picture: str) -> None:
        self.lab.wait_for(lambda: self.lab.condition(condition), 30, picture)
        time.sleep(1.0)  # windows fade in
        self.lab.screenshot(self.pictures / (picture + '.png'))

    def left(self, condition: str) -> None:
        self.lab.wait_for(lambda: not self.lab.condition(condition), 20, 'the end of ' + condition)

    def secrets(self) -> list[str]:
        """What nobody may find in a report."""
        words = [token['token'] for user in self.stage.ask('users') for token in user['tokens']]
        return words + [str(user['title']) for user in self.stage.ask('users') if user['title'] == 'Owner']


@pytest.fixture(params=[('resource.language.en_gb', 1280, 720), ('resource.language.de_de', 1920, 1080)],
                ids=['english', 'german'])
def evening(request: pytest.FixtureRequest, kodi_present: None, tmp_path: Path) -> Iterator[Evening]:
    language, width, height = request.param
    pictures = Path(os.environ.get('KODI_PICTURES', str(tmp_path))) / language[-5:]
    lab = KodiLab(tmp_path / 'home', name='first', env=ENVIRONMENT, debug=True, kodi=kodi_root(), width=width,
                  height=height)
    with lab:
        stage = Stage(lab)
        stage.start_sim('--movies', '60', '--shows', '3', '--no-oddities', '--prerender')
        for name in ('Kid', 'Ben'):
            stage.tell('add_user', title=name)
        lab.start()
        if language != 'resource.language.en_gb':
            lab.rpc('Settings.SetSettingValue', setting='locale.language', value=language)
        stage.install(build_repository(tmp_path / 'repository'))
        yield Evening(stage, pictures)
        pictures.mkdir(parents=True, exist_ok=True)
        (pictures / 'kodi.log').write_text(lab.log_text(), encoding='utf-8')


def test_from_the_welcome_to_a_full_library_and_a_saved_log(evening: Evening) -> None:
    lab, stage = evening.lab, evening.stage
    lab.wait_for(lab.dialog_open, 30, 'the welcome')
    time.sleep(1.0)
    lab.screenshot(evening.pictures / '1-welcome.png')
    lab.answer_yes()
    code = stage.waiting_code()
    evening.sees(SIGN_IN, '2-code')
    stage.tell('config', latency=0.4)
    stage.link(code)
    evening.sees(CHOOSE, '3-who')
    lab.focus()
    lab.input('Select')
    evening.left(CHOOSE)
    evening.sees(LIST, '4-libraries')
    lab.focus()
    lab.input('Select')
    lab.wait_for(lambda: lab.condition(GUIDE), 20, 'the last window')
    lab.input('Up')  # somebody is there: it does not close by itself after a while
    lab.screenshot(evening.pictures / '5-filling.png', settle=0.5)
    stage.tell('config', latency=0.0)
    stage.wait_synced(90)
    assert not lab.condition('!' + GUIDE), 'it waits for its reader'
    time.sleep(1.5)
    lab.screenshot(evening.pictures / '6-ready.png', settle=0.5)
    lab.input('Select')
    evening.left(GUIDE)
    lab.wait_for(lambda: lab.condition('Library.HasContent(movies)'), 20, 'films on the home screen')
    assert lab.rpc('VideoLibrary.GetMovies', limits={'end': 1})['limits']['total'] == 60
    lab.wait_for(lambda: lab.condition(RECENT), 60, 'what is new on the home screen, which is loaded anew')
    lab.screenshot(evening.pictures / '7-home.png')

    lab.builtin('RunPlugin(%s/status)' % PLUGIN)
    evening.sees(STATUS, '8-status')
    for _ in range(18):
        lab.input('Down')
    time.sleep(1.0)
    lab.screenshot(evening.pictures / '9-status-end.png')
    lab.input('Right')
    lab.input('Select')
    evening.left(STATUS)
    evening.sees(LIST, '10-where')
    lab.focus()
    lab.input('Select')
    evening.sees(MESSAGE, '11-saved')
    lab.focus()
    lab.input('Select')
    evening.left(MESSAGE)
    saved, = lab.profile.userdata.glob('plexkodiconnect-log-*.txt')
    report = saved.read_text(encoding='utf-8')
    (evening.pictures / 'report.txt').write_text(report, encoding='utf-8')
    secrets = evening.secrets()
    assert len(secrets) > 3 and [word for word in secrets if word in report] == []
    assert 'PlexKodiConnect' in report and '==== kodi.log ====' in report and 'listening to the server' in report

    # It does not come again.
    lab.restart()
    time.sleep(5.0)
    assert not lab.dialog_open() and not lab.condition(GUIDE) and not lab.condition(LIST)
