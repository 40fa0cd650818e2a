"""Library nodes follow the libraries: they come with the first sync, change with them, and go at sign-out."""
from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from resources.lib.kodi.texts import lists as list_texts
from resources.lib.service.events import SignedOut
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library

HOME = 10000


class Videos:
    """Kodi's Videos window as its files describe it."""

    def __init__(self, environment: ServiceEnvironment) -> None:
        self.environment = environment
        self.kodi = environment.kodi
        self.library = environment.sync_env.library
        self.root = Path(self.kodi.real_path('special://profile/library/video'))

    def folders(self) -> Dict[str, str]:
        """Titles by the names of the folders, in their order."""
        found = []
        for path in self.root.glob('*/index.xml'):
            node = ElementTree.parse(str(path)).getroot()
            found.append((int(node.get('order', '0')), path.parent.name, node.findtext('label', '')))
        return {name: title for _, name, title in sorted(found)}

    def node(self, name: str) -> ElementTree.Element:
        return ElementTree.parse(str(self.root / (name + '.xml'))).getroot()

    def tag(self, name: str) -> List[str]:
        return [value.text or '' for value in self.node(name).findall("rule[@field='tag']/value")]

    def property(self, name: str) -> str:
        return self.kodi.window_properties.get((HOME, name.lower()), '')

    def wait(self, *names: str) -> None:
        """Wait for the nodes of these names in this order, and until skins were told."""
        self.kodi.wait_for(lambda: ['plex'] + ['plex_' + self.property('Plex.nodes.%d.id' % number) for number in range(
            int(self.property('Plex.nodes.total') or 0))] == list(names), 20)
        assert list(self.folders()) == list(names)


@pytest.fixture
def videos(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Videos]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    library = Library.empty()
    films, shows = library.add_section('movie', 'Movies & more'), library.add_section('show', 'Series')
    library.add_section('movie', 'Animation')
    library.add_movie('Alpha', films.id)
    library.add_episode(library.add_season(library.add_show('Space', shows.id).rating_key, 1).rating_key, 1, 'Start')
    environment = ServiceEnvironment(fake_kodi, library, monkeypatch)
    with environment.in_use():
        yield Videos(environment)


def test_each_library_has_its_node_after_the_first_sync(videos: Videos) -> None:
    assert not videos.root.exists()
    videos.environment.sync()
    videos.wait('plex', 'plex_3', 'plex_1', 'plex_2')
    assert videos.folders() == {'plex': 'Plex', 'plex_3': 'Animation', 'plex_1': 'Movies & more', 'plex_2': 'Series'}
    assert videos.tag('plex_1/all') == ['Movies & more'] and videos.node('plex_1/all').findtext('content') == 'movies'
    assert videos.node('plex_2/recent').findtext('content') == 'episodes'
    assert videos.node('plex_2/unwatched').findtext('path', '').endswith('/section?id=2&type=show&unwatched=1')
    assert videos.tag('plex/movies/genres') == ['Animation', 'Movies & more']
    assert videos.node('plex_1/browse').findtext('label') == videos.kodi.text(list_texts.FOLDERS)
    orders = [int(videos.node('plex_1/' + name).get('order', '')) for name in ('all', 'recent', 'ondeck', 'browse')]
    assert orders == sorted(orders)


def test_skins_find_the_libraries_by_window_properties(videos: Videos) -> None:
    videos.environment.sync()
    videos.kodi.wait_for(lambda: videos.property('Plex.nodes.total') == '3')
    assert (videos.property('Plex.nodes.1.title'), videos.property('Plex.nodes.1.type'),
            videos.property('Plex.nodes.1.id')) == ('Movies & more', 'movies', '1')
    assert videos.property('Plex.nodes.1.index') == 'library://video/plex_1/'
    assert videos.property('Plex.nodes.1.path') == 'ActivateWindow(Videos,library://video/plex_1/,return)'
    assert videos.property('Plex.nodes.1.recent.content') == 'library://video/plex_1/recent.xml/'
    assert videos.property('Plex.nodes.2.plex_ondeck.content').startswith('plugin://')
    assert videos.property('Plex.nodes.1.recent.artwork') == 'DefaultRecentlyAddedMovies.png'


def test_nodes_follow_a_library_that_is_renamed_or_goes(videos: Videos) -> None:
    videos.environment.sync()
    videos.wait('plex', 'plex_3', 'plex_1', 'plex_2')
    videos.library.rename_section(2, 'TV')
    videos.environment.sync()
    videos.kodi.wait_for(lambda: videos.property('Plex.nodes.2.title') == 'TV')
    assert videos.folders()['plex_2'] == 'TV' and videos.tag('plex_2/all') == ['TV']
    videos.library.remove_section(2)
    for _ in range(2):  # one answer without it proves nothing
        videos.environment.sync()
    videos.wait('plex', 'plex_3', 'plex_1')
    videos.kodi.wait_for(lambda: videos.property('Plex.nodes.total') == '2')
    assert videos.property('Plex.nodes.2.title') == ''


def test_the_order_is_the_users_and_so_is_whether_there_are_any(videos: Videos) -> None:
    videos.environment.sync()
    videos.kodi.set_setting('nodes_order', 'server')
    videos.wait('plex', 'plex_1', 'plex_2', 'plex_3')
    videos.kodi.set_setting('library_nodes', 'false')
    videos.kodi.wait_for(lambda: not videos.root.exists())
    videos.kodi.wait_for(lambda: videos.property('Plex.nodes.total') == '')


def test_signing_out_takes_them_away(videos: Videos) -> None:
    videos.environment.sync()
    videos.wait('plex', 'plex_3', 'plex_1', 'plex_2')
    videos.environment.auth.sign_out()
    videos.environment.running.events.publish(SignedOut(False))
    videos.kodi.wait_for(lambda: not videos.root.exists())


def test_a_start_with_nothing_changed_writes_nothing_but_tells_the_skin(videos: Videos) -> None:
    videos.environment.sync()
    videos.wait('plex', 'plex_3', 'plex_1', 'plex_2')
    videos.environment.stop_kodi()
    before = {path: path.stat().st_mtime_ns for path in videos.root.rglob('*.xml')}
    videos.kodi.window_properties.clear()
    videos.environment.start_kodi()
    videos.kodi.wait_for(lambda: videos.property('Plex.nodes.total') == '3')
    assert {path: path.stat().st_mtime_ns for path in videos.root.rglob('*.xml')} == before


def test_a_library_named_as_kodis_own_node_can_be_told_from_it(videos: Videos, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.kodi.addon.kodi_text', lambda text_id: 'Series' if text_id == 20343 else 'x')
    videos.environment.sync()
    videos.kodi.wait_for(lambda: videos.property('Plex.nodes.2.title') == 'Series (Plex)')
    assert videos.folders()['plex_2'] == 'Series (Plex)' and videos.tag('plex_2/all') == ['Series']
