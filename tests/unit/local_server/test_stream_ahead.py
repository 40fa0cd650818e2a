"""Kodi's first request for a video gets the answer to one that was sent before it came."""
from __future__ import annotations

import os
import threading
from typing import List, Optional

import pytest

from resources.lib.playback.stream_registry import PART, StreamSource
from tests.unit.local_server.conftest import LoopbackEnvironment

FILM = os.urandom(3_000_000)
START = {'Range': 'bytes=0-'}
PATIENCE = 20.0


def handed_out(env: LoopbackEnvironment, body: bytes = FILM) -> StreamSource:
    """The film, as the play call has it."""
    env.add(body)
    source = env.registry.find(PART, 'mid', '7', '11', 'film.mkv')
    assert source is not None
    return source


def path(env: LoopbackEnvironment) -> str:
    return '/stream/mid/7/11/film.mkv'


def wait_for(condition: object) -> None:
    assert callable(condition)
    waited = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError('it did not happen')


def test_the_server_is_asked_once_and_before_kodi_asks(env: LoopbackEnvironment) -> None:
    env.stream_ahead.begin(handed_out(env))
    wait_for(lambda: env.pms.seen)
    status, headers, body = env.ask(path(env), headers=START)
    assert (status, body) == (206, FILM)
    assert headers['content-range'] == 'bytes 0-2999999/3000000'
    assert env.pms.ranges() == ['bytes=0-']


def test_kodi_that_comes_first_waits_for_the_same_answer(env: LoopbackEnvironment) -> None:
    env.pms.held = threading.Event()
    env.stream_ahead.begin(handed_out(env))
    answers: List[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(env.ask(path(env), headers=START)[2]))
    asking.start()
    wait_for(lambda: env.pms.seen)
    env.pms.held.set()
    asking.join(PATIENCE)
    assert answers == [FILM]
    assert env.pms.ranges() == ['bytes=0-']


@pytest.mark.parametrize('asked', ['', 'bytes=1000-', 'bytes=0-99', 'bytes=-100'])
def test_whatever_else_kodi_asks_for_is_asked_of_the_server(env: LoopbackEnvironment, asked: str) -> None:
    env.stream_ahead.begin(handed_out(env))
    body = env.ask(path(env), headers={'Range': asked} if asked else {})[2]
    assert body == {'': FILM, 'bytes=1000-': FILM[1000:], 'bytes=0-99': FILM[:100], 'bytes=-100': FILM[-100:]}[asked]
    assert asked in env.pms.ranges()


def test_a_condition_of_kodis_counts(env: LoopbackEnvironment) -> None:
    env.stream_ahead.begin(handed_out(env))
    status, _, body = env.ask(path(env), headers=dict(START, **{'If-Range': '"old"'}))
    assert (status, body) == (200, FILM)


def test_it_is_one_answer_for_one_request(env: LoopbackEnvironment) -> None:
    env.stream_ahead.begin(handed_out(env))
    assert [env.ask(path(env), headers=START)[2] for _ in range(2)] == [FILM] * 2
    assert env.pms.ranges() == ['bytes=0-'] * 2


def test_a_server_without_ranges(env: LoopbackEnvironment) -> None:
    env.pms.ignore_range = True
    env.stream_ahead.begin(handed_out(env))
    assert env.ask(path(env), headers=START)[::2] == (206, FILM)


def test_a_broken_connection_goes_on_at_the_same_byte(env: LoopbackEnvironment) -> None:
    env.pms.breaks = [700_000]
    env.stream_ahead.begin(handed_out(env))
    assert env.ask(path(env), headers=START)[2] == FILM
    assert env.pms.ranges() == ['bytes=0-', 'bytes=700000-2999999']
    assert env.pms.seen[1][2]['If-Range'] == '"one"'


@pytest.mark.parametrize(('status', 'told'), [(404, 404), (500, 503)])
def test_what_the_server_refuses_is_asked_again_and_told(env: LoopbackEnvironment, status: int, told: int) -> None:
    env.pms.status = status
    env.stream_ahead.begin(handed_out(env))
    assert env.ask(path(env), headers=START)[0] == told
    env.pms.status = 0
    assert env.ask(path(env), headers=START)[2] == FILM


def test_a_server_that_nobody_knows_is_no_error(env: LoopbackEnvironment) -> None:
    source = handed_out(env)
    other = source._replace(machine_identifier='another')
    env.stream_ahead.begin(other)
    assert env.stream_ahead.take(other, START) is None


@pytest.mark.parametrize('following', [True, False])
def test_what_kodi_does_not_open_is_let_go(env: LoopbackEnvironment, following: bool) -> None:
    """Soon by itself, and at once when it opens something else."""
    source: Optional[StreamSource] = handed_out(env)
    env.stream_ahead.begin(source)
    wait_for(lambda: env.pms.seen)
    if following:
        env.stream_ahead.begin(None)
    wait_for(lambda: not [one for one in threading.enumerate() if one.name == 'pkc-ahead'])
    assert env.ask(path(env), headers=START)[2] == FILM
