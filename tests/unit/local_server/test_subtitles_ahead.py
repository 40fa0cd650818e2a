"""Kodi does not wait for the server when it opens a subtitle that comes with the film."""
from __future__ import annotations

from typing import List

import pytest

from resources.lib.playback.stream_registry import SUBTITLE, StreamSource
from tests.unit.local_server.conftest import LoopbackEnvironment

TEXT = b'1\n00:00:01,000 --> 00:00:02,000\nHi\n'


def sources(env: LoopbackEnvironment, *numbers: int, body: bytes = TEXT) -> List[StreamSource]:
    """Subtitles that the server has and that were handed out to Kodi."""
    found = []
    for number in numbers:
        source = StreamSource(SUBTITLE, 'mid', '7', str(number), 'A film %d.srt' % number,
                              '/library/streams/%d' % number, 'text/plain')
        env.pms.files[source.key] = body
        assert env.registry.register(source)
        found.append(source)
    return found


def path(number: int) -> str:
    return '/subtitle/mid/7/%d/A%%20film%%20%d.srt' % (number, number)


def asked(env: LoopbackEnvironment) -> List[str]:
    return [key for _, key, _, _ in env.pms.seen]


def test_it_is_asked_for_once_and_before_kodi_asks(env: LoopbackEnvironment) -> None:
    env.ahead.begin(sources(env, 5))
    assert env.ask(path(5))[::2] == (200, TEXT)
    assert asked(env) == ['/library/streams/5']


def test_kodi_asks_for_its_type_first_and_may_open_it_once_more(env: LoopbackEnvironment) -> None:
    env.ahead.begin(sources(env, 5))
    status, headers, body = env.ask(path(5), 'HEAD')
    assert (status, headers['content-length'], headers['content-type'], body) == (
        200, str(len(TEXT)), 'text/plain', b'')
    assert [env.ask(path(5))[::2] for _ in range(2)] == [(200, TEXT)] * 2
    assert asked(env) == ['/library/streams/5']


def test_later_the_server_is_asked_for_what_it_has_then(env: LoopbackEnvironment) -> None:
    env.ahead.begin(sources(env, 5))
    assert env.ask(path(5))[::2] == (200, TEXT)
    env.now = 31.0
    sources(env, 5, body=b'another')
    assert env.ask(path(5))[::2] == (200, b'another')


def test_of_many_only_the_first_are_read(env: LoopbackEnvironment) -> None:
    env.ahead.begin(sources(env, *range(1, 30)))
    for number in (1, 2, 3, 29):
        assert env.ask(path(number))[::2] == (200, TEXT)
    assert sorted(asked(env)) == ['/library/streams/%d' % number for number in (1, 2, 29, 3)]


@pytest.mark.parametrize('status', [401, 404, 500])
def test_one_that_the_server_refused_at_first_is_asked_for_again(env: LoopbackEnvironment, status: int) -> None:
    env.pms.status = status
    source, = sources(env, 5)
    env.ahead.begin([source])
    assert env.ahead.body(source) is None
    env.pms.status = 0
    assert env.ask(path(5))[::2] == (200, TEXT)


def test_a_large_one_is_not_kept_in_memory(env: LoopbackEnvironment) -> None:
    large = TEXT * 50_000
    source, = sources(env, 5, body=large)
    env.ahead.begin([source])
    assert env.ahead.body(source) is None
    assert env.ask(path(5))[::2] == (200, large)


def test_a_server_that_nobody_knows_is_no_error(env: LoopbackEnvironment) -> None:
    source = sources(env, 5)[0]._replace(machine_identifier='another')
    env.ahead.begin([source])
    assert env.ahead.body(source) is None


def test_those_of_the_last_film_are_forgotten(env: LoopbackEnvironment) -> None:
    first, second = sources(env, 5, 6)
    env.ahead.begin([first])
    env.ahead.begin([second])
    assert env.ahead.body(first) is None and env.ahead.body(second) == TEXT


def test_the_url_that_kodi_gets_names_it(env: LoopbackEnvironment) -> None:
    source, = sources(env, 5)
    assert env.registry.at(source.url(57310)) == source
    assert env.registry.at(source.url(57310).replace('/7/', '/8/')) is None
    assert env.registry.at('smb://nas/films/A film 5.srt') is None
