"""What the server converts from the start: limits, devices, the context menu, and the life of a transcode."""
from __future__ import annotations

from typing import Any, Dict

import pytest

from resources.lib import item_url
from resources.lib.auth.manager import ServerConnection
from resources.lib.local_server.api import ApiError
from tests.integration.conversion.cinema import Cinema

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
