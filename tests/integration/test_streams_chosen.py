"""Audio and subtitles: chosen in Plex, and chosen in Kodi."""
from __future__ import annotations

from typing import Any, Dict, Iterator, List

import pytest

from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import Library


class Room(Viewing):
    """A film with three audio streams and three subtitles; Kodi lists them in another order, and begins with the first
    of each.
    """

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        library = Library.empty()
        self.key = str(library.add_movie('Film', duration=6_000_000).rating_key)
        super().__init__(kodi, library, monkeypatch)
        self.streams: Dict[str, Any] = {
            'audiostreams': [_heard(0, 'ger', 'ac3', 6), _heard(1, 'eng', 'aac', 2), _heard(2, 'eng', 'dts', 6)],
            'subtitles': [_shown(0, 'eng'), _shown(1, 'ger', isforced=True), _shown(2, 'ger', name='(External)')],
            'currentaudiostream': {'index': 0}, 'currentsubtitle': {'index': 0}, 'subtitleenabled': True}
        self.done: List[str] = []
        kodi.rpc.update({'Player.GetActivePlayers': [{'playerid': 1, 'type': 'video'}],
                         'Player.GetProperties': lambda _: self.streams,
                         'Player.SetAudioStream': self._set_audio, 'Player.SetSubtitle': self._set_subtitle})

    def plex(self, **selected: int) -> None:
        """Streams in Plex; the selected ones by audio= and subtitle=."""
        streams: List[Dict[str, Any]] = [
            {'id': 901, 'streamType': 1, 'codec': 'h264', 'index': 0},
            {'id': 902, 'streamType': 2, 'codec': 'dca', 'channels': 6, 'languageCode': 'eng', 'index': 1},
            {'id': 903, 'streamType': 2, 'codec': 'aac', 'channels': 2, 'languageCode': 'eng', 'index': 2},
            {'id': 904, 'streamType': 2, 'codec': 'ac3', 'channels': 6, 'languageCode': 'deu', 'index': 3},
            {'id': 905, 'streamType': 3, 'codec': 'srt', 'languageCode': 'deu', 'index': 4, 'forced': True},
            {'id': 906, 'streamType': 3, 'codec': 'srt', 'languageCode': 'eng', 'index': 5},
            {'id': 907, 'streamType': 3, 'codec': 'srt', 'languageCode': 'deu', 'key': '/library/streams/907'}]
        for one in streams:
            if one['id'] in selected.values():
                one['selected'] = True
        media = self.sim.library.truth(self.key)['Media']
        media[0]['Part'][0]['Stream'] = streams
        self.set_elements(self.key, Media=media)

    def selected(self) -> List[int]:
        """What is selected in Plex now."""
        part = self.sim.library.truth(self.key)['Media'][0]['Part'][0]
        return [one['id'] for one in part['Stream'] if one.get('selected')]

    def choose(self, **chosen: Any) -> None:
        """The user chooses in Kodi's menu."""
        self.streams.update(chosen)

    def settled(self) -> None:
        """The service has seen what Kodi began with."""
        self.stays(lambda: True)

    def told(self) -> List[Any]:
        """What the server was told."""
        return [entry for entry in self.sim.requests.find('/library/parts/') if entry.method == 'PUT']

    def _set_audio(self, params: Dict[str, Any]) -> str:
        self.done.append('audio %d' % params['stream'])
        self.streams['currentaudiostream'] = {'index': params['stream']}
        return 'OK'

    def _set_subtitle(self, params: Dict[str, Any]) -> str:
        self.done.append('subtitle %s' % params['subtitle'])
        self.streams['subtitleenabled'] = params['subtitle'] != 'off'
        if params['subtitle'] != 'off':
            self.streams['currentsubtitle'] = {'index': params['subtitle']}
        return 'OK'


def _heard(number: int, language: str, codec: str, channels: int) -> Dict[str, Any]:
    return {'index': number, 'language': language, 'codec': codec, 'channels': channels, 'name': ''}


def _shown(number: int, language: str, **more: Any) -> Dict[str, Any]:
    return dict({'index': number, 'language': language, 'name': '', 'isforced': False, 'isimpaired': False}, **more)


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    made = Room(fake_kodi, monkeypatch)
    with made.in_use():
        yield made


def test_what_is_chosen_in_plex_is_chosen_in_kodi(env: Room) -> None:
    env.plex(audio=902, subtitle=907)
    env.watch(env.key)
    env.kodi.wait_for(lambda: len(env.done) == 2)
    assert env.done == ['audio 2', 'subtitle 2']
    env.settled()
    assert not env.told()


def test_a_subtitle_that_kodi_takes_along_with_the_audio_does_not_stay(env: Room) -> None:
    env.plex(audio=902, subtitle=906)
    select = env.kodi.rpc['Player.SetAudioStream']

    def takes_one_along(params: Dict[str, Any]) -> str:
        env.streams['currentsubtitle'] = {'index': 1}
        return str(select(params))
    env.kodi.rpc['Player.SetAudioStream'] = takes_one_along
    env.watch(env.key)
    env.kodi.wait_for(lambda: env.done == ['audio 2', 'subtitle 0'])
    env.settled()
    assert env.done == ['audio 2', 'subtitle 0'] and not env.told()


def test_without_a_subtitle_in_plex_there_is_none_in_kodi(env: Room) -> None:
    env.plex(audio=904)
    env.watch(env.key)
    env.kodi.wait_for(lambda: env.done)
    assert env.done == ['subtitle off']


def test_what_is_right_already_is_left_alone(env: Room) -> None:
    env.plex(audio=904, subtitle=906)
    env.watch(env.key)
    env.settled()
    assert not env.done


def test_another_audio_stream_is_chosen_in_plex_too(env: Room) -> None:
    env.plex(audio=904, subtitle=906)
    env.watch(env.key)
    env.settled()
    env.choose(currentaudiostream={'index': 1})
    env.kodi.wait_for(lambda: env.selected() == [903, 906])
    assert 'subtitleStreamID' not in env.told()[0].query


def test_another_subtitle_is_chosen_in_plex_too_and_none_as_well(env: Room) -> None:
    env.plex(audio=904, subtitle=906)
    env.watch(env.key)
    env.settled()
    env.choose(currentsubtitle={'index': 1})
    env.kodi.wait_for(lambda: env.selected() == [904, 905])
    env.choose(subtitleenabled=False)
    env.kodi.wait_for(lambda: env.selected() == [904])


def test_a_subtitle_that_plex_does_not_have_is_kept_from_it(env: Room) -> None:
    env.plex(audio=904, subtitle=906)
    env.streams['subtitles'].append(_shown(3, 'spa', name='downloaded'))
    env.watch(env.key)
    env.settled()
    env.choose(currentsubtitle={'index': 3})
    env.settled()
    assert not env.told()


def test_what_kodi_begins_with_by_itself_is_no_choice(env: Room) -> None:
    env.kodi.set_setting('streams_from_plex', 'false')
    env.plex(audio=902, subtitle=907)
    env.watch(env.key)
    env.settled()
    assert not env.done and not env.told()
    env.choose(currentaudiostream={'index': 2})
    env.choose(currentaudiostream={'index': 1})
    env.kodi.wait_for(lambda: env.selected() == [903, 907])


def test_the_streams_of_the_next_video_are_no_choice_in_this_one(env: Room) -> None:
    env.plex(audio=904, subtitle=906)
    env.watch(env.key)
    env.settled()
    playing = env.kodi.playing
    assert playing is not None
    playing.file = 'smb://nas/next.mkv'  # opened, but not announced yet
    env.choose(currentaudiostream={'index': 1})
    env.settled()
    assert not env.told()


def test_the_way_back_can_be_switched_off(env: Room) -> None:
    env.kodi.set_setting('streams_to_plex', 'false')
    env.plex(audio=904, subtitle=906)
    env.watch(env.key)
    env.settled()
    env.choose(currentaudiostream={'index': 1})
    env.settled()
    assert not env.told()


def test_a_server_that_is_away_does_not_disturb_the_film(env: Room) -> None:
    env.plex(audio=904, subtitle=906)
    env.watch(env.key)
    env.settled()
    env.sim.faults.add('/library/parts/', 503, times=1)
    env.choose(currentaudiostream={'index': 1})
    env.kodi.wait_for(lambda: env.told())
    env.choose(currentaudiostream={'index': 2})
    env.kodi.wait_for(lambda: env.selected() == [902, 906])
