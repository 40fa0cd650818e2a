"""Pictures of the library: through the loopback server, and loaded into Kodi's texture cache in advance."""
from __future__ import annotations

import threading
from multiprocessing.pool import ThreadPool
from typing import Dict, Iterator, List, Set, Tuple

import pytest

from resources.lib.kodi.texts import artwork as texts
from resources.lib.local_server import picture_limits
from resources.lib.service.artwork import preloading
from resources.lib.service.artwork.part import Artwork
from resources.lib.service.events import ServerReachable
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library

MOVIES, PATIENCE = 30, 20
PHOTO = r'/photo/:/transcode'


class Pictures:
    """The library's pictures, in Kodi's database and in its texture cache."""

    def __init__(self, environment: ServiceEnvironment) -> None:
        self.environment = environment
        self.kodi = environment.kodi
        self.textures = environment.kodi.textures
        self.faults = environment.sim.faults

    def in_library(self) -> Set[str]:
        return {row[0] for row in self.environment.sync_env.rows("SELECT url FROM art WHERE url LIKE '%/art/%'")}

    @property
    def part(self) -> Artwork:
        return self.environment._part(Artwork)

    def asked_for(self) -> int:
        """Requests for pictures that the server got."""
        return len(self.environment.sim.requests.find(PHOTO))

    def load(self) -> Dict[str, str]:
        answer: Dict[str, str] = self.environment.call('load_pictures')
        return answer

    def wait_for_the_end(self) -> None:
        self.kodi.wait_for(lambda: self.part.preloader.position is None, PATIENCE)

    def told(self) -> List[str]:
        return [text for _, text, _ in self.kodi.notifications]

    def wait_told(self, text_id: int, *values: int) -> None:
        self.kodi.wait_for(lambda: self.kodi.text(text_id) % values in self.told(), PATIENCE)

    def hold(self, number: int) -> Tuple[threading.Event, threading.Event]:
        """(Kodi is about to load so many pictures, it may go on)."""
        reached, go_on = threading.Event(), threading.Event()

        def wait(_url: str) -> None:
            if len(self.textures.tried) + 1 >= number:
                reached.set()
                while not (go_on.wait(0.02) or self.kodi.abort.is_set()):
                    pass
        self.textures.before_load = wait
        return reached, go_on


@pytest.fixture
def pictures(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pictures]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    monkeypatch.setattr(preloading, '_LOOK_AGAIN', 0.02)
    monkeypatch.setattr(preloading, '_AFTER_TROUBLE', 0.02)
    library = Library.empty()
    films, shows = library.add_section('movie', 'Films'), library.add_section('show', 'Series')
    for number in range(MOVIES):
        library.add_movie('Film %d' % number, films.id)
    show = library.add_show('Space', shows.id)
    library.add_episode(library.add_season(show.rating_key, 1).rating_key, 1, 'Start')
    environment = ServiceEnvironment(fake_kodi, library, monkeypatch)
    with environment.in_use():
        environment.sync()
        yield Pictures(environment)


def test_all_pictures_are_loaded_when_the_user_wants_that_now(pictures: Pictures) -> None:
    assert pictures.load() == {'text': 'loading_begins'}
    pictures.wait_told(texts.PICTURES_LOADED, len(pictures.in_library()), 0)
    assert set(pictures.textures.held) == pictures.in_library() and len(pictures.in_library()) > 2 * MOVIES
    assert pictures.asked_for() == len(pictures.textures.tried) == len(pictures.in_library())
    bars = [bar for bar in pictures.kodi.progress if bar.updates[0][1] == pictures.kodi.text(texts.LOADING_PICTURES)]
    assert bars and not any(bar.open for bar in bars)
    pictures.load()
    pictures.wait_told(texts.PICTURES_LOADED, 0, 0)
    assert pictures.asked_for() == len(pictures.in_library()), 'what Kodi has is not asked for'


def test_nothing_is_loaded_in_advance_unless_the_user_wants_that(pictures: Pictures) -> None:
    assert pictures.part.preloader.position is None
    assert not pictures.textures.tried and not pictures.asked_for()


def test_with_the_setting_new_and_changed_pictures_are_loaded_after_a_sync(pictures: Pictures,
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preloading, '_BETWEEN', 0.0)
    pictures.kodi.set_setting('preload_pictures', 'true')
    pictures.kodi.wait_for(lambda: set(pictures.textures.held) == pictures.in_library(), PATIENCE)
    pictures.wait_for_the_end()
    before, library = pictures.in_library(), pictures.environment.sync_env.library
    pictures.textures.tried.clear()
    film = next(item for item in library.items('movie') if item.title == 'Film 3')
    library.update(film.rating_key, summary='Another picture')
    library.add_movie('Late', film.section.id)
    pictures.environment.sync()
    pictures.kodi.wait_for(lambda: pictures.in_library() <= set(pictures.textures.held), PATIENCE)
    pictures.wait_for_the_end()
    assert set(pictures.textures.tried) == pictures.in_library() - before
    assert len(pictures.textures.tried) == 4, 'poster and background of two films'
    assert pictures.kodi.text(texts.PICTURES_LOADED) % (4, 0) not in pictures.told(), 'nobody asked'


def test_what_changes_all_the_time_does_not_begin_a_pass_all_the_time(pictures: Pictures) -> None:
    """But what came meanwhile is not forgotten, and who asks does not wait."""
    reached, go_on = pictures.hold(5)
    pictures.kodi.set_setting('preload_pictures', 'true')
    assert reached.wait(PATIENCE)
    library = pictures.environment.sync_env.library
    loaded = pictures.textures.tried[0].split('/')[-3]
    library.update(loaded, summary='Another picture')
    pictures.environment.sync()
    pictures.textures.before_load = lambda _url: None
    go_on.set()
    preloader = pictures.part.preloader
    pictures.kodi.wait_for(lambda: preloader._rests_until > 0, PATIENCE)
    pictures.wait_for_the_end()
    assert len(pictures.in_library() - set(pictures.textures.held)) == 2
    assert pictures.load() == {'text': 'loading_begins'}
    pictures.kodi.wait_for(lambda: pictures.in_library() <= set(pictures.textures.held), PATIENCE)
    pictures.wait_for_the_end()


def test_it_waits_while_something_plays_and_goes_on_afterwards(pictures: Pictures) -> None:
    reached, go_on = pictures.hold(5)
    pictures.load()
    assert reached.wait(PATIENCE)
    pictures.kodi.play('film.mkv')
    pictures.textures.before_load = lambda _url: None
    go_on.set()
    pictures.kodi.wait_for(lambda: not pictures.kodi.progress[-1].open, PATIENCE)
    assert len(pictures.textures.tried) == 5
    pictures.kodi.stop()
    pictures.wait_told(texts.PICTURES_LOADED, len(pictures.in_library()), 0)


def test_it_waits_while_the_library_is_written(pictures: Pictures) -> None:
    reached, go_on = pictures.hold(5)
    pictures.load()
    assert reached.wait(PATIENCE)
    with pictures.environment.running.shared.databases.writing:
        pictures.textures.before_load = lambda _url: None
        go_on.set()
        pictures.kodi.wait_for(lambda: not pictures.kodi.progress[-1].open, PATIENCE)
        assert len(pictures.textures.tried) == 5
    pictures.wait_told(texts.PICTURES_LOADED, len(pictures.in_library()), 0)


def test_it_goes_on_after_a_restart_where_it_was(pictures: Pictures) -> None:
    reached, _ = pictures.hold(40)
    pictures.load()
    assert reached.wait(PATIENCE)
    pictures.environment.stop_kodi()
    done, tried = set(pictures.textures.held), len(pictures.textures.tried)
    assert len(done) >= 39
    pictures.textures.before_load = lambda _url: None
    pictures.textures.held.clear()  # so that it would be seen if it began anew
    pictures.environment.start_kodi()
    pictures.wait_told(texts.PICTURES_LOADED, len(pictures.in_library()), 0)
    assert not done & set(pictures.textures.held) and set(pictures.textures.held) | done == pictures.in_library()
    assert len(pictures.textures.tried) - tried == len(pictures.in_library()) - len(done)


def test_it_waits_for_a_server_that_is_away(pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, go_on = pictures.hold(10)
    pictures.load()
    assert reached.wait(PATIENCE)
    pictures.faults.add(PHOTO, 'drop')
    pictures.textures.before_load = lambda _url: None
    go_on.set()
    pictures.kodi.wait_for(lambda: not pictures.kodi.progress[-1].open, PATIENCE)
    assert len(pictures.textures.held) == 9
    pictures.faults.clear()
    pictures.environment.running.events.publish(ServerReachable())
    pictures.wait_told(texts.PICTURES_LOADED, len(pictures.in_library()), 0)


def test_what_there_is_not_is_counted_and_keeps_nothing_from_being_loaded(pictures: Pictures) -> None:
    gone = sorted(pictures.in_library())[7]
    rating_key = gone.split('/')[-3]
    pictures.faults.add(r'(url=.*%s%%2F|/library/metadata/%s/)' % (rating_key, rating_key), 404)
    pictures.load()
    missing = {url for url in pictures.in_library() if '/%s/' % rating_key in url}
    pictures.wait_told(texts.PICTURES_LOADED, len(pictures.in_library()) - len(missing), len(missing))
    assert set(pictures.textures.held) == pictures.in_library() - missing


@pytest.mark.parametrize('answer', [True, False])
def test_the_same_button_stops_it_after_a_question(pictures: Pictures, answer: bool) -> None:
    reached, go_on = pictures.hold(6)
    pictures.load()
    assert reached.wait(PATIENCE)
    pictures.kodi.answer(answer)
    assert pictures.load() == {}
    pictures.kodi.wait_for(lambda: any(kind == 'yesno' for kind, _ in pictures.kodi.dialogs), PATIENCE)
    question = next(arguments for kind, arguments in pictures.kodi.dialogs if kind == 'yesno')
    assert pictures.kodi.text(texts.STOP_LOADING) % (5, len(pictures.in_library())) in question
    if answer:
        pictures.kodi.wait_for(lambda: pictures.part.preloader._cancelled, PATIENCE)
    pictures.textures.before_load = lambda _url: None
    go_on.set()
    loaded = 6 if answer else len(pictures.in_library())
    pictures.wait_told(texts.PICTURES_STOPPED if answer else texts.PICTURES_LOADED, loaded, 0)
    assert len(pictures.textures.held) == loaded
    pictures.environment.stop_kodi()
    pictures.environment.start_kodi()
    assert pictures.part.preloader.position is None


def test_switching_the_setting_off_stops_what_nobody_asked_for(pictures: Pictures) -> None:
    reached, go_on = pictures.hold(6)
    pictures.kodi.set_setting('preload_pictures', 'true')
    assert reached.wait(PATIENCE)
    pictures.kodi.set_setting('preload_pictures', 'false')
    go_on.set()
    pictures.wait_for_the_end()
    assert len(pictures.textures.held) <= 6
    assert not any('6' in text for text in pictures.told())


def test_a_wall_of_posters_holds_up_neither_a_sync_nor_the_plugin(pictures: Pictures) -> None:
    late = pictures.faults.add(PHOTO, 'delay', value=600)
    wall = ThreadPool(16)
    showing = wall.map_async(pictures.textures.load, sorted(pictures.in_library())[:40])
    turns = pictures.part._route._source._turns
    pictures.kodi.wait_for(lambda: turns._places._value == 0, PATIENCE)
    library = pictures.environment.sync_env.library
    library.add_movie('New', next(library.items('movie')).section.id)
    assert pictures.environment.sync()['added'] == 1
    rating_key = pictures.environment.rating_key('New')
    assert pictures.environment.call('play', machine_identifier=pictures.environment.sync_env.machine,
                                     rating_key=rating_key, type='movie')['url']
    assert not showing.ready() and late.hits <= 12, 'four at a time'
    pictures.faults.clear()
    wall.terminate()


def test_posters_of_a_server_that_is_away_are_answered_at_once(pictures: Pictures,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_limits, '_QUIET_SECONDS', 1000.0)
    monkeypatch.setattr(picture_limits, '_LONGEST_QUIET', 1000.0)
    wanted = sorted(pictures.in_library())
    pictures.faults.add(PHOTO, 'drop')
    wall = ThreadPool(8)
    wall.map(pictures.textures.load, wanted)
    assert not pictures.textures.held
    assert pictures.asked_for() <= 16, 'a few at the same time, each twice'
    pictures.faults.clear()
    pictures.environment.running.events.publish(ServerReachable())
    wall.map(pictures.textures.load, wanted)
    assert set(pictures.textures.held) == set(wanted)
    wall.close()
