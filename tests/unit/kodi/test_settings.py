from __future__ import annotations

import dataclasses
import threading

import pytest

from resources.lib.kodi import settings
from tests.fakes import FakeKodi


def test_defaults_of_the_record_are_those_of_the_file(fake_kodi: FakeKodi) -> None:
    assert settings.load() == settings.Settings()


def test_every_field_is_a_setting_of_its_type_and_every_setting_is_read(fake_kodi: FakeKodi) -> None:
    types = {bool: 'boolean', int: 'integer'}
    for field in dataclasses.fields(settings.Settings):
        assert fake_kodi.definitions[field.name].kind == types.get(type(field.default), 'string'), field.name
    shown_only = {'start_user_name'}
    stored = {name for name, definition in fake_kodi.definitions.items() if definition.kind != 'action'}
    assert {field.name for field in dataclasses.fields(settings.Settings)} | shown_only == stored


def test_a_change_by_the_user_is_seen(fake_kodi: FakeKodi) -> None:
    fake_kodi.set_setting('sync_interval', '60')
    fake_kodi.set_setting('modern_auth', 'false')
    found = settings.load()
    assert (found.sync_interval, found.modern_auth) == (60, False)


@pytest.mark.parametrize(('name', 'value'), [
    ('local_port', 'x'), ('local_port', '80'), ('local_port', '99999'), ('sync_interval', ''), ('modern_auth', ''),
    ('continue_watching_limit', '0'), ('excluded_libraries', '{'), ('excluded_libraries', '{"a": 1}'),
    ('watch_only_libraries', '7'), ('library_intervals', '['), ('library_intervals', '["a"]'),
    ('library_intervals', '{"a": 1}')])
def test_a_broken_value_counts_as_the_default(fake_kodi: FakeKodi, name: str, value: str) -> None:
    fake_kodi.set_setting(name, value)
    assert settings.load() == settings.Settings()


def test_what_is_wanted_of_each_library_is_remembered(fake_kodi: FakeKodi) -> None:
    settings.set_libraries(['machine/2', 'machine/1'], ['machine/3'], {'machine/3': 'daily'})
    settings.set_takeover('wanted')
    found = settings.load()
    assert found.excluded_libraries == {'machine/1', 'machine/2'} and found.watch_only_libraries == {'machine/3'}
    assert found.library_intervals == {'machine/3': 'daily'} and found.takeover == 'wanted'


def test_names_and_marks_are_remembered(fake_kodi: FakeKodi) -> None:
    settings.set_names('Käthe', 'Wohnzimmer')
    settings.set_last_sync('today')
    settings.set_offered_sign_in(True)
    settings.set_modern_auth(False)
    found = settings.load()
    assert (found.user_name, found.server_name, found.last_sync) == ('Käthe', 'Wohnzimmer', 'today')
    assert (found.offered_sign_in, found.modern_auth) == (True, False)


def test_writing_our_own_settings_keeps_the_users(fake_kodi: FakeKodi) -> None:
    fake_kodi.set_setting('gentle_mode', 'true')
    settings.set_names('Käthe', '')
    assert settings.load().gentle_mode


def test_writing_an_equal_value_does_not_wake_the_service(fake_kodi: FakeKodi) -> None:
    settings.set_last_sync('today')
    before = fake_kodi.settings_file.stat().st_mtime_ns
    settings.set_last_sync('today')
    assert fake_kodi.settings_file.stat().st_mtime_ns == before


def test_no_setting_is_for_a_secret_or_an_address(fake_kodi: FakeKodi) -> None:
    assert not [name for name in fake_kodi.definitions if any(
        word in name for word in ('token', 'password', 'secret', 'address', 'url', 'host', 'pin', 'key'))]


def test_two_threads_that_store_something_do_not_undo_each_other(fake_kodi: FakeKodi) -> None:
    """The end of a sync and a choice of the user's."""
    def sync() -> None:
        for count in range(40):
            settings.set_last_sync('sync %d' % count)
    thread = threading.Thread(target=sync)
    thread.start()
    for count in range(40):
        settings.set_takeover('answer %d' % count)
        assert settings.load().takeover == 'answer %d' % count
    thread.join()
    assert settings.load().last_sync == 'sync 39' and settings.load().takeover == 'answer 39'
