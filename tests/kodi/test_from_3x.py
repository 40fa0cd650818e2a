"""A Kodi in which PlexKodiConnect 3.x was at home gets 4.0 from the repository: sign-in and library are taken over."""
from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Iterator, List
from xml.sax.saxutils import escape

import pytest

from tests.kodi.conftest import kodi_root
from tests.support import pkc3
from tests.support.kodi_environment import KodiEnvironment
from tools.kodilab import KodiLab
from tools.plexsim import Library
from tools.stage import ENVIRONMENT, build_repository

MOVIES, SHOWS, SEED = 8, 2, 5
SIGN_IN = 'Window.IsActive(script-plexkodiconnect-signin.xml)'
OURS = 'plugin://plugin.video.plexkodiconnect/play/'


class Upgrade:
    """Kodi with the library and the settings of 3.x; ``pictures`` keeps what the user sees."""

    def __init__(self, kodi_env: KodiEnvironment, pictures: Path) -> None:
        self.kodi_env, self.lab, self.pictures = kodi_env, kodi_env.lab, pictures
        pictures.mkdir(parents=True, exist_ok=True)

    def asked(self, picture: str, before: str = '') -> str:
        """Wait for another question than the one before, which may be in the same window; returns it."""
        question = self.lab.next_dialog(before)
        time.sleep(1.0)  # dialogs fade in
        self.lab.screenshot(self.pictures / picture)
        return question

    def library(self) -> List[Any]:
        return [(movie['movieid'], movie['title'], movie['playcount']) for movie in self.kodi_env.movies('playcount')]

    def set_modern(self, value: bool) -> None:
        """The user's switch in the settings, while Kodi is off."""
        self.lab.stop()
        path = self.kodi_env.addon_data() / 'settings.xml'
        words = ('false', 'true')
        text = path.read_text(encoding='utf-8')
        mark = '<setting id="modern_auth"'
        start = text.index(mark)
        end = text.index('\n', start)
        path.write_text('%s%s>%s</setting>%s' % (text[:start], mark, words[value], text[end:]), encoding='utf-8')
        self.lab.start()

    def key_files(self) -> List[str]:
        return sorted(name for name in os.listdir(self.kodi_env.addon_data()) if name.startswith('device_key'))


@pytest.fixture
def upgrade(kodi_present: None, tmp_path: Path) -> Iterator[Upgrade]:
    lab = KodiLab(tmp_path / 'home', name='from-3x', env=ENVIRONMENT, debug=True, kodi=kodi_root())
    with lab:
        kodi_env = KodiEnvironment(lab)
        sim = kodi_env.start_sim('--movies', str(MOVIES), '--shows', str(SHOWS), '--seed', str(SEED), '--no-oddities')
        lab.start()
        if os.environ.get('KODI_GERMAN'):
            lab.rpc('Settings.SetSettingValue', setting='locale.language', value='resource.language.de_de')
        video_db = kodi_env.video_db
        lab.stop()
        pkc3.fill(video_db, Library.generate(seed=SEED, movies=MOVIES, shows=SHOWS, seasons=2, episodes=5,
                                             oddities=False, collections=2))
        settings = {'plexToken': sim['owner_token'], 'plex_client_Id': 'client-of-3.x', 'plexLogin': 'Owner',
                    'plex_machineIdentifier': sim['machine_identifier']}
        kodi_env.addon_data().mkdir(parents=True)
        (kodi_env.addon_data() / 'settings.xml').write_text('<settings version="2">\n%s</settings>\n' % ''.join(
            '    <setting id="%s">%s</setting>\n' % (name, escape(value)) for name, value in settings.items()),
            encoding='utf-8')
        lab.start()
        yield Upgrade(kodi_env, Path(os.environ.get('KODI_PICTURES', str(tmp_path))))


def test_an_update_from_3x_needs_no_code_and_doubles_nothing(upgrade: Upgrade, tmp_path: Path) -> None:
    lab, kodi_env = upgrade.lab, upgrade.kodi_env
    before = upgrade.library()
    assert len(before) == MOVIES
    kodi_env.install(build_repository(tmp_path / 'repository'))
    about_library = upgrade.asked('3x-library.png')
    lab.answer_yes()
    upgrade.asked('3x-modern.png', about_library)
    lab.answer_yes()
    report = kodi_env.wait_synced(60)
    assert report['complete'] and not lab.condition(SIGN_IN), 'a code is claimed, but nobody has to type it'
    assert upgrade.library() == before, 'the same rows, with the same marks'
    assert all(movie['file'].startswith(OURS) for movie in kodi_env.movies('file'))
    assert len(kodi_env.rows('SELECT idShow FROM tvshow')) == SHOWS
    assert len(kodi_env.rows('SELECT idEpisode FROM episode')) == SHOWS * 10
    lab.wait_for(lambda: upgrade.key_files() == ['device_key.pass', 'device_key.pem'], 30, 'the key of the device')

    # The modern sign-in is a setting: off and on again asks nobody anything.
    upgrade.set_modern(False)
    lab.wait_for(lambda: upgrade.key_files() == [], 60, 'the end of the key')
    kodi_env.sync()
    upgrade.set_modern(True)
    lab.wait_for(lambda: upgrade.key_files() != [], 60, 'a key')
    assert kodi_env.sync()['complete']
    assert not lab.dialog_open() and not lab.condition(SIGN_IN)
