"""What buttons call: each action reaches the service, and its answer the user."""
from __future__ import annotations

import pytest

from resources.lib import entrypoint
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import library as library_texts
from tests.unit.plugin.world import ACTIONS, BASE, World


@pytest.mark.parametrize('name', ACTIONS)
@pytest.mark.parametrize('handle', [-1, 3])
def test_each_button_reaches_the_service_and_kodi_does_not_wait(world: World, name: str, handle: int) -> None:
    listing = world.open(name, handle=handle)
    assert world.calls == [(name, {})] and world.said() == []
    assert listing is None if handle < 0 else listing.succeeded is False


@pytest.mark.parametrize(('name', 'answer', 'text_id'), [
    ('sync', 'sync_started', library_texts.SYNC_STARTED),
    ('sync', 'sync_already_running', library_texts.SYNC_ALREADY_RUNNING),
    ('cancel_sync', 'sync_not_running', library_texts.SYNC_NOT_RUNNING),
    ('sign_in', 'sign_in_running', error_texts.SIGN_IN_RUNNING)])
def test_the_services_word_is_shown(world: World, name: str, answer: str, text_id: int) -> None:
    world.answers[name] = {'text': answer}
    world.open(name, handle=-1)
    assert world.said() == [world.text(text_id)]


def test_a_button_as_kodis_settings_call_it(world: World) -> None:
    """RunPlugin gives no query and the handle -1; some Kodis leave the rest out altogether."""
    entrypoint.run([BASE + 'sync', '-1'])
    entrypoint.run([BASE + 'sync'])
    entrypoint.run([BASE + 'sync', '-1', ''])
    assert [name for name, _ in world.calls] == ['sync'] * 3


def test_the_report_of_the_last_sync_opens_in_a_window(world: World) -> None:
    world.answers['sync_report'] = {'report': 'Added: 5'}
    world.open('sync_report')
    assert ('textviewer', (world.text(library_texts.SYNC_REPORT), 'Added: 5')) in world.kodi.dialogs
