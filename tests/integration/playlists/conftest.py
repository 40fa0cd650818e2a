from typing import Iterator

import pytest

from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.integration.playlists.player import Player
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library


@pytest.fixture
def player(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    for name in ('_QUIET', '_BEGINNING', '_SYNCING'):
        monkeypatch.setattr('resources.lib.service.playlists.part.' + name, 0.0 if name != '_SYNCING' else 0.05)
    library = Library.empty()
    films, shows = library.add_section('movie', 'Movies'), library.add_section('show', 'Series')
    for title in ('Alpha', 'Beta', 'Gamma', 'Delta'):
        library.add_movie(title, films.id, year=1999)
    season = library.add_season(library.add_show('Space', shows.id).rating_key, 1)
    library.add_episode(season.rating_key, 1, 'Start')
    environment = ServiceEnvironment(fake_kodi, library, monkeypatch)
    fake_kodi.set_setting('plex_playlists', 'from_plex')
    with environment.in_use():
        yield Player(environment)
