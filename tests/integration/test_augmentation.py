"""Extras that only Plex's cloud knows are fetched for the administrator who asks for them, and nobody waits twice."""
from __future__ import annotations

import json
from typing import Iterator, List

import pytest

from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library


@pytest.fixture
def environment(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceEnvironment]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    library = Library.empty()
    films = library.add_section('movie', 'Movies')
    for title in ('Alpha', 'Beta'):
        library.add_movie(title, films.id)
    made = ServiceEnvironment(fake_kodi, library, monkeypatch)
    with made.in_use():
        yield made


def extras(environment: ServiceEnvironment, title: str) -> List[str]:
    answer = environment.call('list', path='extras', id=environment.rating_key(title))
    return [item['label'] for item in json.loads(answer)['items']]


def augmented(environment: ServiceEnvironment) -> int:
    return len([entry for entry in environment.sim.requests.find() if 'asyncAugmentMetadata' in entry.query])


def test_what_the_cloud_has_is_listed_once_somebody_asks(environment: ServiceEnvironment) -> None:
    environment.sync_env.library.add_online_extra(environment.rating_key('Alpha'), 'From the cloud')
    assert extras(environment, 'Alpha') == ['From the cloud']
    assert extras(environment, 'Alpha') == ['From the cloud'] and augmented(environment) == 1


def test_where_there_is_nothing_the_cloud_is_asked_once(environment: ServiceEnvironment) -> None:
    assert extras(environment, 'Alpha') == extras(environment, 'Alpha') == []
    assert augmented(environment) == 1


def test_where_there_is_something_nobody_waits_for_the_cloud(environment: ServiceEnvironment) -> None:
    library, key = environment.sync_env.library, environment.rating_key('Alpha')
    library.add_extra(key, 'The trailer')
    library.add_online_extra(key, 'From the cloud')
    assert extras(environment, 'Alpha') == ['The trailer'] and augmented(environment) == 0


def test_other_users_get_what_there_is(environment: ServiceEnvironment) -> None:
    environment.sync_env.library.add_online_extra(environment.rating_key('Alpha'), 'From the cloud')
    environment.watch_as(environment.sim.accounts.add_user('Child'))
    assert extras(environment, 'Alpha') == [] and augmented(environment) == 0


@pytest.mark.parametrize('kind', [404, 500, 'html', 'drop'])
def test_a_server_that_cannot_do_it_is_no_error(environment: ServiceEnvironment, kind: object) -> None:
    environment.sync_env.library.add_online_extra(environment.rating_key('Alpha'), 'From the cloud')
    environment.sim.faults.add('asyncAugmentMetadata|augmentations', kind)
    assert extras(environment, 'Alpha') == []
