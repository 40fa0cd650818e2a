"""What controllers ask for, and what is no such thing."""
from __future__ import annotations

from typing import Any, Dict

import pytest

from resources.lib.plex_model import COLLECTION, PLAYLIST
from resources.lib.plex_queues import QueueSource, QueueWish
from resources.lib.remote_control import commands
from resources.lib.remote_control.commands import BadCommand, CreatePlayQueue, PlayMedia

MACHINE = 'a' * 40
FILM = {'key': '/library/metadata/7', 'machineIdentifier': MACHINE, 'type': 'video', 'offset': '60000',
        'containerKey': '/playQueues/12?window=100&own=1', 'address': '10.0.0.1', 'port': '32400', 'protocol': 'http',
        'providerIdentifier': 'com.plexapp.plugins.library', 'commandID': '3'}


def status(group: str, name: str, **parameters: str) -> int:
    with pytest.raises(BadCommand) as refused:
        commands.parse(group, name, parameters)
    return refused.value.status


def test_what_plexapi_sends_to_play_a_film() -> None:
    assert commands.parse('playback', 'playMedia', FILM) == PlayMedia(MACHINE, '7', '12', 60000)


def test_a_film_without_a_queue_and_with_a_bare_key() -> None:
    found = commands.parse('application', 'playMedia', {'key': '7', 'machineIdentifier': MACHINE})
    assert found == PlayMedia(MACHINE, '7', '', 0)


def test_a_queue_is_made_of_what_is_named_and_of_nothing_else() -> None:
    found = commands.parse('playback', 'createPlayQueue', {
        'uri': 'server://%s/com.plexapp.plugins.library/library/metadata/5/children' % MACHINE, 'shuffle': '1',
        'machineIdentifier': MACHINE, 'key': '/library/metadata/9', 'includeChapters': '1', 'repeat': '0'})
    assert found == CreatePlayQueue(MACHINE, QueueSource('', '5'), QueueWish(shuffle=True, first='9'), 0)


def test_a_queue_of_several_items_and_one_of_a_playlist() -> None:
    found = commands.parse('playback', 'createPlayQueue', {
        'uri': 'library:///directory/%2Flibrary%2Fmetadata%2F1%2C2', 'machineIdentifier': MACHINE})
    assert isinstance(found, CreatePlayQueue) and found.source == QueueSource('', '1,2')
    found = commands.parse('playback', 'createPlayQueue', {'playlistID': '31', 'machineIdentifier': MACHINE})
    assert isinstance(found, CreatePlayQueue) and found.source == QueueSource(PLAYLIST, '31')
    found = commands.parse('playback', 'createPlayQueue', {
        'uri': 'server://%s/com.plexapp.plugins.library/library/collections/8' % MACHINE, 'continuous': '1',
        'machineIdentifier': MACHINE})
    assert isinstance(found, CreatePlayQueue) and found.source == QueueSource(COLLECTION, '8')
    assert found.wish == QueueWish(continuous=True)


@pytest.mark.parametrize('uri', [
    '', 'http://evil.example/library/metadata/5', 'server://%s/com.plexapp.plugins.library/:/prefs' % MACHINE,
    'server://%s/com.plexapp.plugins.library/library/metadata/5' % ('b' * 40),
    'server://%s/com.plexapp.plugins.library/library/metadata/../../:/prefs' % MACHINE,
    'library://x/item/%2F%2Fevil.example%2F5', 'library://x/item/%2Flibrary%2Fsections%2F1%2Fall',
    'library:///directory/%2Flibrary%2Fmetadata%2F1%2C%2C', 'server://%s/com.plexapp.plugins.library/' % MACHINE])
def test_an_odd_address_of_a_queue_is_refused(uri: str) -> None:
    assert status('playback', 'createPlayQueue', uri=uri, machineIdentifier=MACHINE) == 400


@pytest.mark.parametrize('odd', [
    {'key': ''}, {'key': '/library/metadata/'}, {'key': '/library/metadata/../../:/prefs'}, {'key': 'http://evil/7'},
    {'key': '/library/metadata/7?X-Plex-Token=1'}, {'machineIdentifier': ''}, {'machineIdentifier': '../..'},
    {'offset': '-1'}, {'offset': '1e9'}, {'offset': '٣'}, {'offset': str(10 ** 12)}, {'type': 'hologram'},
    {'paused': 'perhaps'}])
def test_odd_parameters_are_refused(odd: Dict[str, str]) -> None:
    assert status('playback', 'playMedia', **dict(FILM, **odd)) == 400


def test_an_odd_queue_is_no_queue() -> None:
    for odd in ('/playQueues/1/../2', 'http://evil.example/playQueues/1', '/library/metadata/7', '/playQueues/x'):
        found = commands.parse('playback', 'playMedia', dict(FILM, containerKey=odd))
        assert isinstance(found, PlayMedia) and not found.queue_id


@pytest.mark.parametrize('group, name', [('playback', 'explode'), ('navigation', 'music'), ('mirror', 'details'),
                                         ('playback', 'moveUp'), ('', ''), ('application', '../../etc/passwd')])
def test_what_does_not_exist_is_not_found(group: str, name: str) -> None:
    assert status(group, name) == 404


def test_music_and_photos_are_not_for_this_player() -> None:
    assert status('playback', 'playMedia', **dict(FILM, type='music')) == 501
    assert status('playback', 'pause', type='photo') == 501


@pytest.mark.parametrize('name, value', [('volume', '101'), ('volume', '-1'), ('volume', 'loud'), ('repeat', '3'),
                                         ('shuffle', '2')])
def test_parameters_out_of_range_are_refused(name: str, value: str) -> None:
    assert status('playback', 'setParameters', **{name: value}) == 400


def test_parameters_that_are_not_named_stay() -> None:
    assert commands.parse('playback', 'setParameters', {'volume': '7', 'type': 'video'}) == (7, None, None)


@pytest.mark.parametrize('given, wanted', [('-1', '0'), ('0', '0'), ('', ''), ('12', '12')])
def test_no_subtitle_has_several_spellings(given: str, wanted: str) -> None:
    found: Any = commands.parse('playback', 'setStreams', {'subtitleStreamID': given})
    assert found.subtitle == wanted and not found.audio


def test_positions_may_have_a_fraction() -> None:
    assert commands.parse('playback', 'seekTo', {'offset': '1234.56'}) == (1234,)
    assert status('playback', 'seekTo') == 400


def test_a_text_has_a_limit_and_no_control_characters() -> None:
    assert commands.parse('application', 'setText', {'text': 'Ärger', 'complete': '1'}) == ('Ärger', True)
    assert status('application', 'setText', text='x' * 257) == 400
    assert status('application', 'setText', text='a\nb') == 400


@pytest.mark.parametrize('parameters', [{}, {'port': '0'}, {'port': '65536'}, {'port': '80', 'protocol': 'https'},
                                        {'port': '80', 'protocol': 'http://evil.example/?'}, {'port': '80@evil'}])
def test_timelines_go_to_a_port_over_http_and_nowhere_else(parameters: Dict[str, str]) -> None:
    with pytest.raises(BadCommand):
        commands.port(parameters)


def test_command_numbers() -> None:
    assert commands.command_id({}) == 0
    assert commands.command_id({'commandID': '17'}) == 17
    for odd in ('-1', '1;2', '9' * 30, 'x'):
        with pytest.raises(BadCommand):
            commands.command_id({'commandID': odd})
