"""The music of a show while its list is open: once, never in the way of anything, and nobody else's business."""
from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any, Iterator, List, Tuple

import pytest

from resources.lib.service.events import KodiNotification, PlayAsked
from resources.lib.service.theme_music import part, turn
from tests.fakes import FakeKodi
from tests.fakes.state import Playing
from tests.support.viewing import Viewing
from tools.plexsim import Library

LIST = 'Container.FolderPath'
THEME = r'/library/metadata/\d+/theme/'
#: Seconds that a machine may take on which other tests run.
LIMIT = 40.0
MUSIC = b'ID3' + bytes(range(256)) * 400


class ListStage(Viewing):
    """A user who opens lists, and does nothing for a second."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, theme_file: str) -> None:
        library = Library.empty()
        self.shows = [library.add_show(title, theme=True) for title in ('One', 'Two')]
        self.shows.append(library.add_show('Silent'))
        self.seasons = [library.add_season(show.rating_key, 1) for show in self.shows]
        self.episodes = [library.add_episode(season.rating_key, 1) for season in self.seasons]
        monkeypatch.setattr(part, '_LOOK_S', 0.01)
        super().__init__(kodi, library, monkeypatch)
        self.sim.config.theme_file = theme_file
        kodi.conditions |= {'Window.IsActive(videos)', 'System.IdleTime(1)'}
        self.heard: List[Tuple[str, str]] = []

    def opens(self, path: str, content: str = '') -> None:
        """A list of Kodi's Videos window."""
        self.kodi.conditions -= {'Container.Content(seasons)', 'Container.Content(episodes)'}
        self.kodi.conditions.add('Container.Content(%s)' % content)
        self.kodi.info_labels[LIST] = path

    def opens_show(self, number: int) -> None:
        """The seasons of a show in Kodi's library."""
        (row,), = self.sync_env.rows('SELECT idShow FROM tvshow WHERE c00 = ?', self.shows[number].title)
        self.opens('videodb://tvshows/titles/%d/' % row, 'seasons')

    def opens_ours(self, item: Any) -> None:
        """A list of ours: of a show, or of a season."""
        self.opens('plugin://plugin.video.plexkodiconnect/children?id=%s' % item.rating_key, 'seasons')

    def leaves(self) -> None:
        """Back to all shows."""
        self.opens('videodb://tvshows/titles/', 'tvshows')

    def hears(self, number: int) -> str:
        """Wait for the music of this show; returns its URL."""
        self.kodi.wait_for(lambda: '/theme/%s/%s/' % (self.sync_env.machine, self.shows[number].rating_key)
                           in self.file(), LIMIT)
        return self.file()

    def file(self) -> str:
        """What plays."""
        playing = self.kodi.playing
        return playing.file if playing is not None else ''

    def silence(self) -> None:
        """Wait until nothing plays."""
        self.kodi.wait_for(lambda: self.kodi.playing is None, LIMIT)

    def looks(self) -> None:
        """Let the service look at the list some times."""
        before = self.seen()
        self.kodi.wait_for(lambda: self.seen() > before + 3, LIMIT)

    def seen(self) -> int:
        """How often it has looked."""
        return len(self.heard)


@pytest.fixture
def stage(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[ListStage]:
    file = tmp_path / 'theme.mp3'
    file.write_bytes(MUSIC)
    made = ListStage(fake_kodi, monkeypatch, str(file))
    look = turn.Turn.look

    def counted(self: turn.Turn, shown: Any) -> None:
        look(self, shown)
        made.heard.append(('looked', str(shown)))
    monkeypatch.setattr(turn.Turn, 'look', counted)
    with made.in_use():
        made.sync()
        fake_kodi.set_setting('theme_music', 'true')
        made.clock.stop()  # what depends on seconds is not decided by how quick this machine is
        yield made


def test_it_plays_in_the_shows_lists_and_ends_with_them(stage: ListStage) -> None:
    stage.opens_show(0)
    url = stage.hears(0)
    stage.opens_ours(stage.seasons[0])  # its episodes, in a list of ours
    stage.looks()
    assert stage.file() == url
    stage.leaves()
    stage.silence()
    stage.opens_ours(stage.shows[1])
    stage.hears(1)
    stage.kodi.end()
    stage.looks()
    assert stage.kodi.playing is None


def test_kodi_gets_it_from_us_whole_and_in_parts(stage: ListStage) -> None:
    stage.opens_show(0)
    url = stage.hears(0)
    with urllib.request.urlopen(url) as answer:
        assert (answer.read(), answer.headers['Content-Type']) == (MUSIC, 'audio/mpeg')
    with urllib.request.urlopen(urllib.request.Request(url, headers={'Range': 'bytes=-128'})) as answer:
        assert (answer.status, answer.read()) == (206, MUSIC[-128:])
        assert answer.headers['Content-Range'] == 'bytes %d-%d/%d' % (len(MUSIC) - 128, len(MUSIC) - 1, len(MUSIC))
    with urllib.request.urlopen(urllib.request.Request(url, method='HEAD')) as answer:
        assert answer.headers['Content-Length'] == str(len(MUSIC))
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(url, headers={'Range': 'bytes=999999-'}))
    assert error.value.code == 416
    assert len(stage.sim.requests.find(THEME)) == 1
    other = url.replace('/%s/' % stage.shows[0].rating_key, '/%s/' % stage.shows[1].rating_key)
    with pytest.raises(urllib.error.HTTPError) as error:  # only what was handed out
        urllib.request.urlopen(other)
    assert error.value.code == 404


def test_it_can_be_quieter_than_it_is(stage: ListStage) -> None:
    stage.kodi.set_setting('theme_loudness', '2')
    stage.opens_show(0)
    with urllib.request.urlopen(stage.hears(0)) as answer:
        body = answer.read()
    assert b'REPLAYGAIN_ALBUM_GAIN\0-20.00 dB' in body and body.endswith(MUSIC[3:][-1000:])


def test_a_theme_that_the_server_does_not_give_is_not_played(stage: ListStage) -> None:
    stage.sim.faults.add(THEME, 500)
    stage.opens_show(0)
    stage.kodi.wait_for(lambda: stage.sim.requests.find(THEME), LIMIT)
    stage.looks()
    assert stage.kodi.playing is None
    stage.sim.faults.clear()
    stage.leaves()
    stage.looks()
    stage.opens_show(0)
    stage.hears(0)


def test_shows_without_music_and_other_lists_are_silent(stage: ListStage) -> None:
    stage.opens_show(2)
    stage.looks()
    stage.opens('videodb://recentlyaddedepisodes/', 'episodes')
    stage.looks()
    assert stage.kodi.playing is None


def test_it_is_off_unless_the_user_wants_it_and_ends_when_switched_off(stage: ListStage) -> None:
    stage.opens_show(0)
    stage.hears(0)
    stage.kodi.set_setting('theme_music', 'false')
    stage.silence()


def test_it_never_takes_the_place_of_anything(stage: ListStage) -> None:
    stage.kodi.play('http://elsewhere/song.mp3', kind='audio')
    stage.opens_show(0)
    stage.looks()
    assert stage.file() == 'http://elsewhere/song.mp3'
    stage.kodi.stop()
    stage.leaves()
    stage.looks()
    stage.kodi.conditions.add('System.HasActiveModalDialog')  # Kodi waits for a plugin
    stage.opens_show(0)
    stage.looks()
    stage.running.shared.events.publish(PlayAsked())
    stage.looks()
    stage.kodi.conditions.discard('System.HasActiveModalDialog')
    stage.looks()
    assert stage.kodi.playing is None


def test_an_episode_takes_its_place_and_is_not_stopped(stage: ListStage) -> None:
    stage.opens_show(0)
    stage.hears(0)
    episode = stage.episodes[0]
    stage.watch(episode.rating_key, kind='episode')
    stage.kodi.wait_for(lambda: stage.watcher.active, LIMIT)
    stage.leaves()
    stage.looks()
    stage.passes(60.0)
    stage.looks()
    assert stage.watcher.playback is not None
    assert stage.watcher.playback.rating_key == str(episode.rating_key)


@pytest.mark.parametrize('soon', [True, False])
def test_an_episode_that_kodi_drops_because_music_has_just_begun_is_played_again(stage: ListStage, soon: bool) -> None:
    opened: List[Any] = []

    def open_it(params: Any) -> str:
        opened.append(params['item'])
        return 'OK'
    stage.kodi.rpc['Player.Open'] = open_it
    stage.opens_show(0)
    stage.hears(0)
    stage.passes(0.0 if soon else 60.0)
    for _ in range(2):
        stage.call('play', machine_identifier=stage.sync_env.machine, rating_key=str(stage.episodes[0].rating_key),
                   type='episode')
        stage.kodi.stop()  # the music
        stage.kodi.playing = Playing('http://127.0.0.1:1/stream/an/episode/that/opens', 100.0, 0.0)
        stage.kodi._players('onPlayBackStarted')
        stage.kodi.stop()  # no picture yet
        stage.kodi.wait_for(stage.watcher._events.empty, LIMIT)
        if soon:
            stage.kodi.wait_for(lambda: len(opened) == 1, LIMIT)
    stage.looks()
    assert len(opened) == int(soon)


def test_nobody_else_takes_it_for_something_that_plays(stage: ListStage) -> None:
    stage.opens_show(0)
    stage.hears(0)
    for act in (stage.kodi.pause, stage.kodi.resume, lambda: stage.kodi.seek(10.0)):
        act()
    assert not stage.watcher.active
    stage.running.shared.events.publish(KodiNotification('Player.OnPlay', {'item': {'type': 'song'}}))
    stage.leaves()
    stage.silence()
    assert stage.watcher.playback is None
    assert not stage.sim.requests.find(r'/:/timeline')
