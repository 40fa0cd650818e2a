"""When the server converts what is played, and when another version is taken: the whole service in a fake Kodi."""
from __future__ import annotations

import threading
import urllib.request
from typing import Any, Dict, Iterator, List, Set, Tuple

import pytest

from resources.lib import item_url
from resources.lib.auth.manager import ServerConnection
from resources.lib.kodi.texts import transcode as texts
from resources.lib.local_server.api import ApiError
from resources.lib.local_server.upstream import Upstream
from resources.lib.service.playback import fallback
from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import Library

LENGTH_S = 5400.0
BITRATE = 9000


class Cinema(Viewing):
    """One film of nine Mbit/s; Kodi asks for what it is told to play, as a user's OK makes it."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        library = Library.empty()
        self._patch = monkeypatch
        self.film = library.add_movie('Film', duration=int(LENGTH_S * 1000))
        super().__init__(kodi, library, monkeypatch)
        self.key = str(self.film.rating_key)
        self.describe()
        self.opened: List[Dict[str, Any]] = []
        kodi.rpc['Player.Open'] = self._opened

    def describe(self, **changes: Any) -> None:
        """The file of the film: H.264 in 1080p, with changes of its picture (``codec`` …) and of the version."""
        stream_names = ('codec', 'bitDepth', 'DOVIPresent', 'DOVIProfile')
        picture = {name: value for name, value in changes.items() if name in stream_names}
        first = self.film.rating_key * 10000
        streams = [dict({'id': first, 'streamType': 1, 'codec': 'h264', 'index': 0, 'bitDepth': 8}, **picture),
                   {'id': first + 1, 'streamType': 2, 'codec': changes.pop('audio', 'aac'), 'channels': 6, 'index': 1}]
        part = {'id': self.film.rating_key * 100, 'key': '/library/parts/%s00/1/file.mkv' % self.key,
                'container': 'mkv', 'file': '/films/Film.mkv', 'size': 9_000_000, 'Stream': streams}
        media = {'id': self.film.rating_key * 10, 'width': 1920, 'height': 1080, 'bitrate': BITRATE, 'Part': [part],
                 'videoResolution': '1080', 'videoCodec': streams[0]['codec'], 'container': 'mkv'}
        media.update({name: value for name, value in changes.items() if name not in stream_names})
        self.set_elements(self.key, Media=[media])

    def settings(self, **values: Any) -> None:
        """What the user sets."""
        for name, value in values.items():
            self.kodi.set_setting(name, str(value).lower())

    def ask(self, **more: Any) -> Dict[str, Any]:
        """What Kodi gets for the film."""
        found: Dict[str, Any] = self.call('play', machine_identifier=self.sync_env.machine, rating_key=self.key,
                                          type='movie', **more)
        return found

    def converts(self, **more: Any) -> bool:
        """Whether Kodi gets a transcode."""
        return '/transcode/' in str(self.ask(**more)['url'])

    def reads(self, url: str, size: int = -1) -> bytes:
        """As the player does."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=25) as answer:
            return bytes(answer.read(size))

    def starts(self, url: str, position: float = 0.0) -> None:
        """The player opens a transcode, and it plays."""
        self.watcher._tick_playing = 0.05
        self.reads(url)
        self.kodi.play(url, LENGTH_S, position)
        self.kodi.wait_for(self._playing)

    def line(self, kbps: int) -> None:
        """The line to the server has this speed, by the service's clock: nobody waits, and no load makes it slower."""
        self.clock.stop()
        read = Upstream.read

        def paced(upstream: Upstream, size: int) -> bytes:
            piece = read(upstream, size)
            self.clock.advance(len(piece) * 8 / 1000.0 / kbps)
            return piece
        self._patch.setattr(Upstream, 'read', paced)

    def said(self) -> List[str]:
        """The notices in the corner."""
        return [text for _, text, _ in self.kodi.notifications]

    def picks(self, action: str, choice: str = '') -> Dict[str, Any]:
        """An entry of the context menu, with an answer to what was asked."""
        answer = {'choice': choice} if choice else {}
        found: Dict[str, Any] = self.call('item_action', plexid=self.key, action=action, **answer)
        return found

    def text(self, number: int) -> str:
        """A text of the add-on."""
        return self.running.shared.addon.text(number)

    def transcodes(self) -> List[Any]:
        """What runs at the server."""
        return list(self.sim.transcoder.running())

    def _opened(self, params: Dict[str, Any]) -> str:
        self.opened.append(params)
        return 'OK'


@pytest.fixture
def cinema(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cinema]:
    made = Cinema(fake_kodi, monkeypatch)
    monkeypatch.setattr(fallback, '_LOOK_S', 0.01)
    try:
        made.start_kodi()
        made.sign_in()
        yield made
    finally:
        made.close()


# ---- before the start ----------------------------------------------------------------------------------------------

def test_the_original_plays_and_the_server_is_asked_once(cinema: Cinema) -> None:
    assert not cinema.converts()
    cinema.sim.reset_stats()
    assert not cinema.converts()
    asked = [entry.path for entry in cinema.sim.requests.find('/library/metadata|transcode')]
    assert asked == ['/library/metadata/' + cinema.key]


@pytest.mark.parametrize(('wanted', 'converted'), [
    ({'quality_limits': True, 'local_bitrate': 4000}, True), ({'quality_limits': True, 'local_height': 720}, True),
    ({'quality_limits': True, 'local_bitrate': 12000, 'local_height': 1080}, False),
    ({'quality_limits': True, 'remote_bitrate': 720}, False), ({'local_bitrate': 4000}, False)])
def test_limits_at_home(cinema: Cinema, wanted: Dict[str, Any], converted: bool) -> None:
    cinema.settings(**wanted)
    assert cinema.converts() == converted


@pytest.mark.parametrize(('rank', 'wanted', 'converted'), [
    (2, {'quality_limits': True, 'remote_bitrate': 4000}, True),
    (2, {'quality_limits': True, 'local_height': 480}, False), (2, {}, False), (3, {}, True),
    (1, {'quality_limits': True, 'remote_bitrate': 4000}, False)])
def test_limits_over_the_internet_and_over_the_relay(cinema: Cinema, monkeypatch: pytest.MonkeyPatch, rank: int,
                                                     wanted: Dict[str, Any], converted: bool) -> None:
    """Ranks: 1 is a plain address at home, 2 one on the internet, 3 Plex's relay."""
    monkeypatch.setattr(ServerConnection, 'is_local', property(lambda _self: rank < 2))
    monkeypatch.setattr(ServerConnection, 'is_relayed', property(lambda _self: rank == 3))
    cinema.settings(**dict({'remote_bitrate': 0}, **wanted))
    assert cinema.converts() == converted
    if converted:
        assert 'location=wan' in cinema.sim.requests.find('/decision')[-1].query


@pytest.mark.parametrize(('file', 'wanted', 'converted'), [
    ({'codec': 'hevc'}, {'plays_hevc': False}, True), ({'codec': 'av1'}, {'plays_av1': False}, True),
    ({'codec': 'vp9'}, {'plays_vp9': False}, True), ({'bitDepth': 10}, {'plays_h264_10bit': False}, True),
    ({}, {'plays_hevc': False, 'plays_h264_10bit': False, 'dolby_vision': 2}, False),
    ({'audio': 'truehd'}, {'plays_truehd': False}, True), ({'audio': 'dca'}, {'plays_dts': False}, True),
    ({'codec': 'hevc', 'DOVIPresent': True, 'DOVIProfile': 8}, {'dolby_vision': 1}, False),
    ({'codec': 'hevc', 'DOVIPresent': True, 'DOVIProfile': 5}, {'dolby_vision': 1}, True),
    ({'codec': 'hevc', 'DOVIPresent': True, 'DOVIProfile': 8}, {'dolby_vision': 2}, True)])
def test_what_this_device_does_not_play(cinema: Cinema, file: Dict[str, Any], wanted: Dict[str, Any],
                                        converted: bool) -> None:
    cinema.describe(**file)
    cinema.settings(**wanted)
    assert not cinema.converts()  # the list goes only for a device of which the user says that it has gaps
    cinema.settings(codec_limits=True)
    assert cinema.converts() == converted


# ---- the context menu ----------------------------------------------------------------------------------------------

def test_play_converted_with_a_quality(cinema: Cinema) -> None:
    asked = cinema.picks('play_transcoded')['choose']
    assert asked['labels'][:2] == ['1080p · 20 Mbit/s', '1080p · 12 Mbit/s'] and 'Film' in asked['heading']
    small = asked['values'][asked['labels'].index('720p · 2 Mbit/s')]
    assert cinema.picks('play_transcoded', small) == {}
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.opened == [{'item': {'file': item_url.movie_url(cinema.sync_env.machine, cinema.key)},
                              'options': {'resume': False}}]
    assert cinema.converts()
    assert 'maxVideoBitrate=2000' in cinema.sim.requests.find('/decision')[-1].query
    assert not cinema.converts()  # a wish goes for one playback


def test_play_the_original_beyond_the_limit(cinema: Cinema) -> None:
    cinema.settings(quality_limits=True, local_bitrate=2000)
    assert cinema.picks('play_original') == {}
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert not cinema.converts()
    assert cinema.converts()


def test_a_film_of_the_library_is_opened_as_such_and_from_where_it_was_left(cinema: Cinema) -> None:
    cinema.sync()
    cinema.sim.library.set_progress(cinema.key, 3_723_000)
    asked = cinema.picks('play_transcoded', '0')['choose']
    assert asked['labels'] == ['Resume from 1:02:03', 'Play from the beginning']
    cinema.picks('play_transcoded', asked['values'][0])
    cinema.kodi.wait_for(lambda: cinema.opened)
    (row,), = cinema.sync_env.rows("SELECT idMovie FROM movie_view WHERE c00 = 'Film'")
    assert cinema.opened == [{'item': {'movieid': row}, 'options': {'resume': {
        'hours': 1, 'minutes': 2, 'seconds': 3, 'milliseconds': 0}}}]
    cinema.picks('play_original', cinema.picks('play_original')['choose']['values'][1])
    cinema.kodi.wait_for(lambda: len(cinema.opened) == 2)
    assert cinema.opened[1]['options'] == {'resume': False}


@pytest.mark.parametrize(('action', 'choice'), [
    ('play_transcoded', '99'), ('play_transcoded', '-1'), ('play_transcoded', 'x'), ('play_transcoded', '0@x'),
    ('play_version', '1'), ('play_original', '7')])
def test_what_was_not_offered_is_not_played(cinema: Cinema, action: str, choice: str) -> None:
    with pytest.raises(ApiError):
        cinema.picks(action, choice)
    assert not cinema.opened


def test_a_refusal_reaches_the_user_in_the_servers_words(cinema: Cinema) -> None:
    cinema.sim.config.transcode_refusal = 'Not today.'
    cinema.picks('play_transcoded', '0')
    with pytest.raises(ApiError) as caught:
        cinema.ask()
    assert (caught.value.key, caught.value.detail) == ('transcode_refused', 'Not today.')


# ---- the life of a transcode ---------------------------------------------------------------------------------------

def test_it_ends_at_the_server_with_the_playback(cinema: Cinema) -> None:
    cinema.settings(quality_limits=True, local_bitrate=2000)
    cinema.starts(cinema.ask()['url'])
    running, = cinema.transcodes()
    cinema.kodi.wait_for(lambda: cinema.sim.requests.find('/:/timeline'))
    report = cinema.sim.requests.find('/:/timeline')[0]
    assert report.headers['X-Plex-Session-Identifier'] == running.identifier
    cinema.kodi.stop()
    cinema.kodi.wait_for(lambda: not cinema.transcodes())


def test_it_ends_at_the_server_with_kodi(cinema: Cinema) -> None:
    cinema.settings(quality_limits=True, local_bitrate=2000)
    cinema.starts(cinema.ask()['url'])
    assert cinema.transcodes()
    cinema.stop_kodi()
    assert not cinema.transcodes()


def test_one_that_was_opened_and_never_played_ends_with_kodi_too(cinema: Cinema) -> None:
    cinema.settings(quality_limits=True, local_bitrate=2000)
    cinema.reads(cinema.ask()['url'])
    cinema.stop_kodi()
    assert not cinema.transcodes()


def test_a_playback_that_the_admin_ends_says_so_in_his_words(cinema: Cinema) -> None:
    cinema.settings(quality_limits=True, local_bitrate=2000)
    cinema.starts(cinema.ask()['url'])
    cinema.kodi.wait_for(lambda: cinema.sim.requests.find('/:/timeline'))
    client = cinema.running.shared.clients.connect()[0]
    row, = client.container('/status/sessions')['Metadata']
    client.act('/status/sessions/terminate', {'sessionId': row['Session']['id'], 'reason': 'Bedtime'}, 'POST')
    cinema.kodi.pause()  # a change is reported at once
    cinema.kodi.wait_for(lambda: cinema.kodi.playing is None)
    assert cinema.said() == ['Admin terminated playback with reason: Bedtime']


# ---- by itself, in the middle --------------------------------------------------------------------------------------

def test_an_original_that_does_not_start_is_converted_once_with_a_notice(cinema: Cinema) -> None:
    assert not cinema.converts()
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.said() == [cinema.text(texts.ORIGINAL_FAILED)]
    cinema.reads(cinema.ask()['url'])
    assert cinema.transcodes()
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: not cinema.transcodes())  # it fails too
    assert len(cinema.opened) == 1 and len(cinema.said()) == 1


@pytest.mark.parametrize(('resume', 'expected'), [(False, False), (True, {'hours': 0, 'minutes': 10, 'seconds': 0,
                                                                         'milliseconds': 0})])
def test_what_does_not_start_begins_where_it_should_have(cinema: Cinema, resume: bool, expected: Any) -> None:
    cinema.sim.library.set_progress(cinema.key, 600_000)
    assert not cinema.converts(resume=resume)
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.opened[0]['options'] == {'resume': expected}


def test_one_that_breaks_off_in_its_first_seconds_has_not_started(cinema: Cinema) -> None:
    found = cinema.watch(cinema.key)
    cinema.kodi.wait_for(cinema._playing)
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert '/stream/' in found['url'] and cinema.converts()


def test_what_kodi_only_says_in_a_message_has_failed_too(cinema: Cinema) -> None:
    """Kodi 20 calls a video stopped that it could not open."""
    assert not cinema.converts()
    cinema.kodi.conditions.add('Window.IsVisible(okdialog)')
    cinema.kodi.stop()
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert cinema.kodi.builtins[-1] == 'Dialog.Close(okdialog)' and cinema.converts()


@pytest.mark.parametrize('seen', [False, True])
def test_what_the_user_stops_has_not_failed(cinema: Cinema, seen: bool) -> None:
    if seen:
        cinema.watch(cinema.key)
        cinema.kodi.wait_for(cinema._playing)
    else:
        assert not cinema.converts()
    looked = threading.Event()
    cinema.kodi.conditions = Looked(cinema.kodi.conditions, looked)
    cinema.kodi.stop()
    assert looked.wait(10.0)
    cinema.kodi.wait_for(lambda: not [one for one in threading.enumerate() if one.name == 'pkc-fallback'])
    assert not cinema.opened and not cinema.said()


class Looked(Set[str]):
    """Kodi's conditions; tells when somebody looks for the message."""

    def __init__(self, conditions: Set[str], looked: threading.Event) -> None:
        super().__init__(conditions)
        self._looked = looked

    def __contains__(self, condition: object) -> bool:
        if condition == 'Window.IsVisible(okdialog)':
            self._looked.set()
        return super().__contains__(condition)


def test_one_that_breaks_off_later_is_not_converted(cinema: Cinema) -> None:
    cinema.watch(cinema.key)
    cinema.at(900.0)
    looked = cinema.kodi.playing.looks if cinema.kodi.playing else 0
    cinema.kodi.wait_for(lambda: cinema.kodi.playing is not None and cinema.kodi.playing.looks > looked + 2)
    cinema.kodi.fail()
    cinema.kodi.wait_for(lambda: not cinema.watcher.active)
    assert not cinema.opened


def test_the_user_may_not_want_that(cinema: Cinema) -> None:
    cinema.settings(transcode_fallback=False)
    assert not cinema.converts()
    cinema.kodi.fail()
    cinema.kodi.wait_for(cinema.watcher._events.empty)
    assert not cinema.converts() and not cinema.opened


def test_what_another_add_on_plays_is_nothing_to_us(cinema: Cinema) -> None:
    cinema.kodi.fail()
    cinema.kodi.wait_for(cinema.watcher._events.empty)
    assert not cinema.opened


def test_a_line_that_is_too_slow_is_measured_and_the_rest_comes_smaller(cinema: Cinema) -> None:
    cinema.line(3200)
    found = cinema.watch(cinema.key, 700.0)
    cinema.reads(found['url'], 900_000)
    for position in (701.0, 702.0, 703.0):  # it stands still three times
        cinema.at(position)
        _stands_still(cinema)
    cinema.kodi.wait_for(lambda: cinema.opened, 20.0)
    assert cinema.said() == [cinema.text(texts.LINE_TOO_SLOW)]
    assert cinema.opened[0]['options']['resume']['minutes'] == 11
    assert cinema.converts()
    assert 'maxVideoBitrate=2000' in cinema.sim.requests.find('/decision')[-1].query
    assert cinema.converts()  # the line is remembered for a while


def test_a_player_that_stands_still_on_a_fast_line_is_left_alone(cinema: Cinema) -> None:
    cinema.line(20_000)
    found = cinema.watch(cinema.key, 700.0)
    cinema.reads(found['url'])
    for position in (701.0, 702.0, 703.0):
        cinema.at(position)
        _stands_still(cinema)
    assert not cinema.opened


def _stands_still(cinema: Cinema) -> None:
    """Until the server has heard of it."""
    before = len(_buffering(cinema))
    cinema.kodi.wait_for(lambda: len(_buffering(cinema)) > before or cinema.opened, 20.0)


def _buffering(cinema: Cinema) -> List[Any]:
    return [entry for entry in cinema.sim.requests.find('/:/timeline') if 'state=buffering' in entry.query]


# ---- versions ------------------------------------------------------------------------------------------------------

@pytest.fixture
def versions(cinema: Cinema) -> Tuple[str, str]:
    """The ids of the version in 1080p and of one in 4K."""
    cinema.sim.library.add_version(cinema.key, 3840, 2160, bitrate=25000, videoCodec='hevc')
    first, second = (str(one['id']) for one in cinema.sim.library.medias(cinema.film))
    return first, second


def part_of(answer: Dict[str, Any], versions: Tuple[str, str]) -> str:
    """Which version Kodi got."""
    return next(one for one in versions if '/%s' % one in answer['url'])


def test_the_user_is_asked_each_time_by_default(cinema: Cinema, versions: Tuple[str, str]) -> None:
    assert [one['label'] for one in cinema.ask()['versions']] == ['1080p', '4K']
    assert part_of(cinema.ask(media_id=versions[1], chosen=True), versions) == versions[1]
    assert 'versions' in cinema.ask()


def test_what_was_chosen_once_is_remembered_over_a_restart(cinema: Cinema, versions: Tuple[str, str]) -> None:
    cinema.settings(version_choice=1)
    assert 'versions' in cinema.ask()
    cinema.ask(media_id=versions[1], chosen=True)
    assert part_of(cinema.ask(), versions) == versions[1]
    cinema.stop_kodi()
    cinema.start_kodi()
    assert part_of(cinema.ask(), versions) == versions[1]
    cinema.set_elements(cinema.key, Media=cinema.sim.library.medias(cinema.film)[:1])
    assert part_of(cinema.ask(), versions) == versions[0]  # that version is gone


def test_another_version_from_the_menu_is_remembered_then(cinema: Cinema, versions: Tuple[str, str]) -> None:
    cinema.settings(version_choice=1)
    assert 'play_version' in cinema.call('item_menu', plexid=cinema.key)['actions']
    assert cinema.picks('play_version')['choose']['values'] == list(versions)
    cinema.picks('play_version', versions[1])
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert part_of(cinema.ask(), versions) == part_of(cinema.ask(), versions) == versions[1]


@pytest.mark.parametrize(('screen', 'wanted', 'number'), [
    (('3840', '2160'), {}, 1), (('1920', '1080'), {}, 0), (('', ''), {}, 1),
    (('3840', '2160'), {'codec_limits': True, 'plays_hevc': False}, 0),
    (('3840', '2160'), {'quality_limits': True, 'local_bitrate': 12000}, 0)])
def test_the_best_version_for_screen_and_line(cinema: Cinema, versions: Tuple[str, str], screen: Tuple[str, str],
                                              wanted: Dict[str, Any], number: int) -> None:
    cinema.settings(version_choice=2, **wanted)
    cinema.kodi.info_labels.update({'System.ScreenWidth': screen[0], 'System.ScreenHeight': screen[1]})
    assert part_of(cinema.ask(), versions) == versions[number]


def test_a_wish_is_kept_while_the_user_chooses_a_version(cinema: Cinema, versions: Tuple[str, str]) -> None:
    cinema.picks('play_transcoded', '3')
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert 'versions' in cinema.ask()
    assert cinema.converts(media_id=versions[1], chosen=True)
    assert 'mediaIndex=1' in cinema.sim.requests.find('/decision')[-1].query
