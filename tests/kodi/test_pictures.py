"""Pictures on the screen of a real Kodi: changed at the server, loaded in advance, back after the server was away."""
from __future__ import annotations

import subprocess
from hashlib import md5
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set
from urllib.parse import unquote

import pytest

from tests.kodi.conftest import LabFactory
from tests.support.kodi_environment import KodiEnvironment
from tools.kodilab.screen import need
from tools.stage import ENVIRONMENT, PLUGIN

MOVIES = 24
#: A poster that Estuary shows takes at least this share of the screen.
_SHARE = 0.01


class PictureStage(KodiEnvironment):
    """The pictures of the simulated server are of one colour each, which their path at the server decides."""

    def art(self, kind: str = '') -> Set[str]:
        """The URLs of our pictures in Kodi's library."""
        return {row[0] for row in self.rows("SELECT url FROM art WHERE url LIKE 'http://127.0.0.1:%/art/%'")
                if '/%s' % kind in row[0]}

    def poster(self, movie_id: int) -> str:
        """The URL of a film's poster."""
        return str(self.rows("SELECT url FROM art WHERE media_type = 'movie' AND media_id = ? AND type = 'poster'",
                             movie_id)[0][0])

    def textures(self) -> Dict[str, List[Dict[str, Any]]]:
        """The sizes of the pictures in Kodi's texture cache by their URLs."""
        found = self.lab.rpc('Textures.GetTextures', properties=['url', 'sizes'])['textures']
        return {unquote(one['url'][len('image://'):-1]): one['sizes'] for one in found}

    def asked(self) -> int:
        """Requests for pictures that the server got."""
        return len(self.ask('requests', path='/photo/'))

    def shows(self, url: str) -> bool:
        """Whether the picture of a poster's URL is on the screen."""
        rating_key, kind, stamp = url.split('/')[-3:]
        path = '/library/metadata/%s/%s/%s' % (rating_key, kind, stamp)
        red, green, blue = md5(path.encode()).digest()[:3]
        picture = self.lab.screenshot(self.lab.home / 'screen.png', settle=0)
        command = [need('convert', 'imagemagick'), str(picture), '-fuzz', '3%', '-fill', 'black', '+opaque',
                   'rgb(%d,%d,%d)' % (red, green, blue), '-fill', 'white', '+opaque', 'black', '-format', '%[fx:mean]',
                   'info:']
        return float(subprocess.run(command, check=True, capture_output=True).stdout) > _SHARE

    def open_films(self) -> None:
        """Show the list of films."""
        def in_videos() -> bool:
            if self.lab.condition('Window.IsActive(videos)'):
                return True
            self.lab.rpc('GUI.ActivateWindow', window='videos', parameters=['videodb://movies/titles/', 'return'])
            return False
        self.lab.wait_for(in_videos, 20, 'the window of videos', interval=1.0)
        self.lab.wait_for(lambda: self.lab.labels('Container.NumItems')['Container.NumItems'] == str(MOVIES), 20,
                          'the list')

    def focused(self) -> int:
        """The id of the film that has the focus, 0 for none."""
        return max(0, int(self.lab.labels('ListItem.DBID')['ListItem.DBID'] or 0))

    def go_to_film(self, movie_id: int = 0) -> int:
        """Give a film the focus, any or that one; returns its id."""
        def there() -> bool:
            found = self.focused()
            return bool(found) and movie_id in (0, found)
        self.lab.go_to(there, 'a film with the focus')
        return self.focused()

    def go_home(self) -> None:
        self.lab.rpc('GUI.ActivateWindow', window='home')


@pytest.fixture
def stage(kodi_lab: LabFactory, addon_repository: Path) -> Iterator[PictureStage]:
    lab = kodi_lab(name='pictures', env=ENVIRONMENT)
    made = PictureStage(lab)
    made.install_and_sync(addon_repository, '--movies', str(MOVIES), '--shows', '2', '--no-oddities')
    lab.wait_for(lambda: lab.condition('Library.HasContent(movies)'), 20, 'films')
    yield made
    assert not lab.crashed and 'Traceback' not in lab.log_text()


def test_a_poster_that_was_changed_at_the_server_is_on_the_screen(stage: PictureStage) -> None:
    lab = stage.lab
    stage.open_films()
    movie_id = stage.go_to_film()
    old = stage.poster(movie_id)
    lab.wait_for(lambda: stage.shows(old), 30, 'the old poster', interval=0.5)
    stage.tell('mutate', op='update', args={'rating_key': old.split('/')[-3], 'summary': 'It has another poster'})
    lab.wait_for(lambda: stage.poster(movie_id) != old, 20, "another poster in Kodi's library")
    new = stage.poster(movie_id)
    lab.wait_for(lambda: stage.shows(new) and not stage.shows(old), 20, 'the new poster', interval=0.5)
    assert {old, new} <= set(stage.textures())


def test_all_pictures_are_loaded_in_advance_as_large_as_kodi_stores_them(stage: PictureStage) -> None:
    lab = stage.lab
    wanted = stage.art()
    assert len(wanted) > 2 * MOVIES
    lab.builtin('RunPlugin(%s/load_pictures)' % PLUGIN)
    lab.wait_for(lambda: wanted <= set(stage.textures()), 150, 'all pictures in the texture cache', interval=0.5)
    sizes = stage.textures()
    for url in wanted:
        size = sizes[url][0]
        if url.split('/')[-2] == 'art':
            assert (size['width'], size['height']) == (1920, 1080)
        elif url in stage.art('thumb'):
            assert (size['width'], size['height']) == (480, 720)
    asked = stage.asked()
    stage.tell('faults', path_regex='/photo/', kind='drop')
    stage.open_films()
    url = stage.poster(stage.go_to_film())
    lab.wait_for(lambda: stage.shows(url), 20, 'its poster, without the server', interval=0.5)
    assert stage.asked() == asked


def test_pictures_come_after_the_server_was_away(stage: PictureStage) -> None:
    lab = stage.lab
    stage.tell('faults', path_regex='/(photo|library/metadata/\\d+/(thumb|art))', kind='drop')
    had = set(stage.textures())  # by the home screen
    movie_id, url = next((row[0], stage.poster(row[0])) for row in stage.rows('SELECT idMovie FROM movie ORDER BY c00')
                         if stage.poster(row[0]) not in had)
    stage.open_films()
    stage.go_to_film(movie_id)
    assert not stage.shows(url)
    stage.tell('clear_faults')
    assert url not in stage.textures()

    def come_again() -> bool:
        stage.go_home()
        lab.wait_for(lambda: lab.current_window().label == 'Home', 10, 'home')
        stage.open_films()
        stage.go_to_film(movie_id)
        return any(stage.shows(url) for _ in range(6))
    lab.wait_for(come_again, 90, 'the poster after another visit')
