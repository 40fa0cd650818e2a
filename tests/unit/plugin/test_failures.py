"""A service that is not there, refuses, or answers oddly: the user is told, and Kodi does not wait."""
from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from resources.lib import item_url
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.local_server import endpoint
from resources.lib.local_server.api import ApiError
from resources.lib.plugin import lists
from tests.unit.plugin.world import MID, World


def _no_file(world: World) -> None:
    world.server.stop()
    assert endpoint.read(world.profile) is None


def _crashed(world: World) -> None:
    """The file of a service that was killed."""
    found = world.server.endpoint
    world.server.stop()
    assert found is not None
    endpoint.write(world.profile, found)


def _half_a_file(world: World) -> None:
    Path(endpoint.path(world.profile)).write_text('{"port": 57')


def _another_secret(world: World) -> None:
    """Another Kodi on this machine has the port."""
    endpoint.write(world.profile, endpoint.Endpoint(world.server.port, 'other'))


@pytest.mark.parametrize('state', [_no_file, _crashed, _half_a_file, _another_secret])
@pytest.mark.parametrize('path', ['continue_watching', 'sync', 'play/movies/%s/' % MID])
def test_without_the_service_the_user_is_told_and_kodi_does_not_wait(
        world: World, state: Callable[[World], None], path: str) -> None:
    state(world)
    listing = world.open(path, '?id=7')
    assert world.said() == [world.text(error_texts.SERVICE_NOT_RUNNING)]
    if path.startswith('play'):
        assert not world.kodi.resolved[1].succeeded
    else:
        assert listing.succeeded is False
    world.open(path, '?id=7', handle=-1)


@pytest.mark.parametrize(('key', 'text_id'), [
    ('not_signed_in', error_texts.NOT_SIGNED_IN), ('server_unreachable', error_texts.SERVER_UNREACHABLE),
    ('server_busy', error_texts.SERVER_BUSY), ('sign_in_again', error_texts.SIGN_IN_AGAIN),
    ('no_server', error_texts.NO_SERVER), ('item_gone', error_texts.ITEM_GONE),
    ('something_from_a_newer_service', error_texts.ERROR), ('', error_texts.ERROR),
    ('by_name', error_texts.ERROR), ('annotations', error_texts.ERROR)])
def test_what_the_service_says_is_shown_in_the_users_language(world: World, key: str, text_id: int) -> None:
    world.answers['list'] = ApiError(key, 'GET /secret/path')
    listing = world.open('continue_watching')
    assert listing.succeeded is False
    assert world.said() == [world.text(text_id)] and 'secret' not in str(world.kodi.notifications)


def test_a_defect_in_the_service_is_told(world: World) -> None:
    world.answers['list'] = ZeroDivisionError('defect')
    assert world.open('continue_watching').succeeded is False
    assert world.said() == [world.text(error_texts.ERROR)]


def test_a_server_that_thinks_too_long_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, '_TIMEOUT', 0.05)

    def slow() -> Dict[str, Any]:
        time.sleep(0.15)
        return {'items': []}
    world.answers['list'] = slow
    assert world.open('continue_watching').succeeded is False
    assert world.said() == [world.text(error_texts.SERVER_UNREACHABLE)]


def test_another_program_on_our_port_is_no_crash(world: World) -> None:
    with socket.create_server(('127.0.0.1', 0)) as other:
        import threading

        def talk() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b'220 ftp ready\r\n')
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        endpoint.write(world.profile, endpoint.Endpoint(other.getsockname()[1], 'x'))
        assert world.open('continue_watching').succeeded is False
        thread.join(1)
    assert world.said() == [world.text(error_texts.SERVICE_NOT_RUNNING)]


def test_an_answer_that_lacks_what_is_needed_does_not_leave_kodi_waiting(world: World) -> None:
    """A service of another version, during an update."""
    world.answers['play'] = {}
    try:
        world.open(item_url.movies_path(MID), '?id=7')
    except KeyError:
        pytest.fail('Kodi shows "check the log" and goes on waiting')
    assert not world.kodi.resolved[1].succeeded and world.said()
