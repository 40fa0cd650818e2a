"""A Plex app controls Kodi: plexapi's PlexClient as the app, over real sockets and through the server."""
from __future__ import annotations

from typing import Any, Iterator, Tuple

import pytest
import requests
from plexapi.client import PlexClient
from plexapi.exceptions import NotFound, Unauthorized

from resources.lib import item_url
from resources.lib.service.events import ServerChosen, UserSwitched
from tests.fakes import FakeKodi
from tests.support.controlled import Controlled, Phone
from tools.plexsim import OWNER, Library

MINUTES = 60_000


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Controlled]:
    library = Library.empty()
    library.add_movie('Film', duration=100 * MINUTES)
    library.add_movie('Other film', duration=90 * MINUTES)
    show = library.add_show('Show')
    season = library.add_season(show.rating_key, 1)
    for number in (1, 2, 3):
        library.add_episode(season.rating_key, number, 'Episode %d' % number, duration=20 * MINUTES)
    made = Controlled(fake_kodi, library, monkeypatch)
    with made.in_use():
        made.switch_on()
        yield made


def film(env: Controlled, title: str = 'Film') -> str:
    return env.rating_key(title)


def playing(env: Controlled, key: str) -> None:
    """Wait until the item plays and the service knows it."""
    env.kodi.wait_for(lambda: env.remote._player.now().rating_key == key)


def test_plexapi_finds_the_player_at_its_server(env: Controlled) -> None:
    found = env.server().client('Kodi (sitting room)')
    assert (found.product, found.protocolCapabilities) == ('PlexKodiConnect', ['timeline', 'playback', 'navigation',
                                                                              'playqueues'])
    assert found.machineIdentifier == env.auth.client_identifier


def test_plexapi_plays_pauses_seeks_and_stops_a_film(env: Controlled) -> None:
    client = env.client()
    movie = env.server().fetchItem(int(film(env)))
    client.playMedia(movie, offset=600_000)
    playing(env, film(env))
    assert env.position() == 600.0
    timeline = client.timeline
    assert (timeline.state, timeline.time, timeline.duration) == ('playing', 600_000, 6_000_000)
    assert (str(timeline.ratingKey), timeline.machineIdentifier) == (film(env), env.sync_env.machine)
    assert timeline.playQueueID and timeline.playQueueItemID and timeline.volume == 80

    client.pause()
    env.kodi.wait_for(lambda: env.kodi.playing and env.kodi.playing.paused)
    client.pause()
    client.seekTo(1_200_000)
    env.comes_to(1200.0)
    assert env.kodi.playing and env.kodi.playing.paused, 'to pause twice is not to go on'
    client.play()
    env.kodi.wait_for(lambda: env.kodi.playing and not env.kodi.playing.paused)
    client.stepForward()
    env.comes_to(1230.0)
    client.stepBack()
    env.comes_to(1220.0)
    client.setVolume(30)
    env.kodi.wait_for(lambda: env.volume == 30)
    client.stop()
    env.kodi.wait_for(lambda: env.kodi.playing is None)
    client._timeline_cache_timestamp = 0
    env.kodi.wait_for(lambda: env.remote._player.session is None)
    assert client.timeline is None and not client.isPlayingMedia()


def test_a_season_becomes_a_playlist_of_kodi_and_can_be_skipped_through(env: Controlled) -> None:
    client, server = env.client(), env.server()
    season = next(server.fetchItem(int(item.rating_key)) for item in env.sim.library.items('season'))
    episodes = season.episodes()
    client.createPlayQueue(server, season, startItem=episodes[1], offset=60_000)
    playing(env, str(episodes[1].ratingKey))
    env.comes_to(60.0)
    assert len(env.playlist) == 3 and env.kodi.playlist.position == 1
    client.skipNext()
    playing(env, str(episodes[2].ratingKey))
    client.skipTo(episodes[0].key)
    playing(env, str(episodes[0].ratingKey))
    assert env.entry() == str(episodes[0].ratingKey)


def test_playbacks_that_an_app_began_are_reported_with_their_place_in_its_queue(env: Controlled) -> None:
    client, server = env.client(), env.server()
    episodes = [server.fetchItem(int(item.rating_key)) for item in env.sim.library.items('episode')]
    client.createPlayQueue(server, episodes[0].season(), startItem=episodes[1])
    playing(env, str(episodes[1].ratingKey))
    env.kodi.wait_for(lambda: env.reports(str(episodes[1].ratingKey)))
    first = env.reports(str(episodes[1].ratingKey))[0]
    client.skipNext()
    playing(env, str(episodes[2].ratingKey))
    env.kodi.wait_for(lambda: env.reports(str(episodes[2].ratingKey)))
    second = env.reports(str(episodes[2].ratingKey))[0]
    queue = env.sim._pms.queues.get(int(first['playQueueID']), OWNER)
    assert queue is not None and first['containerKey'] == second['containerKey'] == '/playQueues/%d' % queue.id
    assert [int(one['playQueueItemID']) for one in (first, second)] == [entry.id for entry in queue.entries[1:]]
    env.kodi.wait_for(lambda: queue.played == [entry.id for entry in queue.entries[1:]])
    place = env.remote._player.now().place
    assert place == (str(queue.id), second['playQueueItemID'], '1')


def test_a_large_queue_comes_in_windows_around_what_is_played_first(env: Controlled) -> None:
    show, = env.sim.library.items('show')
    season = env.sim.library.add_season(show.rating_key, 2)
    for number in range(1, 331):
        env.sim.library.add_episode(season.rating_key, number, 'Second %d' % number, duration=20 * MINUTES)
    episodes = [str(item.rating_key) for item in env.sim.library.items('episode')]
    uri = 'server://%s/com.plexapp.plugins.library/library/metadata/%d' % (env.sync_env.machine, show.rating_key)
    queue = env.server().query('/playQueues', method=requests.post, params={
        'type': 'video', 'uri': uri, 'key': '/library/metadata/' + episodes[200]})
    phone = Phone(env.base, env.sim.owner_token)
    try:
        assert phone.send('playback/playMedia', key='/library/metadata/' + episodes[200], offset=60_000,
                          containerKey='/playQueues/%s?own=1&window=5' % queue.get('playQueueID'),
                          machineIdentifier=env.sync_env.machine) == 200
        playing(env, episodes[200])
        assert env.position() == 60.0
        env.kodi.wait_for(lambda: len(env.playlist) == 233)
        assert [ref.rating_key for ref in map(item_url.parse, env.playlist) if ref] == episodes[100:]
        assert phone.send('playback/skipPrevious') == 200
        playing(env, episodes[199])
        assert phone.send('playback/skipNext') == 200
        playing(env, episodes[200])
        assert env.position() == 0.0, 'the place to begin at was for once'
    finally:
        phone.close()


def test_a_queue_that_the_app_has_changed_is_told_in_its_new_version(env: Controlled) -> None:
    env.client().playMedia(env.server().fetchItem(int(film(env))))
    playing(env, film(env))
    place = env.remote._player.now().place
    queue = env.sim._pms.queues.get(int(place.queue_id), OWNER)
    assert queue is not None
    queue.version = 2
    phone = Phone(env.base, env.sim.owner_token)
    try:
        assert phone.send('playback/refreshPlayQueue', playQueueID=place.queue_id) == 200
        env.kodi.wait_for(lambda: env.remote._player.now().place == place._replace(version='2'))
    finally:
        phone.close()


def test_a_film_in_no_queue_begins_where_the_app_was_and_without_trailers(env: Controlled) -> None:
    other = env.sim.library.get(film(env, 'Other film'))
    assert other is not None
    env.sim.library.add_extra(other.rating_key, 'Coming soon', duration=30_000)
    env.kodi.set_setting('cinema_trailers', '2')
    phone = Phone(env.base, env.sim.owner_token)
    try:
        assert phone.send('playback/playMedia', key='/library/metadata/' + film(env), offset=90_000,
                          machineIdentifier=env.sync_env.machine) == 200
        playing(env, film(env))
        assert env.position() == 90.0 and len(env.playlist) == 1
        env.kodi.wait_for(lambda: env.reports(film(env)))
        assert 'playQueueID' not in env.reports(film(env))[0]
        assert not env.remote._player.now().place.queue_id
    finally:
        phone.close()


def test_the_keys_of_a_remote(env: Controlled) -> None:
    client = env.client()
    client.moveDown()
    client.select()
    client.goBack()
    client.goToHome()
    client.pageUp()
    env.kodi.wait_for(lambda: env.keys == ['Down', 'Select', 'Back', 'Home', 'pageup'])


def test_a_controller_without_a_token_gets_in_by_that_of_play_media_only(env: Controlled) -> None:
    with pytest.raises(Unauthorized):
        PlexClient(baseurl=env.base, token='made-up').timelines()
    movie = env.server().fetchItem(int(film(env)))
    session = requests.Session()
    headers = {'X-Plex-Client-Identifier': 'phone'}
    url = env.base + '/player/playback/'
    wanted = {'key': movie.key, 'machineIdentifier': env.sync_env.machine, 'commandID': '1',
              'token': env.server().createToken()}
    assert session.get(url + 'pause', headers=headers).status_code == 401
    assert session.get(url + 'playMedia', params=wanted, headers=headers).status_code == 200
    playing(env, film(env))
    assert session.get(url + 'pause', headers=headers).status_code == 200
    assert session.get(url + 'pause', headers={'X-Plex-Client-Identifier': 'other phone'}).status_code == 401
    assert session.get(url + 'pause').status_code == 401


def test_other_accounts_are_refused_though_the_server_knows_them(env: Controlled) -> None:
    friend = env.sim.accounts.add_user('Friend', in_home=False)
    member = env.sim.accounts.add_user('Member')
    for token in (env.sim.accounts.issue(friend.id, 'phone', 'server'), env.sim.accounts.transient(friend.id),
                  env.sim.accounts.issue(friend.id, 'phone', 'account'), 'made-up', 'transient-made-up'):
        answer = requests.get(env.base + '/player/playback/stop', headers={
            'X-Plex-Client-Identifier': 'phone', 'X-Plex-Token': token})
        assert answer.status_code in (401, 429), token
        env.remote._on._controllers._checks.clear()  # type: ignore[union-attr]
    answer = requests.get(env.base + '/player/playback/stop', headers={
        'X-Plex-Client-Identifier': 'phone', 'X-Plex-Token': env.sim.accounts.issue(member.id, 'phone', 'account')})
    assert answer.status_code == 200


def test_items_of_another_server_are_not_played_and_nobody_else_is_asked(env: Controlled) -> None:
    answer = requests.get(env.base + '/player/playback/playMedia', params={
        'key': '/library/metadata/1', 'machineIdentifier': 'f' * 40, 'address': '127.0.0.1', 'port': '1',
        'protocol': 'http'}, headers={'X-Plex-Client-Identifier': 'phone', 'X-Plex-Token': env.sim.owner_token})
    assert answer.status_code == 404 and env.kodi.playing is None


def test_a_phone_that_has_subscribed_is_told_of_every_change(env: Controlled) -> None:
    phone = Phone(env.base, env.sim.owner_token)
    try:
        assert phone.subscribe() == 200
        env.kodi.wait_for(lambda: phone.told and phone.told[-1]['state'] == 'stopped')
        assert phone.send('playback/playMedia', key='/library/metadata/' + film(env),
                          machineIdentifier=env.sync_env.machine) == 200
        env.kodi.wait_for(lambda: phone.told[-1].get('ratingKey') == film(env))
        assert phone.told[-1]['state'] == 'playing'
        assert phone.send('playback/pause') == 200
        env.kodi.wait_for(lambda: phone.told[-1]['state'] == 'paused')
        assert phone.told[-1]['answers'] == '3'
        env.kodi.stop()
        env.kodi.wait_for(lambda: phone.told[-1]['state'] == 'stopped')
        assert phone.send('timeline/unsubscribe') == 200
        assert not any(env.sim.owner_token in str(line) or 'address' in line for line in phone.told)
    finally:
        phone.close()


def test_the_server_passes_commands_on(env: Controlled) -> None:
    env.running.shared.events.publish(ServerChosen())
    env.kodi.wait_for(lambda: env.sim.companion.players)
    env.kodi.wait_for(lambda: env.sim.companion.listeners.listens(env.auth.client_identifier))
    server = env.server()
    client = server.client(env.auth.client_identifier)
    client.proxyThroughServer(True, server)
    client.playMedia(server.fetchItem(int(film(env))))
    playing(env, film(env))
    client.pause()
    env.kodi.wait_for(lambda: env.kodi.playing and env.kodi.playing.paused)
    player = env.sim.companion.players[env.auth.client_identifier]
    env.kodi.wait_for(lambda: player.timelines and b'state="paused"' in player.timelines[-1])
    timelines = client.timelines()
    assert [one.state for one in timelines if one.type == 'video'] == ['paused']
    assert not any(env.sim.owner_token.encode() in body for body in player.timelines)


def test_an_app_that_knows_plex_tv_only_finds_the_player_there(env: Controlled) -> None:
    identifier = env.auth.client_identifier
    env.kodi.wait_for(lambda: identifier in env.sim.players)
    assert env.sim.players[identifier]['proxiedBy'] == env.sync_env.machine
    listed = requests.get(env.sim.plex_tv_url + '/api/v2/resources', headers={
        'X-Plex-Token': env.sim.owner_token, 'X-Plex-Client-Identifier': 'app', 'Accept': 'application/json'}).json()
    row, = [one for one in listed if 'player' in one['provides'].split(',')]
    assert (row['name'], row['clientIdentifier']) == ('Kodi (sitting room)', identifier)
    client = PlexClient(baseurl=row['connections'][0]['uri'], token=row['accessToken'])
    assert client.machineIdentifier == identifier and not client.isPlayingMedia()
    env.kodi.set_setting('remote_control', 'false')
    env.kodi.wait_for(lambda: not env.sim.players)


def test_every_request_says_whether_this_is_a_player(env: Controlled) -> None:
    client, _ = env.running.shared.clients.connect()

    def said() -> Any:
        client.items(['1'])
        return env.sim.requests.find('/library/metadata/1$')[-1].headers['X-Plex-Provides']
    assert said() == 'client,player', 'else plex.tv and the server would take it for something else again'
    env.kodi.set_setting('remote_control', 'false')
    env.kodi.wait_for(lambda: said() == 'client')


def test_switched_off_there_is_no_port(env: Controlled) -> None:
    base = env.base
    PlexClient(baseurl=base)
    env.kodi.set_setting('remote_control', 'false')
    env.kodi.wait_for(lambda: not env.remote.port and env.remote._thread is None)
    with pytest.raises(requests.ConnectionError):
        requests.get(base + '/resources', timeout=2)
    env.kodi.wait_for(lambda: not env.sim.companion.heard)
    env.switch_on()
    assert PlexClient(baseurl=env.base).machineIdentifier == env.auth.client_identifier


def test_after_a_switch_of_users_everybody_proves_himself_anew(env: Controlled) -> None:
    headers = {'X-Plex-Client-Identifier': 'phone'}
    movie = env.server().fetchItem(int(film(env)))
    requests.get(env.base + '/player/playback/playMedia', params={
        'key': movie.key, 'machineIdentifier': env.sync_env.machine, 'token': env.server().createToken()},
        headers=headers)
    assert requests.get(env.base + '/player/playback/stop', headers=headers).status_code == 200
    env.running.shared.events.publish(UserSwitched())
    assert requests.get(env.base + '/player/playback/stop', headers=headers).status_code == 401


def test_streams_are_chosen_by_the_ids_of_plex(env: Controlled) -> None:
    key, kodi = film(env), env.kodi
    media = env.sim.library.truth(key)['Media']
    media[0]['Part'][0]['Stream'] = [
        {'id': 902, 'streamType': 2, 'codec': 'dca', 'channels': 6, 'languageCode': 'eng', 'index': 1},
        {'id': 904, 'streamType': 2, 'codec': 'ac3', 'channels': 6, 'languageCode': 'deu', 'index': 2},
        {'id': 906, 'streamType': 3, 'codec': 'srt', 'languageCode': 'eng', 'index': 3}]
    env.set_elements(key, Media=media)
    env.streams = {
        'audiostreams': [{'index': 0, 'language': 'ger', 'codec': 'ac3', 'channels': 6, 'name': ''},
                         {'index': 1, 'language': 'eng', 'codec': 'dts', 'channels': 6, 'name': ''}],
        'subtitles': [{'index': 0, 'language': 'eng', 'name': '', 'isforced': False, 'isimpaired': False}],
        'currentaudiostream': {'index': 1}, 'currentsubtitle': {'index': 0}, 'subtitleenabled': False}
    kodi.rpc['Player.SetAudioStream'] = lambda params: env.streams.update(
        currentaudiostream={'index': params['stream']})
    kodi.rpc['Player.SetSubtitle'] = lambda params: env.streams.update(subtitleenabled=params['subtitle'] != 'off')
    kodi.set_setting('streams_from_plex', 'false')
    client = env.client()
    client.playMedia(env.server().fetchItem(int(key)))
    playing(env, key)

    def chosen() -> Tuple[str, str]:
        now = env.remote._player.now()
        return now.audio_stream, now.subtitle_stream
    assert chosen() == ('902', '0')
    client.setAudioStream(904)
    client.setSubtitleStream(906)
    kodi.wait_for(lambda: chosen() == ('904', '906'))
    client.setSubtitleStream(0)
    kodi.wait_for(lambda: chosen() == ('904', '0'))
    client.setStreams(audioStreamID=4711)
    client.setVolume(11)
    kodi.wait_for(lambda: env.volume == 11)
    assert chosen() == ('904', '0'), 'a stream that is not there changes nothing'


def test_a_queue_that_is_gone_leaves_the_item_and_a_show_begins_with_its_first_episode(env: Controlled) -> None:
    phone = Phone(env.base, env.sim.owner_token)
    try:
        machine = env.sync_env.machine
        assert phone.send('playback/playMedia', key='/library/metadata/' + film(env), machineIdentifier=machine,
                          containerKey='/playQueues/4711?own=1') == 200
        playing(env, film(env))
        show = str(next(item.rating_key for item in env.sim.library.items('show')))
        assert phone.send('playback/playMedia', key='/library/metadata/' + show, machineIdentifier=machine) == 200
        first = str(next(item.rating_key for item in env.sim.library.items('episode')))
        playing(env, first)
        assert len(env.playlist) == 3
        assert phone.send('playback/playMedia', key='/library/metadata/999999', machineIdentifier=machine) == 200
        assert phone.send('playback/setParameters', volume=12, shuffle=1, repeat=2) == 200
        env.kodi.wait_for(lambda: env.volume == 12 and env.keys == ['True', 'all'])
        assert env.kodi.playing and env.entry() == first, 'what is not there does not end what plays'
    finally:
        phone.close()


def test_the_log_names_no_token_of_a_controller(env: Controlled, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level('DEBUG')
    phone, single = Phone(env.base), env.sim.accounts.transient(1)
    try:
        phone.send('playback/playMedia', key='/library/metadata/' + film(env), token=single,
                   machineIdentifier=env.sync_env.machine)
        playing(env, film(env))
        phone.subscribe()
        env.kodi.wait_for(lambda: phone.told)
        for token in ('a-wrong-token-of-somebody', env.sim.owner_token):
            requests.get(env.base + '/player/playback/stop?X-Plex-Token=' + token,
                         headers={'X-Plex-Client-Identifier': 'other'})
        env.kodi.wait_for(lambda: env.kodi.playing is None)
    finally:
        phone.close()
    text = caplog.text + ''.join(line for _, line in env.kodi.log)
    assert single not in text and env.sim.owner_token not in text and 'a-wrong-token' not in text


def test_an_unknown_player_is_not_found_at_the_server(env: Controlled) -> None:
    with pytest.raises(NotFound):
        env.server().client('nobody')
