"""Every route says what it takes: methods, limits, and whose requests it answers."""
from __future__ import annotations

from typing import Any, Dict

import pytest

from resources.lib.local_server import rules
from resources.lib.local_server.rules import NO_WEB_PAGE, RouteRules
from resources.lib.local_server.server import LocalServer
from resources.lib.service_entry import Service
from tests.fakes import FakeKodi

_READ = frozenset(('GET', 'HEAD'))
SOUND = RouteRules(_READ, needs_secret=False, sites=NO_WEB_PAGE, max_body=0, read_seconds=10.0, parallel=4)
#: All routes of the service. A new one is entered here, and in docs/architecture.md.
ROUTES: Dict[str, RouteRules] = {
    'api': RouteRules(frozenset(('POST',)), True, NO_WEB_PAGE, 65536, 20.0, 24),
    'art': RouteRules(_READ, False, NO_WEB_PAGE, 0, 20.0, 16),
    'stream': RouteRules(_READ, False, NO_WEB_PAGE, 0, None, 12),
    'subtitle': RouteRules(_READ, False, NO_WEB_PAGE, 0, 30.0, 4),
    'theme': RouteRules(_READ, False, NO_WEB_PAGE, 0, 60.0, 2),
    'transcode': RouteRules(_READ, False, NO_WEB_PAGE, 0, None, 6),
}


@pytest.fixture
def routes(fake_kodi: FakeKodi) -> Dict[str, Any]:
    return dict(Service().server._routes)


def test_every_route_of_the_service_is_in_the_table(routes: Dict[str, Any]) -> None:
    assert {name: route.rules for name, route in routes.items()} == ROUTES


def test_only_a_stream_may_stand_still(routes: Dict[str, Any]) -> None:
    assert [name for name, route in routes.items() if route.rules.read_seconds is None] == ['stream', 'transcode']


def test_only_the_api_takes_a_body_and_it_needs_the_secret(routes: Dict[str, Any]) -> None:
    assert [name for name, route in routes.items() if route.rules.max_body] == ['api']
    assert [name for name, route in routes.items() if route.rules.needs_secret] == ['api']


def test_without_the_secret_there_is_always_room_for_the_plugin(routes: Dict[str, Any]) -> None:
    open_to_all = sum(route.rules.parallel for route in routes.values() if not route.rules.needs_secret)
    assert open_to_all <= rules.MAX_CONNECTIONS - 8


class Bare:
    """A route as somebody might write it who does not know of the rules."""

    def answer(self, exchange: Any) -> None:
        exchange.reply(200)


@pytest.mark.parametrize('said', [
    None, {}, (_READ, False), SOUND._replace(methods=frozenset()), SOUND._replace(methods=frozenset(('PUT',))),
    SOUND._replace(sites=frozenset(('none', 'cross-site'))), SOUND._replace(max_body=-1),
    SOUND._replace(max_body=rules.MAX_BODY + 1), SOUND._replace(parallel=0),
    SOUND._replace(parallel=rules.MAX_CONNECTIONS), SOUND._replace(read_seconds=0.0),
    SOUND._replace(read_seconds=3600.0)])
def test_a_route_without_sound_rules_does_not_start(said: Any) -> None:
    route: Any = Bare()
    if said is not None:
        route.rules = said
    with pytest.raises(TypeError, match='new'):
        LocalServer(0, {'new': route})


def test_one_with_sound_rules_starts() -> None:
    route: Any = Bare()
    route.rules = SOUND
    LocalServer(0, {'new': route})


def test_rules_have_no_defaults() -> None:
    """Or a new route could forget one."""
    assert not RouteRules._field_defaults
